package dev.sallyport.server.store;

import java.io.IOException;
import java.sql.SQLException;

/** The index cannot be read or written. The log is not touched by that. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean damaged;

    StoreException(String message) {
        super(message);
        this.damaged = false;
    }

    StoreException(String place, Exception cause, boolean damaged) {
        super("the search index " + place + ": " + said(cause), cause);
        this.damaged = damaged;
    }

    /** Drivers say more than one line, and some say it twice. */
    private static String said(Exception cause) {
        String message = String.valueOf(cause.getMessage());
        return cause instanceof SQLException ? message.lines().findFirst().orElse("") : message;
    }

    /** Whether what is stored is no index any more, so that it has to be made anew. */
    boolean isDamaged() {
        return damaged;
    }
}
