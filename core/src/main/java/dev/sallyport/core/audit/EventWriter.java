package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.ApprovalRequested;
import dev.sallyport.core.audit.AuditEvent.ApprovalResolved;
import dev.sallyport.core.audit.AuditEvent.ApprovalVoted;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.GatewayStarted;
import dev.sallyport.core.audit.AuditEvent.GatewayStopped;
import dev.sallyport.core.audit.AuditEvent.GrantUsed;
import dev.sallyport.core.audit.AuditEvent.HoldPlaced;
import dev.sallyport.core.audit.AuditEvent.HoldReleased;
import dev.sallyport.core.audit.AuditEvent.LogInterrupted;
import dev.sallyport.core.audit.AuditEvent.Noticed;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RevisionLoaded;
import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.core.audit.AuditEvent.SessionContinued;
import dev.sallyport.core.audit.AuditEvent.SessionErased;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.audit.AuditEvent.TailCut;
import dev.sallyport.core.command.Effect;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Says what the fields of an event are, the same for stored records and exports (see docs/audit-log.md). Empty texts and
 * lists are left out.
 */
final class EventWriter {
    private final FieldSink out;

    EventWriter(FieldSink out) {
        this.out = out;
    }

    void write(AuditEvent event) {
        out.time(Key.AT, event.at());
        switch (event) {
            case GatewayStarted e -> text(Key.VERSION, e.version());
            case GatewayStopped e -> text(Key.REASON, e.reason());
            case RevisionLoaded e -> revisionLoaded(e);
            case ConnectionRefused e -> connectionRefused(e);
            case SessionOpened e -> sessionOpened(e);
            case SessionContinued e -> sessionContinued(e);
            case CommandDecided e -> commandDecided(e);
            case ApprovalRequested e -> approvalRequested(e);
            case ApprovalVoted e -> approvalVoted(e);
            case ApprovalResolved e -> approvalResolved(e);
            case GrantUsed e -> grantUsed(e);
            case Answered e -> answered(e);
            case Noticed e -> noticed(e);
            case SessionClosed e -> sessionClosed(e);
            case TailCut e -> tailCut(e);
            case LogInterrupted e -> logInterrupted(e);
            case SessionErased e -> order(e.session(), e.by(), e.reason());
            case HoldPlaced e -> order(e.session(), e.by(), e.reason());
            case HoldReleased e -> order(e.session(), e.by(), e.reason());
            case SegmentsDeleted e -> segmentsDeleted(e);
        }
    }

    private void revisionLoaded(RevisionLoaded e) {
        out.number(Key.REVISION, e.revision());
        text(Key.DIGEST, e.digest());
        out.flag(Key.ACCEPTED, e.accepted());
        text(Key.DETAIL, e.detail());
    }

    private void connectionRefused(ConnectionRefused e) {
        text(Key.INCIDENT, e.incident());
        text(Key.PROTOCOL, e.protocol());
        text(Key.REMOTE, e.remote());
        text(Key.TARGET, e.target());
        text(Key.USER, e.claimedUser());
        e.principal().ifPresent(principal -> out.text(Key.PRINCIPAL, principal));
        text(Key.REASON, e.reason());
        text(Key.DETAIL, e.detail());
    }

    private void sessionContinued(SessionContinued e) {
        out.time(Key.OPENED, e.opened().at());
        sessionOpened(e.opened());
    }

    private void sessionOpened(SessionOpened e) {
        text(Key.SESSION, e.session());
        text(Key.PROTOCOL, e.protocol());
        text(Key.REMOTE, e.remote());
        text(Key.TARGET, e.target());
        text(Key.ISSUER, e.issuer());
        text(Key.SUBJECT, e.subject());
        e.client().ifPresent(client -> out.text(Key.CLIENT, client));
        texts(Key.GROUPS, e.groups());
        texts(Key.ACTORS, e.actors());
        text(Key.USER, e.claimedUser());
        text(Key.APPLICATION, e.application());
        out.number(Key.REVISION, e.revision());
        out.time(Key.EXPIRES, e.expiresAt());
    }

    private void commandDecided(CommandDecided e) {
        command(e.session(), e.sequence());
        text(Key.TEXT, e.text());
        if (!e.parameters().isEmpty()) {
            out.parameters(e.parameters());
        }
        each(Key.EFFECTS, e.effects(), EventWriter::effect);
        text(Key.OUTCOME, e.outcome());
        text(Key.REASON, e.reason());
        text(Key.MESSAGE, e.message());
        texts(Key.RULES, e.rules());
        out.number(Key.REVISION, e.revision());
        text(Key.INCIDENT, e.incident());
        present(Key.RECEIVED, e.received());
    }

