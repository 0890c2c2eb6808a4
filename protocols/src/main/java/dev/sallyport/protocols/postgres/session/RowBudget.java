package dev.sallyport.protocols.postgres.session;

/** How many bytes of rows a session may still record. Confined to its event loop. */
final class RowBudget {
    private long left;

    RowBudget(long bytes) {
        this.left = bytes;
    }

    /** Takes that much, or nothing where less is left. */
    boolean take(int bytes) {
        if (bytes > left) {
            return false;
        }
        left -= bytes;
        return true;
    }
}
