package dev.sallyport.net;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many connections may be open to one target. Who comes when all are taken waits in line, first come first served,
 * for a bounded time; the line is bounded too. Nobody blocks a thread. Thread-safe.
 */
public final class ConnectionBudget {
    private final int permits;
    private final int maxWaiting;
    private final Deque<Promise<Permit>> line = new ArrayDeque<>();
    private int taken;

    /**
     * @param permits connections open at once
     * @param maxWaiting how many may wait in line
     */
    public ConnectionBudget(int permits, int maxWaiting) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits: " + permits + " (expected: > 0)");
        }
        if (maxWaiting < 0) {
            throw new IllegalArgumentException("maxWaiting: " + maxWaiting + " (expected: >= 0)");
        }
        this.permits = permits;
        this.maxWaiting = maxWaiting;
    }

    /** Nothing became free in time, or too many wait already. */
    public static final class ExhaustedException extends Exception {
        private static final long serialVersionUID = 1;

        private ExhaustedException(String message) {
            super(message, null, false, false);
        }
    }

    /** The right to have one connection open, given back by closing it; closing it again does nothing. */
    public final class Permit implements AutoCloseable {
        private final AtomicBoolean returned = new AtomicBoolean();

        private Permit() {}

        @Override
        public void close() {
            if (returned.compareAndSet(false, true)) {
                giveBack();
            }
        }
    }

    /**
     * Takes a permit, or waits for one. A future that is not done yet on return means that the caller stands in line;
     * cancelling it leaves the line.
     *
     * @param executor where the future's listeners run
     * @param timeout how long to wait
     * @return fails with {@link ExhaustedException}
     */
    public Future<Permit> acquire(EventExecutor executor, Duration timeout) {
        Promise<Permit> promise = executor.newPromise();
        synchronized (line) {
            if (taken < permits) {
                taken++;
                return promise.setSuccess(new Permit());
            }
            if (line.size() >= maxWaiting) {
                return promise.setFailure(
                        new ExhaustedException(permits + " connections are open and " + line.size() + " wait for one"));
            }
            line.addLast(promise);
        }
        var timer = executor.schedule(
                () -> promise.tryFailure(
                        new ExhaustedException("none of " + permits + " connections became free in " + timeout)),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        promise.addListener(done -> {
            timer.cancel(false);
            leave(promise);
        });
        return promise;
    }

    /** How many permits are out. */
    public int inUse() {
        synchronized (line) {
            return taken;
        }
    }

    /** How many stand in line. */
    public int waiting() {
        synchronized (line) {
            return line.size();
        }
    }

    private void leave(Promise<Permit> promise) {
        synchronized (line) {
            line.remove(promise);
        }
    }

    private void giveBack() {
        // The promise is completed outside the lock: its listeners may come back here.
        for (Optional<Promise<Permit>> next = nextInLine(); next.isPresent(); next = nextInLine()) {
            if (next.get().trySuccess(new Permit())) {
                return;
            }
        }
    }

    /** Who gets the permit that came back; when nobody waits, it is free again. */
    private Optional<Promise<Permit>> nextInLine() {
        synchronized (line) {
            Promise<Permit> next = line.pollFirst();
            if (next == null) {
                taken--;
            }
            return Optional.ofNullable(next);
        }
    }
}
