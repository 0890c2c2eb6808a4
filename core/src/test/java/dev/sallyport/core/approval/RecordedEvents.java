package dev.sallyport.core.approval;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.Evidence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An audit log in memory whose disk can be slow or broken. */
final class RecordedEvents implements AuditLog {
    final List<AuditEvent> events = new CopyOnWriteArrayList<>();
    final List<AuditEvent> synced = new CopyOnWriteArrayList<>();
    private final List<Consumer<Boolean>> waiting = new ArrayList<>();
    volatile boolean healthy = true;
    volatile boolean slow;

    @Override
    public Evidence append(AuditEvent event) {
        events.add(event);
        return new Recorded(event);
    }

    @Override
    public Evidence appendSynced(AuditEvent event) {
        return append(event);
    }

    @Override
    public Evidence append(AuditEvent event, Duration window) {
        return append(event);
    }

    @Override
    public boolean isHealthy() {
        return healthy;
    }

    /** Lets the disk answer all that waited for it. */
    void answer() {
        List<Consumer<Boolean>> all;
        synchronized (waiting) {
            all = List.copyOf(waiting);
            waiting.clear();
        }
        all.forEach(then -> then.accept(healthy));
    }

    <T extends AuditEvent> List<T> all(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private final class Recorded implements Evidence {
        private final AuditEvent event;

        Recorded(AuditEvent event) {
            this.event = event;
        }

        @Override
        public boolean isWritten() {
            return healthy;
        }

        @Override
        public boolean isSynced() {
            return synced.contains(event);
        }

        @Override
        public void whenWritten(Consumer<Boolean> then) {
            then.accept(healthy);
        }

        @Override
        public void whenSynced(Consumer<Boolean> then) {
            Consumer<Boolean> noted = done -> {
                if (done) {
                    synced.add(event);
                }
                then.accept(done);
            };
            if (slow) {
                synchronized (waiting) {
                    waiting.add(noted);
                }
            } else {
                noted.accept(healthy);
            }
        }
    }
}
