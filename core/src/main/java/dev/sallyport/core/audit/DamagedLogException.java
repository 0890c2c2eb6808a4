package dev.sallyport.core.audit;

import java.io.IOException;

/** A log cannot be read on from some place, because it is damaged or was written by a newer version. */
public final class DamagedLogException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedLogException(String where, String what) {
        super("audit log: " + where + ": " + what);
    }
}
