package dev.sallyport.core.identity;

import dev.sallyport.testkit.issuer.TestIssuer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands out an issuer's keys without a network, counts, and fails when told to. */
final class FakeFetcher implements KeyFetcher {
    final AtomicInteger fetches = new AtomicInteger();
    volatile Optional<String> text = Optional.empty();
    volatile Optional<Duration> maxAge = Optional.empty();
    volatile boolean down;
    private final TestIssuer issuer;

    FakeFetcher(TestIssuer issuer) {
        this.issuer = issuer;
    }

    @Override
    public KeyDocument fetch(IssuerSettings settings) throws IOException {
        fetches.incrementAndGet();
        if (down) {
            throw new IOException("issuer is down");
        }
        return new KeyDocument(text.orElseGet(issuer::jwks), maxAge);
    }
}
