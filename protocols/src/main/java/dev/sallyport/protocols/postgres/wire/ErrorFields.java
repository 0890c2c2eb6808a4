package dev.sallyport.protocols.postgres.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of an ErrorResponse or NoticeResponse, by their one-letter codes, in order.
 *
 * @param byCode for example {@code C} for the SQLSTATE, {@code M} for the message
 */
public record ErrorFields(Map<Character, String> byCode) {
    public static final char SEVERITY = 'S';
    public static final char SEVERITY_UNLOCALIZED = 'V';
    public static final char SQLSTATE = 'C';
    public static final char MESSAGE = 'M';
    public static final char DETAIL = 'D';
    public static final char HINT = 'H';
    public static final char POSITION = 'P';
    public static final char INTERNAL_POSITION = 'p';
    public static final char INTERNAL_QUERY = 'q';
    public static final char WHERE = 'W';
    public static final char SCHEMA = 's';
    public static final char TABLE = 't';
    public static final char COLUMN = 'c';
    public static final char DATA_TYPE = 'd';
    public static final char CONSTRAINT = 'n';

    public ErrorFields {
        byCode = Collections.unmodifiableMap(new LinkedHashMap<>(byCode));
    }

    /** Severity, SQLSTATE and message, with detail and hint where they are not empty. */
    public static ErrorFields of(String severity, String sqlState, String message, String detail, String hint) {
        Map<Character, String> fields = new LinkedHashMap<>();
        fields.put(SEVERITY, severity);
        fields.put(SEVERITY_UNLOCALIZED, severity);
        fields.put(SQLSTATE, sqlState);
        fields.put(MESSAGE, message);
        if (!detail.isEmpty()) {
            fields.put(DETAIL, detail);
        }
        if (!hint.isEmpty()) {
            fields.put(HINT, hint);
        }
        return new ErrorFields(fields);
    }

    /** The field's value, or empty where it is absent. */
    public String get(char code) {
        return byCode.getOrDefault(code, "");
    }

    /** Whether the connection ends with it. */
    public boolean isFatal() {
        String severity = byCode.containsKey(SEVERITY_UNLOCALIZED) ? get(SEVERITY_UNLOCALIZED) : get(SEVERITY);
        return severity.equals("FATAL") || severity.equals("PANIC");
    }
}
