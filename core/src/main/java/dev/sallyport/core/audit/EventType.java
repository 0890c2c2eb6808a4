package dev.sallyport.core.audit;

import java.util.Locale;

/** The kinds of event, with the number that stands for each in a stored record. Numbers are never given twice. */
enum EventType {
    GATEWAY_STARTED(1),
    GATEWAY_STOPPED(2),
    REVISION_LOADED(3),
    CONNECTION_REFUSED(4),
    SESSION_OPENED(5),
    COMMAND_DECIDED(6),
    APPROVAL_REQUESTED(7),
    APPROVAL_VOTED(8),
    APPROVAL_RESOLVED(9),
    GRANT_USED(10),
    ANSWERED(11),
    NOTICED(12),
    SESSION_CLOSED(13),
    TAIL_CUT(14),
    LOG_INTERRUPTED(15),
    SESSION_CONTINUED(16),
    SESSION_ERASED(17),
    HOLD_PLACED(18),
    HOLD_RELEASED(19),
    SEGMENTS_DELETED(20);

    private static final EventType[] ALL = values();

    private final int code;
    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    EventType(int code) {
        this.code = code;
    }

    /** The number in a record's frame. */
    int code() {
        return code;
    }

    /** The name in exports, for example {@code session-opened}. */
    String label() {
        return label;
    }

    static EventType ofCode(int code) {
        for (EventType type : ALL) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("record type: " + code + " (expected: 1 to " + ALL.length
                + "); this log was written by a newer version");
    }

    static EventType of(AuditEvent event) {
        return switch (event) {
            case AuditEvent.GatewayStarted e -> GATEWAY_STARTED;
            case AuditEvent.GatewayStopped e -> GATEWAY_STOPPED;
            case AuditEvent.RevisionLoaded e -> REVISION_LOADED;
            case AuditEvent.ConnectionRefused e -> CONNECTION_REFUSED;
            case AuditEvent.SessionOpened e -> SESSION_OPENED;
            case AuditEvent.SessionContinued e -> SESSION_CONTINUED;
            case AuditEvent.CommandDecided e -> COMMAND_DECIDED;
            case AuditEvent.ApprovalRequested e -> APPROVAL_REQUESTED;
            case AuditEvent.ApprovalVoted e -> APPROVAL_VOTED;
            case AuditEvent.ApprovalResolved e -> APPROVAL_RESOLVED;
            case AuditEvent.GrantUsed e -> GRANT_USED;
            case AuditEvent.Answered e -> ANSWERED;
            case AuditEvent.Noticed e -> NOTICED;
            case AuditEvent.SessionClosed e -> SESSION_CLOSED;
            case AuditEvent.TailCut e -> TAIL_CUT;
            case AuditEvent.LogInterrupted e -> LOG_INTERRUPTED;
            case AuditEvent.SessionErased e -> SESSION_ERASED;
            case AuditEvent.HoldPlaced e -> HOLD_PLACED;
            case AuditEvent.HoldReleased e -> HOLD_RELEASED;
            case AuditEvent.SegmentsDeleted e -> SEGMENTS_DELETED;
        };
    }
}
