package dev.sallyport.testkit.audit;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.Evidence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An audit log that keeps its events in memory, and whose disk can be slow or broken. */
public final class MemoryAuditLog implements AuditLog {
    private final List<AuditEvent> events = new ArrayList<>();
    private final List<Kept> unsynced = new ArrayList<>();
    private boolean holdingSyncs;
    private volatile boolean healthy = true;

    /** Keeps syncs back until {@link #releaseSyncs()}. */
    public synchronized void holdSyncs() {
        holdingSyncs = true;
    }

    /** Lets all syncs that were kept back succeed, and those that come. */
    public void releaseSyncs() {
        settle(true);
    }

    /** Fails all syncs that were kept back, and everything that comes. */
    public void breakDisk() {
        healthy = false;
        settle(false);
    }

    /** The disk works again. */
    public void mendDisk() {
        healthy = true;
    }

    private void settle(boolean success) {
        List<Kept> settled;
        synchronized (this) {
            holdingSyncs = false;
            settled = List.copyOf(unsynced);
            unsynced.clear();
        }
        settled.forEach(kept -> kept.settle(success));
    }

    /** All events so far. */
    public synchronized List<AuditEvent> events() {
        return List.copyOf(events);
    }

    /** All events since they were last taken, which are then forgotten. */
    public synchronized List<AuditEvent> take() {
        List<AuditEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    /** All events of one type so far. */
    public <T extends AuditEvent> List<T> events(Class<T> type) {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public Evidence append(AuditEvent event) {
        return keep(event);
    }

    @Override
    public Evidence appendSynced(AuditEvent event) {
        return keep(event);
    }

    @Override
    public Evidence append(AuditEvent event, Duration window) {
        return keep(event);
    }

    @Override
    public boolean isHealthy() {
        return healthy;
    }

    private synchronized Evidence keep(AuditEvent event) {
        Kept kept = new Kept();
        if (!healthy) {
            kept.settle(false);
            return kept;
        }
        events.add(event);
        kept.written = true;
        if (holdingSyncs) {
            unsynced.add(kept);
        } else {
            kept.settle(true);
        }
        return kept;
    }

    private static final class Kept implements Evidence {
        private final List<Consumer<Boolean>> waiting = new ArrayList<>();
        private volatile boolean written;
        private boolean settled;
        private boolean synced;

        void settle(boolean success) {
            List<Consumer<Boolean>> told;
            synchronized (this) {
                settled = true;
                synced = success;
                told = List.copyOf(waiting);
                waiting.clear();
            }
            told.forEach(each -> each.accept(success));
        }

        @Override
        public boolean isWritten() {
            return written;
        }

        @Override
        public synchronized boolean isSynced() {
            return synced;
        }

        @Override
        public void whenWritten(Consumer<Boolean> then) {
            then.accept(written);
        }

        @Override
        public void whenSynced(Consumer<Boolean> then) {
            boolean now;
            synchronized (this) {
                if (!settled) {
                    waiting.add(then);
                    return;
                }
                now = synced;
            }
            then.accept(now);
        }
    }
}
