package dev.sallyport.core.audit;

import java.time.Duration;

/** The append-only log, seen from those who write to it. Safe to call from any thread; never blocks on the disk's sync. */
public interface AuditLog {
    /** Appends {@code event}; it is synced within a second, with the others. */
    Evidence append(AuditEvent event);

    /** Appends {@code event} and has it synced as soon as possible, together with all others that wait. */
    Evidence appendSynced(AuditEvent event);

    /** Appends {@code event} and has a sync of it, with all others that wait, begin within {@code window}. */
    Evidence append(AuditEvent event, Duration window);

    /** Whether the last write and sync succeeded. While it is false nothing may be forwarded. */
    boolean isHealthy();
}
