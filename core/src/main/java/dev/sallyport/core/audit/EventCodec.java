package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORWriteFeature;

/** Events to and from the CBOR (RFC 8949) of a record's payload. Times are kept to the microsecond. */
final class EventCodec {
    private static final CBORFactory CBOR = CBORFactory.builder()
            // A lone surrogate becomes U+FFFD: an odd text must not keep the command that carries it off the log.
            .enable(CBORWriteFeature.LENIENT_UTF_ENCODING)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Frame.MAX_PAYLOAD_BYTES)
                    .maxNestingDepth(8)
                    .build())
            .build();

    private EventCodec() {}

    static void encode(AuditEvent event, OutputStream into) {
        try (JsonGenerator out = CBOR.createGenerator(ObjectWriteContext.empty(), into)) {
            out.writeStartObject();
            new EventWriter(out, StoredForm.INSTANCE).write(event);
            out.writeEndObject();
        }
    }

    /** @throws IllegalArgumentException where the bytes are no event of a type that this version knows */
    static AuditEvent decode(int type, byte[] bytes, int offset, int length) {
        EventType known = EventType.ofCode(type);
        try (var in = CBOR.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
            return event(known, EventFields.parse(in));
        }
    }

    private static AuditEvent event(EventType type, EventFields f) {
        Instant at = f.time("at");
        return switch (type) {
            case GATEWAY_STARTED -> new AuditEvent.GatewayStarted(at, f.text("version"));
            case GATEWAY_STOPPED -> new AuditEvent.GatewayStopped(at, f.text("reason"));
            case REVISION_LOADED ->
                new AuditEvent.RevisionLoaded(
                        at, f.number("revision"), f.text("digest"), f.flag("accepted", false), f.text("detail"));
            case CONNECTION_REFUSED -> connectionRefused(at, f);
            case SESSION_OPENED -> sessionOpened(at, f);
            case COMMAND_DECIDED -> commandDecided(at, f);
            case APPROVAL_REQUESTED -> approvalRequested(at, f);
            case APPROVAL_VOTED ->
                new AuditEvent.ApprovalVoted(
                        at,
                        f.text("approval"),
                        f.text("principal"),
                        f.flag("approve", false),
                        f.flag("accepted", false),
                        f.text("detail"));
            case APPROVAL_RESOLVED ->
                new AuditEvent.ApprovalResolved(
                        at,
                        f.text("approval"),
                        f.text("session"),
                        f.number("seq"),
                        f.text("outcome"),
                        f.text("detail"));
            case GRANT_USED ->
                new AuditEvent.GrantUsed(at, f.text("approval"), f.text("session"), f.number("seq"), f.text("digest"));
            case ANSWERED -> answered(at, f);
            case NOTICED ->
                new AuditEvent.Noticed(at, f.text("session"), f.number("seq"), f.text("kind"), f.texts("fields"));
            case SESSION_CLOSED ->
                new AuditEvent.SessionClosed(
                        at,
                        f.text("session"),
                        f.text("reason"),
                        f.number("commands"),
                        f.number("bytesIn"),
                        f.number("bytesOut"));
            case TAIL_CUT ->
                new AuditEvent.TailCut(
                        at, f.number("segment"), f.number("offset"), f.number("bytes"), f.text("digest"));
            case LOG_INTERRUPTED ->
                new AuditEvent.LogInterrupted(
                        at,
                        f.time("since"),
                        f.number("firstIndex"),
                        f.number("rewritten"),
                        f.number("refused"),
                        f.text("cause"));
        };
    }

    private static AuditEvent connectionRefused(Instant at, EventFields f) {
        return new AuditEvent.ConnectionRefused(
                at,
                f.text("incident"),
                f.text("protocol"),
                f.text("remote"),
                f.text("target"),
                f.text("user"),
                f.optionalText("principal"),
                f.text("reason"),
                f.text("detail"));
    }

    private static AuditEvent sessionOpened(Instant at, EventFields f) {
        return new AuditEvent.SessionOpened(
                at,
                f.text("session"),
                f.text("protocol"),
                f.text("remote"),
                f.text("target"),
                f.text("issuer"),
                f.text("subject"),
                f.optionalText("client"),
                f.texts("groups"),
                f.texts("actors"),
                f.text("user"),
                f.text("application"),
                f.number("revision"),
                f.time("expires"));
    }

    private static AuditEvent commandDecided(Instant at, EventFields f) {
        return new AuditEvent.CommandDecided(
                at,
                f.text("session"),
                f.number("seq"),
                f.text("text"),
                f.maps("parameters", p -> new RecordedParameter(p.text("type"), p.text("form"), p.bytes("value"))),
                f.maps("effects", EventCodec::effect),
                f.text("outcome"),
                f.text("reason"),
                f.text("message"),
                f.texts("rules"),
                f.number("revision"),
                f.text("incident"),
                f.number("received"));
    }

    private static Effect effect(EventFields f) {
        Action action = Action.valueOf(f.text("action").toUpperCase(Locale.ROOT));
        String object = f.text("object");
        int colon = object.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("object: '" + object + "' (expected: kind:name)");
        }
        ObjectRef ref = new ObjectRef(object.substring(0, colon), object.substring(colon + 1));
        return new Effect(action, ref, f.flag("filtered", true), f.text("detail"));
    }

    private static AuditEvent approvalRequested(Instant at, EventFields f) {
        return new AuditEvent.ApprovalRequested(
                at,
                f.text("approval"),
                f.text("session"),
                f.number("seq"),
                f.text("digest"),
                f.texts("approvers"),
                Math.toIntExact(f.number("count")),
                f.time("expires"),
                f.number("revision"));
    }

    private static AuditEvent answered(Instant at, EventFields f) {
        return new Answered(
                at,
                f.text("session"),
                f.number("seq"),
                Math.toIntExact(f.number("part")),
                f.maps(
                        "columns",
                        c -> new RecordedColumn(
                                c.text("name"), c.text("type"), c.flag("binary", false), c.text("masked"))),
                f.bytes("rows").orElse(new byte[0]),
                f.number("rowCount"),
                f.number("byteCount"),
                f.flag("truncated", false),
                f.text("rest"),
                f.flag("fromClient", false),
                f.text("status"),
                f.texts("error"),
                f.number("forwarded"),
                f.number("firstByte"),
                f.number("micros"));
    }

    /** Times as microseconds since 1970, values as they are. */
    private enum StoredForm implements EventWriter.Form {
        INSTANCE;

        private static final long LAST_SECOND = Long.MAX_VALUE / 1_000_000 - 1;

        @Override
        public void time(JsonGenerator out, String key, Instant time) {
            // A token may name any expiry; what no 64-bit count of microseconds holds is as good as its limit.
            long seconds = Math.clamp(time.getEpochSecond(), -LAST_SECOND, LAST_SECOND);
            out.writeNumberProperty(key, seconds * 1_000_000 + time.getNano() / 1_000);
        }

        @Override
        public void parameter(JsonGenerator out, RecordedParameter parameter, byte[] value) {
            out.writeBinaryProperty("value", value);
        }

        @Override
        public void rows(JsonGenerator out, Answered answered) {
            out.writeBinaryProperty("rows", answered.rows());
        }
    }
}
