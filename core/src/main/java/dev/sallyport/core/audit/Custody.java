package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.HoldPlaced;
import dev.sallyport.core.audit.AuditEvent.HoldReleased;
import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.AuditEvent.SessionErased;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What is done with records once they are in the log: sessions are erased and held, and the oldest segments deleted. Each
 * act is an event, on disk before the act where it takes something away. One act at a time; all of them block. Safe for
 * use by several threads.
 */
public final class Custody implements SessionOrders {
    private final LogFiles files;
    private final LogDirectory directory;
    private final Holds holds;
    private final Clock clock;
    private final LogEnd log;
    private final ReentrantLock acting = new ReentrantLock();
    /** Guarded by {@link #acting}. */
    private boolean stopped;

    Custody(LogFiles files, LogDirectory directory, Holds holds, Clock clock, LogEnd log) {
        this.files = files;
        this.directory = directory;
        this.holds = holds;
        this.clock = clock;
        this.log = log;
    }

    /** The end of the log that is being written, as far as it matters here. */
    interface LogEnd {
        /** @throws IOException where nothing can be appended now */
        void requireWritable() throws IOException;

        /** Appends an event. @throws IOException where it is not on disk for sure */
        void record(AuditEvent event) throws IOException;

        /** Appends an event. @throws IOException where it, and a checkpoint that speaks of it, are not on disk for sure */
        void recordSigned(AuditEvent event) throws IOException;

        /** Whether there is more to come of a session. */
        boolean isOpen(String session);

        /** What was sealed with the session's key will be written before what is appended next; no more comes of it. */
        void forget(String session);

        /**
         * Erases the session's key in the last segment; should that be written again, it is without the key.
         *
         * @return the segment's number
         */
        long eraseKeys(String session) throws IOException;
    }

    /** Before the log is opened: ends in its files what was interrupted. The result is what {@link #resume} is to be told. */
    static Optional<SessionErased> finish(LogFiles files, LogDirectory directory) throws IOException {
        KeyErasure.removeUnfinished(files, directory);
        Optional<SessionErased> unfinished = ErasureMark.read(directory);
        if (unfinished.isPresent()) {
            KeyErasure.eraseAll(files, directory, unfinished.get().session());
        }
        Retention.finish(files, directory);
        return unfinished;
    }

    /** Once the log is open. */
    void resume(Optional<SessionErased> unfinished) throws IOException {
        acting.lock();
        try {
            finish(unfinished);
        } finally {
            acting.unlock();
        }
    }

    @Override
    public Outcome erase(String session, String by, String reason) throws IOException {
        acting.lock();
        try {
            requireWritable();
            finish(ErasureMark.read(directory));
            if (log.isOpen(session)) {
                return Outcome.OPEN;
            }
            if (holds.isHeld(session)) {
                return Outcome.HELD;
            }
            Outcome found = KeyErasure.state(directory, session);
            if (found == Outcome.DONE) {
                SessionErased event = new SessionErased(clock.instant(), session, by, reason);
                ErasureMark.write(files, directory, event);
                finish(Optional.of(event));
            }
            return found;
        } finally {
            acting.unlock();
        }
    }

    private void finish(Optional<SessionErased> unfinished) throws IOException {
        if (unfinished.isEmpty()) {
            return;
        }
        String session = unfinished.get().session();
        log.forget(session);
        log.record(unfinished.get());
        // The last segment's first: one that is made meanwhile has no key that is not erased there.
        long last = log.eraseKeys(session);
        for (long number : directory.keyFiles()) {
            if (number < last) {
                KeyErasure.erase(files, directory.keys(number), session);
            }
        }
        ErasureMark.remove(files, directory);
    }

    @Override
    public Outcome hold(String session, String by, String reason) throws IOException {
        acting.lock();
        try {
            requireWritable();
            finish(ErasureMark.read(directory));
            Outcome found = KeyErasure.state(directory, session);
            if (found == Outcome.DONE) {
                holds.add(session);
                log.record(new HoldPlaced(clock.instant(), session, by, reason));
            }
            return found;
        } finally {
            acting.unlock();
        }
    }

    @Override
    public Outcome release(String session, String by, String reason) throws IOException {
        acting.lock();
        try {
            requireWritable();
            if (!holds.isHeld(session)) {
                return Outcome.NOT_HELD;
            }
            log.record(new HoldReleased(clock.instant(), session, by, reason));
            holds.remove(session);
            return Outcome.DONE;
        } finally {
            acting.unlock();
        }
    }

    /**
     * Deletes the oldest segments' records as far as the limits say, a few at a time: what is left of them takes room
     * before it gives any. An event tells of it before anything is deleted; a crash half way leaves it to the next start to
     * finish.
     *
     * @return how many segments' records were deleted
     */
    public int retain(RetentionLimits limits) throws IOException {
        int all = 0;
        for (int some = retainSome(limits); some > 0; some = retainSome(limits)) {
            all += some;
        }
        return all;
    }

    private int retainSome(RetentionLimits limits) throws IOException {
        acting.lock();
        try {
            requireWritable();
            Retention retention = new Retention(files, directory, limits, clock.instant());
            Optional<SegmentsDeleted> plan = retention.plan(holds);
            if (plan.isEmpty()) {
                return 0;
            }
            retention.prepare(plan.get());
            try {
                log.recordSigned(plan.get());
            } catch (IOException notRecorded) {
                retention.abandon(plan.get());
                throw notRecorded;
            }
            retention.carryOut(plan.get());
            return (int) (plan.get().last() - plan.get().first() + 1);
        } finally {
            acting.unlock();
        }
    }

    /** Waits for what is being done; nothing is begun any more. */
    void stop() {
        acting.lock();
        try {
            stopped = true;
        } finally {
            acting.unlock();
        }
    }

    private void requireWritable() throws IOException {
        if (stopped) {
            throw new IOException("the audit log is closed");
        }
        log.requireWritable();
    }
}
