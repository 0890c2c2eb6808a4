package dev.sallyport.server.export;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A place outside that takes events as JSON Lines. Used by one thread, which may be blocked for as long as the place
 * takes: nothing waits for it. Whatever fails is tried again, from the last lines that were synced.
 */
public interface EventSink extends AutoCloseable {
    /**
     * Takes whole lines, each ended by a line feed, or begins to.
     *
     * @throws IOException where they cannot be taken now; some of them may have been
     */
    void write(ByteBuffer lines) throws IOException;

    /**
     * Returns once all lines that were written are as safe as the place makes them: on its disk, or acknowledged. They are
     * not sent again.
     *
     * @throws IOException where that is not known; they are sent again then
     */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
