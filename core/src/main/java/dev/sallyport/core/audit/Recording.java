package dev.sallyport.core.audit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * One session's events, in order, those of its approvals included. Of an erased session there is only the event that
 * says so. Not safe for use by several threads.
 */
public final class Recording implements AutoCloseable {
    private final SalvagingReader reader;
    private final String session;

    Recording(SalvagingReader reader, String session) {
        this.reader = reader;
        this.session = session;
    }

    /** The next event of the session; empty where the log ends for now. */
    public Optional<StoredEvent> next() throws IOException {
        Optional<StoredEvent> next = reader.next();
        while (next.isPresent() && !belongs(next.get().event())) {
            next = reader.next();
        }
        return next;
    }

    /** See {@link AuditReader#tail()}. */
    public Optional<String> tail() {
        return reader.tail();
    }

    /** What could not be read so far, so that something may be missing. */
    public List<String> damage() {
        return reader.damage();
    }

    private boolean belongs(AuditEvent event) {
        return event instanceof AuditEvent.SessionErased erased
                ? erased.session().equals(session)
                : sessionOf(event).filter(session::equals).isPresent();
    }

    /** The session that an event is of, where it is of one. */
    public static Optional<String> sessionOf(AuditEvent event) {
        return switch (event) {
            case AuditEvent.SessionOpened e -> Optional.of(e.session());
            case AuditEvent.SessionContinued e -> Optional.of(e.opened().session());
            case AuditEvent.CommandDecided e -> Optional.of(e.session());
            case AuditEvent.ApprovalRequested e -> Optional.of(e.session());
            case AuditEvent.ApprovalResolved e -> Optional.of(e.session());
            case AuditEvent.GrantUsed e -> Optional.of(e.session());
            case AuditEvent.Answered e -> Optional.of(e.session());
            case AuditEvent.Noticed e -> Optional.of(e.session());
            case AuditEvent.SessionClosed e -> Optional.of(e.session());
            case AuditEvent.GatewayStarted e -> Optional.empty();
            case AuditEvent.GatewayStopped e -> Optional.empty();
            case AuditEvent.RevisionLoaded e -> Optional.empty();
            case AuditEvent.ConnectionRefused e -> Optional.empty();
            case AuditEvent.ApprovalVoted e -> e.session().isEmpty() ? Optional.empty() : Optional.of(e.session());
            case AuditEvent.TailCut e -> Optional.empty();
            case AuditEvent.LogInterrupted e -> Optional.empty();
            // Not of the session, but about it: its key may be erased while these stay readable.
            case AuditEvent.SessionErased e -> Optional.empty();
            case AuditEvent.HoldPlaced e -> Optional.empty();
            case AuditEvent.HoldReleased e -> Optional.empty();
            case AuditEvent.SegmentsDeleted e -> Optional.empty();
        };
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
