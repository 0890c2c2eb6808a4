package dev.sallyport.core.command;

import java.util.Locale;

/** What an effect does. Policies use the lower-case names. */
public enum Action {
    READ,
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE,
    CREATE,
    ALTER,
    DROP,
    GRANT,
    CALL,
    /** The session's own state: transactions, settings, prepared statements, cursors, LISTEN. */
    SESSION,
    /** The server's: other sessions, its files, programs, configuration, roles. */
    ADMIN,
    PUBLISH,
    CONSUME,
    /** What could not be determined. Nothing covers it but a rule that names it. */
    UNKNOWN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name as policies write it. */
    public String label() {
        return label;
    }

    /** Whether an effect of this kind can change anything that outlives the session, and so is evidence on disk first. */
    public boolean changes() {
        return switch (this) {
            case READ, SESSION, CONSUME -> false;
            case INSERT, UPDATE, DELETE, TRUNCATE, CREATE, ALTER, DROP, GRANT, CALL, ADMIN, PUBLISH, UNKNOWN -> true;
        };
    }
}
