package dev.sallyport.server.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be ended, last begun first. One part that fails to end does not keep the others from it. Used by one thread
 * at a time.
 */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, AutoCloseable end) {}

    /** Remembers to end {@code part}, and hands it back. */
    <T extends AutoCloseable> T later(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    void run() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.end().close();
            } catch (Exception e) {
                LOG.atError().addKeyValue("part", part.name()).setCause(e).log("could not be ended");
            }
        }
    }
}
