package dev.sallyport.core.audit;

import java.io.IOException;

/** What may be asked for what is recorded of a session. Each is on record with who asked for it and why. All block. */
public interface SessionOrders {
    /** What became of it. */
    enum Outcome {
        DONE,
        /** The session is not closed yet. */
        OPEN,
        /** The session is held. */
        HELD,
        /** The session is not held. */
        NOT_HELD,
        /** The log has no such session. */
        UNKNOWN,
        /** The session was erased before. */
        ERASED
    }

    /**
     * Makes a closed session unreadable for ever, by overwriting its key wherever the log keeps it. That it was done, by
     * whom and why, is on disk before; a crash half way leaves it to the next who opens the log to finish.
     *
     * @return done, open, held, unknown or erased
     * @throws IOException where it is not finished; if it was begun, the next start finishes it
     */
    Outcome erase(String session, String by, String reason) throws IOException;

    /**
     * Keeps what is recorded of a session from being deleted or erased, until it is released; to hold it again only adds
     * to the record.
     *
     * @return done, unknown or erased
     * @throws IOException where that could not be recorded; the session may be held nevertheless
     */
    Outcome hold(String session, String by, String reason) throws IOException;

    /**
     * Ends a hold, however often it was placed.
     *
     * @return done or not held
     * @throws IOException where that could not be recorded; the session is still held then
     */
    Outcome release(String session, String by, String reason) throws IOException;
}
