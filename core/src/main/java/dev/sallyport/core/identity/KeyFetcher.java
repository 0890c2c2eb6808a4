package dev.sallyport.core.identity;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Gets an issuer's key set from where its settings say. May block; calls come from virtual threads. */
@FunctionalInterface
public interface KeyFetcher {
    /** The size of a document that is fetched or read. Key sets with certificate chains stay below 100 KiB. */
    int MAX_BYTES = 512 * 1024;

    /** The time for one key set, discovery included. */
    Duration TIMEOUT = Duration.ofSeconds(5);

    /** @throws IOException with a text that says what was asked and what came of it, fit for a log */
    KeyDocument fetch(IssuerSettings issuer) throws IOException, InterruptedException;

    /** Over HTTP and from files, with the checks of addresses, sizes and times that this package describes. */
    static KeyFetcher standard() {
        return new WebKeyFetcher();
    }

    /**
     * A key set as it came.
     *
     * @param json its text
     * @param maxAge for how long it may be kept, where the issuer says so
     */
    record KeyDocument(String json, Optional<Duration> maxAge) {}
}
