package dev.sallyport.core.identity;

import dev.sallyport.core.identity.Authentication.Reason;
import dev.sallyport.core.identity.KeyFetcher.KeyDocument;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer. A token whose key is here is checked without waiting for anybody. The keys are fetched
 * again when four fifths of their time are over, and when a token names a key that is not here; the latter at most once
 * per {@link IssuerSettings.Fetching#refreshInterval()}, whatever strangers send. The fetch that brings the first keys does
 * not count, so that it makes no difference whether a token causes it or the start of the gateway. While the issuer cannot
 * be reached the last keys stay good: an outage there must not become one here. A key set that the issuer does publish
 * counts at once, an empty one too, since that is how keys are withdrawn.
 */
final class KeyCache {
    private static final Logger LOG = LoggerFactory.getLogger(KeyCache.class);

    private static final Duration DEFAULT_AGE = Duration.ofMinutes(15);
    private static final Duration LEAST_AGE = Duration.ofMinutes(5);
    private static final Duration GREATEST_AGE = Duration.ofHours(24);

    /** A file costs next to nothing to read; what an operator changes in it is to count soon. */
    private static final Duration FILE_AGE = Duration.ofSeconds(5);

    private final IssuerSettings settings;
    private final KeyFetcher fetcher;
    private final Clock clock;

    /** Held while fetching, so that one fetch serves all that wait for it. Guards {@code lastAsked}. */
    private final ReentrantLock fetching = new ReentrantLock();

    private Instant lastAsked = Instant.MIN;
    private volatile Snapshot snapshot = new Snapshot(0, KeySet.EMPTY, false, Optional.empty(), Instant.MIN);

    /**
     * @param fetches how often keys were asked for
     * @param loaded whether keys were ever had
     * @param failure what went wrong in the last fetch
     * @param due when to fetch again
     */
    private record Snapshot(long fetches, KeySet keys, boolean loaded, Optional<String> failure, Instant due) {}

    KeyCache(IssuerSettings settings, KeyFetcher fetcher, Clock clock) {
        this.settings = settings;
        this.fetcher = fetcher;
        this.clock = clock;
    }

    /** The key that a token names; waits for the issuer only where the key is not known. */
    VerificationKey key(Optional<String> kid, SignatureAlgorithm algorithm) throws Refusal {
        Snapshot seen = snapshot;
        Optional<VerificationKey> known = seen.keys().find(kid, algorithm);
        if (known.isEmpty()) {
            fetchForUnknown(seen);
            known = snapshot.keys().find(kid, algorithm);
        }
        return known.orElseThrow(() -> unknown(snapshot, kid, algorithm));
    }

    boolean isDue() {
        return !clock.instant().isBefore(snapshot.due());
    }

    /** Fetches ahead of time, unless somebody else is at it. */
    void refreshIfDue() {
        if (isDue() && fetching.tryLock()) {
            try {
                if (isDue()) {
                    fetch();
                }
            } finally {
                fetching.unlock();
            }
        }
    }

    private void fetchForUnknown(Snapshot seen) {
        fetching.lock();
        try {
            boolean fetchedMeanwhile = snapshot.fetches() != seen.fetches();
            if (!fetchedMeanwhile && mayAsk(clock.instant())) {
                fetch();
                boolean firstKeys = !seen.loaded() && snapshot.loaded();
                if (!firstKeys) {
                    lastAsked = clock.instant();
                }
            }
        } finally {
            fetching.unlock();
        }
    }

    /** A clock that was set back must not lock the issuer out. */
    private boolean mayAsk(Instant now) {
        return lastAsked.equals(Instant.MIN)
                || now.isBefore(lastAsked)
                || !now.isBefore(lastAsked.plus(settings.fetching().refreshInterval()));
    }

    private void fetch() {
        Snapshot before = snapshot;
        try {
            KeyDocument document = fetcher.fetch(settings);
            KeySet keys = KeySet.parse(document.json());
            snapshot = new Snapshot(
                    before.fetches() + 1,
                    keys,
                    true,
                    Optional.empty(),
                    clock.instant().plus(refreshAfter(document)));
            if (!before.loaded() || before.failure().isPresent()) {
                LOG.info("event=issuer-keys-fetched issuer={} keys={}", settings.name(), keys.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(before, "interrupted");
        } catch (IOException | RuntimeException e) {
            failed(before, e.getMessage() == null ? e.getClass().getName() : e.getMessage());
        }
    }

    private void failed(Snapshot before, String failure) {
        Instant retry = clock.instant().plus(settings.fetching().refreshInterval());
        snapshot = new Snapshot(before.fetches() + 1, before.keys(), before.loaded(), Optional.of(failure), retry);
        if (!before.failure().equals(Optional.of(failure))) {
            LOG.warn(
                    "event=issuer-keys-not-fetched issuer={} keys-kept={} error=\"{}\"",
                    settings.name(),
                    before.keys().size(),
                    failure);
        }
    }

    private Duration refreshAfter(KeyDocument document) {
        if (settings.keys() instanceof KeySource.JwksFile) {
            return FILE_AGE;
        }
        Duration age = document.maxAge().orElse(DEFAULT_AGE);
        Duration bounded = age.compareTo(LEAST_AGE) < 0 ? LEAST_AGE : age;
        bounded = bounded.compareTo(GREATEST_AGE) > 0 ? GREATEST_AGE : bounded;
        return bounded.multipliedBy(4).dividedBy(5);
    }

    private static Refusal unknown(Snapshot snapshot, Optional<String> kid, SignatureAlgorithm algorithm) {
        if (!snapshot.loaded()) {
            return new Refusal(Reason.KEYS_UNAVAILABLE, snapshot.failure().orElse("not fetched yet"));
        }
        String named = kid.map(name -> "kid " + Excerpt.of(name)).orElse("no kid");
        String outage = snapshot.failure()
                .map(text -> "; the last fetch failed: " + text)
                .orElse("");
        return new Refusal(
                Reason.KEY_UNKNOWN,
                named + " for " + algorithm.joseName() + ", keys: "
                        + snapshot.keys().size() + outage);
    }
}
