package dev.sallyport.server.store;

import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.AuditEvent.SessionErased;
import dev.sallyport.core.audit.LogFollower.Cause;
import dev.sallyport.core.audit.LogFollower.Step;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.StoredEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the log from where the index ends, and takes what comes into it. Where the log turns out to be shorter than what
 * the index has of it, the index is made anew. Not safe for use by several threads.
 */
final class Indexer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

    /** How many records are read at most before the place is stored. */
    private static final int MOST_RECORDS = 500_000;

    private final SearchIndex index;
    private final LogSource source;
    private final EventTerms events;
    private long stored;
    private long at;
    private Block.Builder block = new Block.Builder();

    private Indexer(SearchIndex index, LogSource source, EventTerms events, Schema.Place place) {
        this.index = index;
        this.source = source;
        this.events = events;
        this.stored = place.next();
        this.at = place.at();
    }

    /** What has become of a turn. */
    enum Turn {
        /** There is more to read. */
        GOING,
        /** All that the log has is read. */
        AT_END,
        /** Somebody else writes the index, or it has to be made anew: to be begun again. */
        STALE
    }

    /** Begins where the index ends. The index is the caller's to close. */
    static Indexer begin(SearchIndex index, LogPlace logPlace, LongSupplier safe) throws IOException {
        Schema.Place place = index.place();
        return new Indexer(index, LogSource.from(logPlace, place.next(), safe), index.events(), place);
    }

    /** The index of the first record that is not in the index. */
    long stored() {
        return stored;
    }

    /**
     * Reads as long as there is something, and stores a block that is full; at the log's end what was read may not be
     * stored yet.
     *
     * @param patience how long it may wait, all in all, for something to come
     */
    Turn read(Duration patience) throws IOException, InterruptedException {
        long left = patience.toNanos();
        while (!block.isFull() && source.position() - stored < MOST_RECORDS) {
            Optional<Step> step = source.next(Duration.ZERO);
            if (step.isEmpty()) {
                long before = System.nanoTime();
                step = source.next(Duration.ofNanos(Math.max(0, left)));
                left -= System.nanoTime() - before;
            }
            if (step.isEmpty()) {
                return Turn.AT_END;
            }
            if (step.get() instanceof Step.Event(StoredEvent stored) && !forget(stored)) {
                return Turn.STALE;
            }
            if (!take(step.get())) {
                index.clear();
                return Turn.STALE;
            }
        }
        return store();
    }

    /** What an event says is to be forgotten. With all before it stored, and the event itself still to come: should this fail, it is read again. */
    private boolean forget(StoredEvent event) throws IOException {
        if (!(event.event() instanceof SessionErased || event.event() instanceof SegmentsDeleted)) {
            return true;
        }
        if (event.index() > stored && store(event.index()) == Turn.STALE) {
            return false;
        }
        if (event.event() instanceof SessionErased erased) {
            index.forget(erased.session());
        } else if (event.event() instanceof SegmentsDeleted deleted) {
            index.forgetBefore(deleted.firstIndex());
        }
        return true;
    }

    /** False where the log was put back to an older state. */
    private boolean take(Step step) {
        switch (step) {
            case Step.Event(StoredEvent event) -> {
                at = EventTerms.micros(event.event().at());
                events.of(event).ifPresent(block::add);
            }
            case Step.Gap(long from, long until, Cause cause, String detail) -> {
                if (cause == Cause.ROLLED_BACK) {
                    LOG.atWarn()
                            .addKeyValue("from", from)
                            .addKeyValue("to", until)
                            .log("search index is made anew, as the log was put back");
                    return false;
                }
                LOG.atWarn()
                        .addKeyValue("from", from)
                        .addKeyValue("until", until)
                        .addKeyValue("cause", cause)
                        .addKeyValue("detail", detail)
                        .log("search index lacks records");
            }
        }
        return true;
    }

    /** Whether something was read that is not stored. */
    boolean hasUnstored() {
        return source.position() > stored;
    }

    /** Whether a command or a refused connection is among it. */
    boolean hasEntries() {
        return block.count() > 0;
    }

    /** Stores what was read. */
    Turn store() throws IOException {
        return hasUnstored() ? store(source.position()) : Turn.GOING;
    }

    private Turn store(long next) throws IOException {
        Optional<Block> built = hasEntries() ? Optional.of(block.build()) : Optional.empty();
        if (!index.append(stored, next, at, built, events.sessions())) {
            return Turn.STALE;
        }
        events.sessions().stored();
        stored = next;
        block = new Block.Builder();
        return Turn.GOING;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