    private static void effect(Effect effect, FieldSink out) {
        out.text(Key.ACTION, effect.action().label());
        out.text(Key.OBJECT, effect.object().toString());
        if (!effect.filtered()) {
            out.flag(Key.FILTERED, false);
        }
        if (!effect.detail().isEmpty()) {
            out.text(Key.DETAIL, effect.detail());
        }
    }

    private void approvalRequested(ApprovalRequested e) {
        text(Key.APPROVAL, e.approval());
        command(e.session(), e.sequence());
        text(Key.DIGEST, e.digest());
        texts(Key.APPROVERS, e.approvers());
        out.number(Key.COUNT, e.count());
        out.time(Key.EXPIRES, e.expiresAt());
        out.number(Key.REVISION, e.revision());
    }

    private void approvalVoted(ApprovalVoted e) {
        text(Key.APPROVAL, e.approval());
        text(Key.SESSION, e.session());
        text(Key.PRINCIPAL, e.principal());
        out.flag(Key.APPROVE, e.approve());
        out.flag(Key.ACCEPTED, e.accepted());
        text(Key.DETAIL, e.detail());
    }

    private void approvalResolved(ApprovalResolved e) {
        text(Key.APPROVAL, e.approval());
        command(e.session(), e.sequence());
        text(Key.OUTCOME, e.outcome());
        text(Key.DETAIL, e.detail());
    }

    private void grantUsed(GrantUsed e) {
        text(Key.APPROVAL, e.approval());
        command(e.session(), e.sequence());
        text(Key.DIGEST, e.digest());
    }

    private void answered(Answered e) {
        command(e.session(), e.sequence());
        out.number(Key.PART, e.part());
        each(Key.COLUMNS, e.columns(), EventWriter::column);
        out.rows(e);
        out.number(Key.BYTE_COUNT, e.byteCount());
        out.flag(Key.TRUNCATED, e.truncated());
        text(Key.REST, e.rest());
        if (e.fromClient()) {
            out.flag(Key.FROM_CLIENT, true);
        }
        text(Key.STATUS, e.status());
        texts(Key.ERROR, e.error());
        present(Key.FORWARDED, e.forwarded());
        present(Key.FIRST_BYTE, e.firstByte());
        out.number(Key.MICROS, e.micros());
    }

    private static void column(RecordedColumn column, FieldSink out) {
        if (!column.name().isEmpty()) {
            out.text(Key.NAME, column.name());
        }
        if (!column.type().isEmpty()) {
            out.text(Key.TYPE, column.type());
        }
        out.flag(Key.BINARY, column.binary());
        if (!column.masked().isEmpty()) {
            out.text(Key.MASKED, column.masked());
        }
    }

    private void noticed(Noticed e) {
        command(e.session(), e.sequence());
        text(Key.KIND, e.kind());
        texts(Key.FIELDS, e.fields());
    }

    private void sessionClosed(SessionClosed e) {
        text(Key.SESSION, e.session());
        text(Key.REASON, e.reason());
        out.number(Key.COMMANDS, e.commands());
        out.number(Key.BYTES_IN, e.bytesIn());
        out.number(Key.BYTES_OUT, e.bytesOut());
    }

    private void tailCut(TailCut e) {
        out.number(Key.SEGMENT, e.segment());
        out.number(Key.OFFSET, e.offset());
        out.number(Key.BYTES, e.bytes());
        text(Key.DIGEST, e.digest());
    }

    private void logInterrupted(LogInterrupted e) {
        out.time(Key.SINCE, e.since());
        out.number(Key.FIRST_INDEX, e.firstIndex());
        out.number(Key.REWRITTEN, e.rewritten());
        out.number(Key.REFUSED, e.refused());
        text(Key.CAUSE, e.cause());
    }

    /** What somebody had done with what is recorded of a session. */
    private void order(String session, String by, String reason) {
        text(Key.SESSION, session);
        text(Key.BY, by);
        text(Key.REASON, reason);
    }

    private void segmentsDeleted(SegmentsDeleted e) {
        out.number(Key.FIRST, e.first());
        out.number(Key.LAST, e.last());
        out.number(Key.RECORDS, e.records());
        out.number(Key.FIRST_INDEX, e.firstIndex());
        text(Key.RULE, e.rule());
    }

    private void command(String session, long sequence) {
        text(Key.SESSION, session);
        out.number(Key.SEQ, sequence);
    }

    private void text(Key key, String value) {
        if (!value.isEmpty()) {
            out.text(key, value);
        }
    }

    private void texts(Key key, List<String> values) {
        if (!values.isEmpty()) {
            out.texts(key, values);
        }
    }

    private <T> void each(Key key, List<T> items, BiConsumer<T, FieldSink> write) {
        if (!items.isEmpty()) {
            out.each(key, items, write);
        }
    }

    private void present(Key key, long value) {
        if (value != 0) {
            out.number(key, value);
        }
    }
}
