package dev.sallyport.protocols.postgres.mask;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The condition names that PostgreSQL's documentation (appendix A) gives to SQLSTATE codes. */
final class SqlStates {
    static final String INTERNAL = "XX000";
    static final String RAISED = "P0001";

    private static final int CODE_LENGTH = 5;
    private static final Properties CONDITIONS = read();

    private SqlStates() {}

    private static Properties read() {
        Properties conditions = new Properties();
        try (InputStream in = SqlStates.class.getResourceAsStream("sqlstates.properties")) {
            if (in == null) {
                throw new IllegalStateException("sqlstates.properties: missing");
            }
            conditions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return conditions;
    }

    static boolean isWellFormed(String code) {
        return code.length() == CODE_LENGTH
                && code.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'));
    }

    /** Whether PostgreSQL's documentation lists the code. */
    static boolean isKnown(String code) {
        return CONDITIONS.containsKey(code);
    }

    /** The condition's name; for a code that is not known its class's, else just {@code error}. */
    static String conditionOf(String code) {
        if (!isWellFormed(code)) {
            return "error";
        }
        String condition = CONDITIONS.getProperty(code, CONDITIONS.getProperty(code.substring(0, 2) + "000", "error"));
        return condition.replace('_', ' ');
    }
}
