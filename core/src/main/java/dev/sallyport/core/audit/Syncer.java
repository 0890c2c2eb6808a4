package dev.sallyport.core.audit;

import dev.sallyport.core.audit.LogWriter.Mark;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that waits for the disk: it syncs, writes checkpoints, begins new segments and retries. */
final class Syncer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Syncer.class);
    private static final int LONGEST_RETRY = 32;
    private static final long NEVER = Long.MAX_VALUE;

    private final SegmentedAuditLog log;
    private final AuditLogOptions options;
    private final Thread thread;
    private final AtomicBoolean requested = new AtomicBoolean();
    /** By when the next sync has to begin, as {@link System#nanoTime()} from {@link #origin} on. */
    private final AtomicLong due = new AtomicLong(NEVER);

    private final long origin = System.nanoTime();
    private volatile boolean checkpointWanted;
    private volatile boolean stopping;
    private long checkpointed;
    private long checkpointNanos;
    private int retryFactor = 1;

    Syncer(SegmentedAuditLog log, AuditLogOptions options, long checkpointed) {
        this.log = log;
        this.options = options;
        this.checkpointed = checkpointed;
        this.checkpointNanos = System.nanoTime();
        this.thread = Thread.ofPlatform().name("audit-sync").daemon().unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** Asks for work soon: a sync, a new segment, a retry. */
    void request() {
        if (!requested.get() && !requested.getAndSet(true)) {
            LockSupport.unpark(thread);
        }
    }

    /** Asks for a sync that begins within {@code window}; of several wishes the most urgent counts. */
    void requestWithin(Duration window) {
        long wanted = System.nanoTime() - origin + window.toNanos();
        long known = due.get();
        while (wanted < known) {
            if (due.compareAndSet(known, wanted)) {
                LockSupport.unpark(thread);
                return;
            }
            known = due.get();
        }
    }

    /** Asks for a checkpoint of all that is synced, on disk itself. */
    void requestCheckpoint() {
        checkpointWanted = true;
        request();
    }

    /** Has all that is written synced, and waits for it. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException later) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        boolean last;
        do {
            last = stopping;
            requested.set(false);
            // Before the round marks what it syncs: who asks from here on gets the next one.
            due.set(NEVER);
            try {
                round(last);
            } catch (RuntimeException | Error fault) {
                // Whatever it is, without this thread nothing would be synced any more.
                LOG.error("audit sync=failed", fault);
            }
            // Both are asked again here: whatever waits inside a round may have used up the permit of their unpark.
            rest();
        } while (!last);
    }

    private void rest() {
        // Half of the interval, so that what came just after a round is synced in time by the next.
        long end = System.nanoTime() - origin + options.syncInterval().toNanos() / 2;
        while (!stopping && !requested.get() && log.isDrained()) {
            long left = Math.min(end, due.get()) - (System.nanoTime() - origin);
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    private void round(boolean last) {
        if (log.fault().isPresent() && !retry(last)) {
            return;
        }
        log.explainRefused();
        log.drain();
        Optional<Mark> synced = log.sync();
        while (last && synced.isPresent() && !log.isDrained()) {
            log.rollWhenFull();
            log.drain();
            synced = log.sync();
        }
        if (synced.isPresent()) {
            checkpointWhenDue(synced.get(), last);
        }
        log.rollWhenFull();
        log.makeRoom();
    }

    private boolean retry(boolean last) {
        if (!last) {
            await(options.retryDelay().multipliedBy(retryFactor));
        }
        boolean reopened = log.reopen();
        retryFactor = reopened ? 1 : Math.min(LONGEST_RETRY, retryFactor * 2);
        return reopened;
    }

    private void await(Duration delay) {
        long end = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0 && !stopping; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void checkpointWhenDue(Mark synced, boolean last) {
        long now = System.nanoTime();
        boolean toDisk = last || checkpointWanted;
        boolean due =
                toDisk || now - checkpointNanos >= options.checkpointInterval().toNanos();
        if (due && synced.size() > checkpointed) {
            checkpointed = synced.size();
            checkpointNanos = now;
            log.checkpoint(synced);
        }
        if (toDisk) {
            checkpointWanted = false;
            log.syncCheckpoints(synced);
        }
    }
}
