package dev.sallyport.server.cli;

/** Somebody who says when to go on. */
interface Steps extends AutoCloseable {
    /** Waits for a word; false where it is the last. */
    boolean next();

    @Override
    void close();
}
