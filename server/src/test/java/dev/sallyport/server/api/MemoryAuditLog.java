package dev.sallyport.server.api;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.Evidence;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps events in memory, and is well or not as a test says. */
final class MemoryAuditLog implements AuditLog {
    final List<AuditEvent> events = new CopyOnWriteArrayList<>();
    volatile boolean healthy = true;

    @Override
    public Evidence append(AuditEvent event) {
        events.add(event);
        return new Known(healthy);
    }

    @Override
    public Evidence appendSynced(AuditEvent event) {
        return append(event);
    }

    @Override
    public boolean isHealthy() {
        return healthy;
    }

    <E extends AuditEvent> List<E> events(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private record Known(boolean good) implements Evidence {
        @Override
        public boolean isWritten() {
            return good;
        }

        @Override
        public boolean isSynced() {
            return good;
        }

        @Override
        public void whenWritten(Consumer<Boolean> then) {
            then.accept(good);
        }

        @Override
        public void whenSynced(Consumer<Boolean> then) {
            then.accept(good);
        }
    }
}
