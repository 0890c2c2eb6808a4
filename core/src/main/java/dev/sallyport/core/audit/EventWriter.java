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
import dev.sallyport.core.audit.AuditEvent.LogInterrupted;
import dev.sallyport.core.audit.AuditEvent.Noticed;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.audit.AuditEvent.RevisionLoaded;
import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.audit.AuditEvent.TailCut;
import dev.sallyport.core.command.Effect;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * Writes an event as a map: stored records as CBOR, exports as JSON, with the same keys (see docs/audit-log.md). Empty
 * texts and lists are left out. What differs between the two is a {@link Form}.
 */
final class EventWriter {
    private final JsonGenerator out;
    private final Form form;

    EventWriter(JsonGenerator out, Form form) {
        this.out = out;
        this.form = form;
    }

    /** How times and bytes are written. */
    interface Form {
        void time(JsonGenerator out, String key, Instant time);

        void parameter(JsonGenerator out, RecordedParameter parameter, byte[] value);

        void rows(JsonGenerator out, Answered answered);
    }

    /** Writes the fields, without the map around them. */
    void write(AuditEvent event) {
        form.time(out, "at", event.at());
        switch (event) {
            case GatewayStarted e -> text("version", e.version());
            case GatewayStopped e -> text("reason", e.reason());
            case RevisionLoaded e -> revisionLoaded(e);
            case ConnectionRefused e -> connectionRefused(e);
            case SessionOpened e -> sessionOpened(e);
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
        }
    }

    private void revisionLoaded(RevisionLoaded e) {
        number("revision", e.revision());
        text("digest", e.digest());
        flag("accepted", e.accepted());
        text("detail", e.detail());
    }

    private void connectionRefused(ConnectionRefused e) {
        text("incident", e.incident());
        text("protocol", e.protocol());
        text("remote", e.remote());
        text("target", e.target());
        text("user", e.claimedUser());
        e.principal().ifPresent(principal -> out.writeStringProperty("principal", principal));
        text("reason", e.reason());
        text("detail", e.detail());
    }

    private void sessionOpened(SessionOpened e) {
        text("session", e.session());
        text("protocol", e.protocol());
        text("remote", e.remote());
        text("target", e.target());
        text("issuer", e.issuer());
        text("subject", e.subject());
        e.client().ifPresent(client -> out.writeStringProperty("client", client));
        texts("groups", e.groups());
        texts("actors", e.actors());
        text("user", e.claimedUser());
        text("application", e.application());
        number("revision", e.revision());
        form.time(out, "expires", e.expiresAt());
    }

    private void commandDecided(CommandDecided e) {
        command(e.session(), e.sequence());
        text("text", e.text());
        parameters(e.parameters());
        effects(e.effects());
        text("outcome", e.outcome());
        text("reason", e.reason());
        text("message", e.message());
        texts("rules", e.rules());
        number("revision", e.revision());
        text("incident", e.incident());
        present("received", e.received());
    }

    private void parameters(List<RecordedParameter> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        startList("parameters", parameters.size());
        for (RecordedParameter parameter : parameters) {
            out.writeStartObject();
            text("type", parameter.type());
            text("form", parameter.form());
            parameter.value().ifPresent(value -> form.parameter(out, parameter, value));
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void effects(List<Effect> effects) {
        if (effects.isEmpty()) {
            return;
        }
        startList("effects", effects.size());
        for (Effect effect : effects) {
            out.writeStartObject();
            text("action", effect.action().label());
            text("object", effect.object().toString());
            if (!effect.filtered()) {
                flag("filtered", false);
            }
            text("detail", effect.detail());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void approvalRequested(ApprovalRequested e) {
        text("approval", e.approval());
        command(e.session(), e.sequence());
        text("digest", e.digest());
        texts("approvers", e.approvers());
        number("count", e.count());
        form.time(out, "expires", e.expiresAt());
        number("revision", e.revision());
    }

    private void approvalVoted(ApprovalVoted e) {
        text("approval", e.approval());
        text("principal", e.principal());
        flag("approve", e.approve());
        flag("accepted", e.accepted());
        text("detail", e.detail());
    }

    private void approvalResolved(ApprovalResolved e) {
        text("approval", e.approval());
        command(e.session(), e.sequence());
        text("outcome", e.outcome());
        text("detail", e.detail());
    }

    private void grantUsed(GrantUsed e) {
        text("approval", e.approval());
        command(e.session(), e.sequence());
        text("digest", e.digest());
    }

    private void answered(Answered e) {
        command(e.session(), e.sequence());
        number("part", e.part());
        columns(e.columns());
        if (e.rows().length > 0) {
            form.rows(out, e);
        }
        number("rowCount", e.rowCount());
        number("byteCount", e.byteCount());
        flag("truncated", e.truncated());
        text("rest", e.rest());
        if (e.fromClient()) {
            flag("fromClient", true);
        }
        text("status", e.status());
        texts("error", e.error());
        present("forwarded", e.forwarded());
        present("firstByte", e.firstByte());
        number("micros", e.micros());
    }

    private void columns(List<RecordedColumn> columns) {
        if (columns.isEmpty()) {
            return;
        }
        startList("columns", columns.size());
        for (RecordedColumn column : columns) {
            out.writeStartObject();
            text("name", column.name());
            text("type", column.type());
            flag("binary", column.binary());
            text("masked", column.masked());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void noticed(Noticed e) {
        command(e.session(), e.sequence());
        text("kind", e.kind());
        texts("fields", e.fields());
    }

    private void sessionClosed(SessionClosed e) {
        text("session", e.session());
        text("reason", e.reason());
        number("commands", e.commands());
        number("bytesIn", e.bytesIn());
        number("bytesOut", e.bytesOut());
    }

    private void tailCut(TailCut e) {
        number("segment", e.segment());
        number("offset", e.offset());
        number("bytes", e.bytes());
        text("digest", e.digest());
    }

    private void logInterrupted(LogInterrupted e) {
        form.time(out, "since", e.since());
        number("firstIndex", e.firstIndex());
        number("rewritten", e.rewritten());
        number("refused", e.refused());
        text("cause", e.cause());
    }

    private void command(String session, long sequence) {
        text("session", session);
        number("seq", sequence);
    }

    private void text(String key, String value) {
        if (!value.isEmpty()) {
            out.writeStringProperty(key, value);
        }
    }

    private void texts(String key, List<String> values) {
        if (values.isEmpty()) {
            return;
        }
        startList(key, values.size());
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    /** With its length, so that CBOR does not need an end mark. */
    private void startList(String key, int size) {
        out.writeName(key);
        out.writeStartArray(null, size);
    }

    private void number(String key, long value) {
        out.writeNumberProperty(key, value);
    }

    private void present(String key, long value) {
        if (value != 0) {
            number(key, value);
        }
    }

    private void flag(String key, boolean value) {
        out.writeBooleanProperty(key, value);
    }
}
