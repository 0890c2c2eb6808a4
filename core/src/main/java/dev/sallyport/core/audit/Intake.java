package dev.sallyport.core.audit;

import dev.sallyport.core.audit.LogWriter.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was appended and is not written yet: events are sealed and queued here, by whichever thread appends them, as long
 * as there is room. Safe for use by several threads.
 *
 * <p><b>Turns.</b> Which segment a record will be in is decided here, since its key and shapes depend on it. Whoever
 * seals has {@link #turning} for reading, from asking for the generation until its records are queued; so when a
 * {@link #endTurn turn is ended}, all that was sealed for the segment before stands in the queue before the mark of the
 * turn, and all that is sealed for the next behind it.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final long most;
    private final EventSealers sealers = new EventSealers();
    private final StampedLock turning = new StampedLock();
    /** Guarded by {@link #turning}. */
    private Generation generation;

    private final ConcurrentLinkedQueue<Entry> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** @param most how many bytes may be pending: queued, or written and not synced */
    Intake(long most, Generation generation) {
        this.most = most;
        this.generation = generation;
    }

    /** Seals and queues an event; where there is no room for it, or it cannot be recorded, it is refused. */
    Progress add(AuditEvent event) {
        return add(event, most);
    }

    /** The same, and there is always room. */
    Progress addAlways(AuditEvent event) {
        return add(event, Long.MAX_VALUE);
    }

    private Progress add(AuditEvent event, long room) {
        long stamp = turning.readLock();
        try {
            return sealers.of(event).map(sealer -> add(sealer, event, room)).orElseGet(() -> {
                LOG.warn(
                        "audit event={} refused=session-erased",
                        EventType.of(event).label());
                return Progress.failed();
            });
        } finally {
            turning.unlockRead(stamp);
        }
    }

    private Progress add(EventSealer sealer, AuditEvent event, long room) {
        try {
            synchronized (sealer) {
                List<Entry> entries = sealer.entries(event, generation);
                if (!admit(entries, room)) {
                    sealer.restart();
                    return refuse(event);
                }
                queue.addAll(entries);
                sealers.added(event);
                return entries.getLast().progress();
            }
        } catch (RuntimeException unrecordable) {
            LOG.error("audit event={} refused=unrecordable", EventType.of(event).label(), unrecordable);
            synchronized (sealer) {
                sealer.restart();
            }
            return refuse(event);
        }
    }

    private boolean admit(List<Entry> entries, long room) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.frame().length();
        }
        if (pendingBytes.addAndGet(bytes) > room) {
            pendingBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    private Progress refuse(AuditEvent event) {
        sealers.refused(event);
        return refuse();
    }

    /** Counts an event that did not get in. */
    Progress refuse() {
        refused.incrementAndGet();
        return Progress.failed();
    }

    /** How many events were refused since the last time that this was asked. */
    long takeRefused() {
        return refused.getAndSet(0);
    }

    boolean hasRefused() {
        return refused.get() != 0;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** What is to be written next; null where nothing waits. */
    @Nullable
    Entry poll() {
        return queue.poll();
    }

    /** All that waits to be written. */
    List<Entry> waiting() {
        return new ArrayList<>(queue);
    }

    /** Makes room again: these are synced. */
    void release(List<Entry> done) {
        for (Entry entry : done) {
            pendingBytes.addAndGet(-entry.frame().length());
            entry.progress().markSynced();
        }
    }

    /** All that is sealed from here on goes to the next segment, all that was before it to this one. */
    void endTurn() {
        long stamp = turning.writeLock();
        try {
            generation = generation.next();
            queue.add(Entry.turn());
        } finally {
            turning.unlockWrite(stamp);
        }
    }

    /** Whether there is more to come of a session. */
    boolean isOpen(String session) {
        return sealers.isOpen(session);
    }

    /** What was sealed with the session's key before is queued when this returns, and no event of it is taken any more. */
    void forget(String session) {
        long stamp = turning.writeLock();
        try {
            sealers.forget(session);
        } finally {
            turning.unlockWrite(stamp);
        }
    }
}
