package dev.sallyport.core.audit;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an event's map: numbers in stored records, names in exports. Numbers are never given twice; those below 24
 * take one byte, and are for what every command has anew. Those of {@link Part#SHAPE} hold what is often the same in many
 * events of a session, see {@link EventSealer}.
 */
enum Key {
    AT(1, "at", Part.OWN),
    SEQ(2, "seq", Part.OWN),
    VALUES(3, "values", Part.OWN),
    RECEIVED(4, "received", Part.OWN),
    ROWS(5, "rows", Part.OWN),
    ROW_COUNT(6, "rowCount", Part.OWN),
    BYTE_COUNT(7, "byteCount", Part.OWN),
    FORWARDED(8, "forwarded", Part.OWN),
    FIRST_BYTE(9, "firstByte", Part.OWN),
    MICROS(10, "micros", Part.OWN),
    REST(11, "rest", Part.OWN),
    INCIDENT(12, "incident", Part.OWN),
    SESSION(13, "session", Part.OWN),
    TEXT(14, "text", Part.SHAPE),
    PARAMETERS(15, "parameters", Part.SHAPE),
    EFFECTS(16, "effects", Part.SHAPE),
    OUTCOME(17, "outcome", Part.SHAPE),
    REASON(18, "reason", Part.SHAPE),
    MESSAGE(19, "message", Part.SHAPE),
    RULES(20, "rules", Part.SHAPE),
    REVISION(21, "revision", Part.SHAPE),
    PART(22, "part", Part.SHAPE),
    COLUMNS(23, "columns", Part.SHAPE),
    TRUNCATED(24, "truncated", Part.SHAPE),
    FROM_CLIENT(25, "fromClient", Part.SHAPE),
    STATUS(26, "status", Part.SHAPE),
    ERROR(27, "error", Part.SHAPE),
    KIND(28, "kind", Part.SHAPE),
    FIELDS(29, "fields", Part.SHAPE),
    VERSION(30, "version", Part.OWN),
    DIGEST(31, "digest", Part.OWN),
    ACCEPTED(32, "accepted", Part.OWN),
    DETAIL(33, "detail", Part.OWN),
    PROTOCOL(34, "protocol", Part.OWN),
    REMOTE(35, "remote", Part.OWN),
    TARGET(36, "target", Part.OWN),
    USER(37, "user", Part.OWN),
    PRINCIPAL(38, "principal", Part.OWN),
    ISSUER(39, "issuer", Part.OWN),
    SUBJECT(40, "subject", Part.OWN),
    CLIENT(41, "client", Part.OWN),
    GROUPS(42, "groups", Part.OWN),
    ACTORS(43, "actors", Part.OWN),
    APPLICATION(44, "application", Part.OWN),
    EXPIRES(45, "expires", Part.OWN),
    APPROVAL(46, "approval", Part.OWN),
    APPROVERS(47, "approvers", Part.OWN),
    COUNT(48, "count", Part.OWN),
    APPROVE(49, "approve", Part.OWN),
    COMMANDS(50, "commands", Part.OWN),
    BYTES_IN(51, "bytesIn", Part.OWN),
    BYTES_OUT(52, "bytesOut", Part.OWN),
    SEGMENT(53, "segment", Part.OWN),
    OFFSET(54, "offset", Part.OWN),
    BYTES(55, "bytes", Part.OWN),
    SINCE(56, "since", Part.OWN),
    FIRST_INDEX(57, "firstIndex", Part.OWN),
    REWRITTEN(58, "rewritten", Part.OWN),
    REFUSED(59, "refused", Part.OWN),
    CAUSE(60, "cause", Part.OWN),
    TYPE(61, "type", Part.OWN),
    FORM(62, "form", Part.OWN),
    VALUE(63, "value", Part.OWN),
    ACTION(64, "action", Part.OWN),
    OBJECT(65, "object", Part.OWN),
    FILTERED(66, "filtered", Part.OWN),
    NAME(67, "name", Part.OWN),
    BINARY(68, "binary", Part.OWN),
    MASKED(69, "masked", Part.OWN),
    OPENED(70, "opened", Part.OWN),
    BY(71, "by", Part.OWN),
    FIRST(72, "first", Part.OWN),
    LAST(73, "last", Part.OWN),
    RECORDS(74, "records", Part.OWN),
    RULE(75, "rule", Part.OWN);

    /** Which of its two parts a key of an event is stored in; does not matter for the keys of maps within it. */
    enum Part {
        OWN,
        SHAPE
    }

    private static final Map<String, Key> BY_CODE = new HashMap<>();

    static {
        for (Key key : values()) {
            BY_CODE.put(Integer.toString(key.code), key);
        }
    }

    private final int code;
    private final String label;
    private final Part part;

    Key(int code, String label, Part part) {
        this.code = code;
        this.label = label;
        this.part = part;
    }

    int code() {
        return code;
    }

    String label() {
        return label;
    }

    Part part() {
        return part;
    }

    /** The key that this number, in decimal, stands for; null where a newer version knows it. */
    static @Nullable Key ofCode(String code) {
        return BY_CODE.get(code);
    }
}
