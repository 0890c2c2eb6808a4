package dev.sallyport.core.audit.proof;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings checkpoints to places outside, each on a virtual thread of its own. Only the newest waits: it vouches for all
 * that those before it did, so a place that was away for a day is told once. The log never waits for a place.
 */
public final class CheckpointPublisher implements Consumer<SignedCheckpoint>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointPublisher.class);

    private static final Duration LAST_REST = Duration.ofMillis(100);

    private final List<Courier> couriers;

    /**
     * How often, and how long.
     *
     * @param pause between two attempts at a place that answers
     * @param firstRetry after a failure; it doubles
     * @param longestRetry up to this
     * @param farewell how long a last checkpoint gets when the gateway stops
     */
    public record Timing(Duration pause, Duration firstRetry, Duration longestRetry, Duration farewell) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(5));
    }

    private CheckpointPublisher(List<Courier> couriers) {
        this.couriers = couriers;
    }

    /** Starts a courier for each place. */
    public static CheckpointPublisher start(List<CheckpointPlace> places, Timing timing) {
        List<Courier> couriers =
                places.stream().map(place -> new Courier(place, timing)).toList();
        couriers.forEach(courier -> courier.thread.start());
        return new CheckpointPublisher(couriers);
    }

    /** Hands the checkpoint to the couriers; returns at once. */
    @Override
    public void accept(SignedCheckpoint checkpoint) {
        couriers.forEach(courier -> courier.take(checkpoint));
    }

    /** What is wrong, one text for each place that the newest checkpoints do not get to. */
    public List<String> faults() {
        return couriers.stream().flatMap(courier -> courier.fault().stream()).toList();
    }

    /** Gives the last checkpoint a short while to get there. */
    @Override
    public void close() {
        couriers.forEach(Courier::dismiss);
        couriers.forEach(Courier::await);
    }

    /** Serves one place. */
    private static final class Courier implements Runnable {
        private final CheckpointPlace place;
        private final Timing timing;
        private final Thread thread;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private @Nullable SignedCheckpoint newest;
        private boolean dismissed;
        private volatile @Nullable String fault;

        Courier(CheckpointPlace place, Timing timing) {
            this.place = place;
            this.timing = timing;
            this.thread = Thread.ofVirtual().name("checkpoints").unstarted(this);
        }

        void take(SignedCheckpoint checkpoint) {
            lock.lock();
            try {
                newest = checkpoint;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        Optional<String> fault() {
            String now = fault;
            return now == null ? Optional.empty() : Optional.of(place.name() + ": " + now);
        }

        void dismiss() {
            lock.lock();
            try {
                dismissed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void await() {
            try {
                if (!thread.join(timing.farewell())) {
                    thread.interrupt();
                }
            } catch (InterruptedException stop) {
                thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void run() {
            Duration retry = timing.firstRetry();
            try {
                for (SignedCheckpoint next = next(); next != null; next = next()) {
                    boolean there = put(next);
                    rest(there ? timing.pause() : retry);
                    Duration doubled = retry.multipliedBy(2);
                    retry = there
                            ? timing.firstRetry()
                            : doubled.compareTo(timing.longestRetry()) < 0 ? doubled : timing.longestRetry();
                }
            } catch (InterruptedException stop) {
                // the farewell is over
            }
        }

        /** Waits for a checkpoint that is not there yet; null when there is none and none will come. */
        private @Nullable SignedCheckpoint next() throws InterruptedException {
            lock.lock();
            try {
                while (newest == null && !dismissed) {
                    changed.await();
                }
                return newest;
            } finally {
                lock.unlock();
            }
        }

        private boolean put(SignedCheckpoint checkpoint) throws InterruptedException {
            try {
                place.put(checkpoint);
            } catch (IOException | RuntimeException failed) {
                failed(failed);
                return false;
            }
            lock.lock();
            try {
                newest = newest == checkpoint ? null : newest;
            } finally {
                lock.unlock();
            }
            if (fault != null) {
                fault = null;
                LOG.atInfo().addKeyValue("place", place.name()).log("audit checkpoints are published again");
            }
            return true;
        }

        private void failed(Exception why) {
            boolean first = fault == null;
            fault = why.getMessage() == null ? why.toString() : why.getMessage();
            if (first) {
                LOG.atWarn()
                        .addKeyValue("place", place.name())
                        .addKeyValue("cause", fault)
                        .log("audit checkpoints are not published; tried again");
            }
        }

        /** Between two attempts; when the gateway stops there is only a short rest any more. */
        private void rest(Duration time) throws InterruptedException {
            lock.lock();
            try {
                long left = time.toNanos();
                while (left > 0 && !dismissed) {
                    left = changed.awaitNanos(left);
                }
                if (left <= 0) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            Thread.sleep(LAST_REST);
        }
    }
}
