package dev.sallyport.server.store;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.store.Indexer.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index up with the log while a gateway runs, on a thread of its own. Nothing waits for it: where the store
 * fails or is slow the index stays behind, which is told in the log of the program and by {@link #state}, and it goes on
 * from its place once the store works again.
 */
public final class IndexFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexFollower.class);

    /** What comes within this time is stored together. */
    private static final Duration GATHER = Duration.ofMillis(250);
    /** Where nothing came that can be searched, the place is stored so often. */
    private static final Duration PLACE = Duration.ofSeconds(10);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
    private static final Duration LAST_LOOK = Duration.ofSeconds(5);

    private final Store store;
    private final LogPlace logPlace;
    private final KeySource keys;
    private final LongSupplier safe;
    private final Thread thread;
    private volatile State state = State.BEHIND;
    private volatile boolean closing;
    private String told = "";

    private IndexFollower(Store store, LogPlace logPlace, KeySource keys, LongSupplier safe) {
        this.store = store;
        this.logPlace = logPlace;
        this.keys = keys;
        this.safe = safe;
        this.thread = Thread.ofPlatform().daemon().name("search index").unstarted(this::run);
    }

    /** Where the key comes from. It is asked for on the follower's own thread. */
    @FunctionalInterface
    public interface KeySource {
        SearchKey key() throws IOException;
    }

    /** How the index is. */
    public enum State {
        /** It has all that is safe in the log, or did a moment ago. */
        CURRENT,
        /** It has still to read some of it. */
        BEHIND,
        /** The store does not work. */
        FAILING
    }

    /**
     * Begins, and returns at once.
     *
     * @param logPlace the log's
     * @param safe up to which record the log is safe: what is not may be gone after the machine died
     */
    public static IndexFollower start(Store store, LogPlace logPlace, KeySource keys, LongSupplier safe) {
        IndexFollower follower = new IndexFollower(store, logPlace, keys, safe);
        follower.thread.start();
        return follower;
    }

    public State state() {
        return state;
    }

    private void run() {
        Duration retry = RETRY;
        while (true) {
            try {
                if (follow()) {
                    retry = RETRY;
                }
            } catch (InterruptedException stopped) {
                return;
            } catch (IOException | RuntimeException | LinkageError failed) {
                tell(failed);
            }
            if (closing) {
                return;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(retry.toNanos());
            } catch (InterruptedException stopped) {
                return;
            }
            retry = state == State.FAILING && retry.compareTo(LONGEST_RETRY) < 0 ? retry.multipliedBy(2) : retry;
        }
    }

    /** Until somebody else is found to write the index; returns true where it worked until then. */
    private boolean follow() throws IOException, InterruptedException {
        SearchIndex index = SearchIndex.write(store, logPlace, keys.key());
        try (index;
                Indexer indexer = Indexer.begin(index, logPlace, safe)) {
            return follow(index, indexer);
        } catch (StoreException failed) {
            if (failed.isDamaged()) {
                index.discard();
            }
            throw failed;
        }
    }

    private boolean follow(SearchIndex index, Indexer indexer) throws IOException, InterruptedException {
        long placed = System.nanoTime();
        while (true) {
            index.requireRoom();
            Turn turn = indexer.read(closing ? Duration.ZERO : GATHER);
            boolean due = System.nanoTime() - placed > PLACE.toNanos();
            if (turn == Turn.AT_END && indexer.hasUnstored() && (indexer.hasEntries() || due || closing)) {
                turn = indexer.store() == Turn.STALE ? Turn.STALE : Turn.AT_END;
                placed = System.nanoTime();
            }
            if (turn == Turn.STALE) {
                state = State.BEHIND;
                return true;
            }
            well(turn == Turn.AT_END ? State.CURRENT : State.BEHIND);
            if (closing && turn == Turn.AT_END) {
                return true;
            }
        }
    }

    private void well(State now) {
        if (state == State.FAILING) {
            LOG.atInfo().log("search index goes on");
            told = "";
        }
        state = now;
    }

    /** Once for each thing that goes wrong, however often it is tried again. */
    private void tell(Throwable failed) {
        state = State.FAILING;
        String what = String.valueOf(failed.getMessage());
        if (!what.equals(told)) {
            LOG.atWarn()
                    .addKeyValue("cause", what)
                    .setCause(failed instanceof IOException ? null : failed)
                    .log("search index fails, and is tried again");
            told = what;
        }
    }

    /** Takes in what is left, as long as that takes little, and ends. */
    @Override
    public void close() {
        closing = true;
        try {
            if (state == State.FAILING || !thread.join(LAST_LOOK)) {
                thread.interrupt();
                thread.join(LAST_LOOK);
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
