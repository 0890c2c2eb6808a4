package dev.sallyport.protocols.postgres.target;

import dev.sallyport.net.Transport;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.CatalogueQueries;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One target's catalogue, read on a connection of the gateway's own and kept fresh while anybody watches it: at once when
 * the first session begins or somebody saw a change pass, else by polling. Thread-safe.
 *
 * <p>One reading runs at a time. Who asks for one while another runs gets the one behind it, since the one that runs may
 * have begun before the change that is asked about.
 */
public final class Catalogues implements AutoCloseable {
    /** For how many polls what is known may be relied on without being confirmed. */
    private static final int POLLS_TO_STALE = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Catalogues.class);

    private final TargetConnector connector;
    private final CatalogueReader reader;
    private final Transport transport;
    private final Duration poll;
    private final InstantSource clock;
    private final Consumer<Catalogue> learner;
    private final Future<?> polling;
    private volatile Known known = new Known(Catalogue.EMPTY, 0, "", Instant.MIN);
    private volatile Instant changed = Instant.MIN;
    private final Object lock = new Object();
    private int watching;
    /** When the running reading began. */
    private Instant begun = Instant.MIN;

    private @Nullable CompletableFuture<Catalogue> running;
    private @Nullable CompletableFuture<Catalogue> queued;

    /**
     * @param poll how often to look for changes that did not pass through the gateway; 30 seconds is usual
     * @param learner is given every catalogue before anybody else, and again with each reading; it may block
     */
    public Catalogues(
            TargetConnector connector,
            Transport transport,
            Duration poll,
            InstantSource clock,
            Consumer<Catalogue> learner) {
        this.learner = learner;
        this.connector = connector;
        this.reader = new CatalogueReader(connector);
        this.transport = transport;
        this.poll = poll;
        this.clock = clock;
        this.polling = transport
                .nextLoop()
                .scheduleWithFixedDelay(this::poll, poll.toNanos(), poll.toNanos(), TimeUnit.NANOSECONDS);
    }

    private record Known(Catalogue catalogue, long version, String fingerprint, Instant begun) {}

    /**
     * What is known at one moment.
     *
     * @param version grows when something changed; the same version is the same catalogue
     * @param stale it was never read, something changed since, or it was not confirmed for too long
     */
    public record View(Catalogue catalogue, long version, boolean stale) {}

    /** A session that wants the catalogue kept fresh, until it closes this; closing again does nothing. */
    public final class Watch implements AutoCloseable {
        private final AtomicBoolean closed = new AtomicBoolean();

        private Watch() {}

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                synchronized (lock) {
                    watching--;
                }
            }
        }
    }

    /** What is known now; a few field reads. */
    public View view() {
        Known now = known;
        boolean unconfirmed = now.begun.equals(Instant.MIN)
                || now.begun.plus(poll.multipliedBy(POLLS_TO_STALE)).isBefore(clock.instant());
        return new View(now.catalogue, now.version, unconfirmed || !now.begun.isAfter(changed));
    }

    /** The newest snapshot, {@link Catalogue#EMPTY} before the first. */
    public Catalogue current() {
        return known.catalogue;
    }

    /** As {@link View#version}. */
    public long version() {
        return known.version;
    }

    /** As {@link View#stale}. */
    public boolean stale() {
        return view().stale();
    }

    /** Keeps it fresh for a session from now on, and has it read where what is known is stale. */
    public Watch watch() {
        synchronized (lock) {
            watching++;
        }
        if (stale()) {
            refresh();
        }
        return new Watch();
    }

    /** Says that something may have changed just now: what is known is stale until it has been read again. */
    public CompletableFuture<Catalogue> changed() {
        changed = clock.instant();
        return refresh();
    }

    /**
     * Reads the catalogue.
     *
     * @return what a reading saw that began after this call; fails with {@link TargetException}, and what was known
     *     before stays
     */
    public CompletableFuture<Catalogue> refresh() {
        CompletableFuture<Catalogue> mine;
        synchronized (lock) {
            if (running != null) {
                queued = queued == null ? new CompletableFuture<>() : queued;
                return queued;
            }
            mine = new CompletableFuture<>();
            running = mine;
        }
        read(mine);
        return mine;
    }

    /**
     * What is known once no change that was told of is missing in it: the reading that runs where it began behind the
     * last of them, else as {@link #refresh}.
     */
    public CompletableFuture<Catalogue> fresh() {
        synchronized (lock) {
            if (running != null && begun.isAfter(changed)) {
                return running;
            }
        }
        return refresh();
    }

    private void poll() {
        synchronized (lock) {
            if (watching == 0) {
                return;
            }
        }
        refresh();
    }

    private void read(CompletableFuture<Catalogue> promise) {
        // A change that falls into the same tick as the beginning of the reading counts as one that it may have missed.
        Instant now = clock.instant();
        synchronized (lock) {
            begun = now;
        }
        var reading = reader.read(transport.nextLoop(), CatalogueQueries.statements());
        reading.addListener(read -> {
            if (read.isSuccess()) {
                // Making a catalogue of a hundred thousand rows is no work for an event loop.
                Thread.ofVirtual().name("catalogue").start(() -> settle(promise, now, reading.getNow()));
            } else {
                LOG.warn(
                        "catalogue-not-read target={} cause=\"{}\"",
                        connector.target().name(),
                        read.cause().getMessage());
                promise.completeExceptionally(read.cause());
                next();
            }
        });
    }

    private void settle(
            CompletableFuture<Catalogue> promise, Instant since, List<List<List<@Nullable String>>> results) {
        try {
            String fingerprint = Fingerprint.of(results);
            Known before = known;
            Known after = fingerprint.equals(before.fingerprint)
                    ? new Known(before.catalogue, before.version, fingerprint, since)
                    : new Known(Catalogue.of(results), before.version + 1, fingerprint, since);
            learner.accept(after.catalogue);
            known = after;
            promise.complete(known.catalogue);
        } catch (RuntimeException e) {
            LOG.error("catalogue-not-understood target={}", connector.target().name(), e);
            promise.completeExceptionally(e);
        } finally {
            next();
        }
    }

    private void next() {
        CompletableFuture<Catalogue> following;
        synchronized (lock) {
            following = queued;
            running = following;
            queued = null;
        }
        if (following != null) {
            read(following);
        }
    }

    /** Stops polling. */
    @Override
    public void close() {
        polling.cancel(false);
        reader.close();
    }
}
