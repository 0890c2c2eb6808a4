package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.dataformat.cbor.CBORFactory;

/** Events from the CBOR (RFC 8949) of a record's payload; {@link StoredForm} goes the other way. */
final class EventCodec {
    private static final CBORFactory CBOR = CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(CborWriter.MAX_BYTES)
                    .maxNestingDepth(8)
                    .build())
            .build();

    private EventCodec() {}

    /** @throws IllegalArgumentException where the bytes are no map of fields */
    static EventFields fields(byte[] payload) {
        try (var in = CBOR.createParser(ObjectReadContext.empty(), payload, 0, payload.length)) {
            return EventFields.parse(in);
        }
    }

    /** @throws IllegalArgumentException where a field is of another kind than it has to be */
    static AuditEvent event(EventType type, EventFields f) {
        Instant at = f.time(Key.AT);
        return switch (type) {
            case GATEWAY_STARTED -> new AuditEvent.GatewayStarted(at, f.text(Key.VERSION));
            case GATEWAY_STOPPED -> new AuditEvent.GatewayStopped(at, f.text(Key.REASON));
            case REVISION_LOADED ->
                new AuditEvent.RevisionLoaded(
                        at,
                        f.number(Key.REVISION),
                        f.text(Key.DIGEST),
                        f.flag(Key.ACCEPTED, false),
                        f.text(Key.DETAIL));
            case CONNECTION_REFUSED -> connectionRefused(at, f);
            case SESSION_OPENED -> sessionOpened(at, f);
            case SESSION_CONTINUED -> new AuditEvent.SessionContinued(at, sessionOpened(f.time(Key.OPENED), f));
            case COMMAND_DECIDED -> commandDecided(at, f);
            case APPROVAL_REQUESTED -> approvalRequested(at, f);
            case APPROVAL_VOTED ->
                new AuditEvent.ApprovalVoted(
                        at,
                        f.text(Key.APPROVAL),
                        f.text(Key.SESSION),
                        f.text(Key.PRINCIPAL),
                        f.flag(Key.APPROVE, false),
                        f.flag(Key.ACCEPTED, false),
                        f.text(Key.DETAIL));
            case APPROVAL_RESOLVED ->
                new AuditEvent.ApprovalResolved(
                        at,
                        f.text(Key.APPROVAL),
                        f.text(Key.SESSION),
                        f.number(Key.SEQ),
                        f.text(Key.OUTCOME),
                        f.text(Key.DETAIL));
            case GRANT_USED ->
                new AuditEvent.GrantUsed(
                        at, f.text(Key.APPROVAL), f.text(Key.SESSION), f.number(Key.SEQ), f.text(Key.DIGEST));
            case ANSWERED -> answered(at, f);
            case NOTICED ->
                new AuditEvent.Noticed(
                        at, f.text(Key.SESSION), f.number(Key.SEQ), f.text(Key.KIND), f.texts(Key.FIELDS));
            case SESSION_CLOSED ->
                new AuditEvent.SessionClosed(
                        at,
                        f.text(Key.SESSION),
                        f.text(Key.REASON),
                        f.number(Key.COMMANDS),
                        f.number(Key.BYTES_IN),
                        f.number(Key.BYTES_OUT));
            case TAIL_CUT ->
                new AuditEvent.TailCut(
                        at, f.number(Key.SEGMENT), f.number(Key.OFFSET), f.number(Key.BYTES), f.text(Key.DIGEST));
            case LOG_INTERRUPTED ->
                new AuditEvent.LogInterrupted(
                        at,
                        f.time(Key.SINCE),
                        f.number(Key.FIRST_INDEX),
                        f.number(Key.REWRITTEN),
                        f.number(Key.REFUSED),
                        f.text(Key.CAUSE));
            case SESSION_ERASED ->
                new AuditEvent.SessionErased(at, f.text(Key.SESSION), f.text(Key.BY), f.text(Key.REASON));
            case HOLD_PLACED -> new AuditEvent.HoldPlaced(at, f.text(Key.SESSION), f.text(Key.BY), f.text(Key.REASON));
            case HOLD_RELEASED ->
                new AuditEvent.HoldReleased(at, f.text(Key.SESSION), f.text(Key.BY), f.text(Key.REASON));
            case SEGMENTS_DELETED ->
                new AuditEvent.SegmentsDeleted(
                        at,
                        f.number(Key.FIRST),
                        f.number(Key.LAST),
                        f.number(Key.RECORDS),
                        f.number(Key.FIRST_INDEX),
                        f.text(Key.RULE));
        };
    }

    private static AuditEvent connectionRefused(Instant at, EventFields f) {
        return new AuditEvent.ConnectionRefused(
                at,
                f.text(Key.INCIDENT),
                f.text(Key.PROTOCOL),
                f.text(Key.REMOTE),
                f.text(Key.TARGET),
                f.text(Key.USER),
                f.optionalText(Key.PRINCIPAL),
                f.text(Key.REASON),
                f.text(Key.DETAIL));
    }

    private static AuditEvent.SessionOpened sessionOpened(Instant at, EventFields f) {
        return new AuditEvent.SessionOpened(
                at,
                f.text(Key.SESSION),
                f.text(Key.PROTOCOL),
                f.text(Key.REMOTE),
                f.text(Key.TARGET),
                f.text(Key.ISSUER),
                f.text(Key.SUBJECT),
                f.optionalText(Key.CLIENT),
                f.texts(Key.GROUPS),
                f.texts(Key.ACTORS),
                f.text(Key.USER),
                f.text(Key.APPLICATION),
                f.number(Key.REVISION),
                f.time(Key.EXPIRES));
    }

    private static AuditEvent commandDecided(Instant at, EventFields f) {
        return new AuditEvent.CommandDecided(
                at,
                f.text(Key.SESSION),
                f.number(Key.SEQ),
                f.text(Key.TEXT),
                parameters(f),
                f.maps(Key.EFFECTS, EventCodec::effect),
                f.text(Key.OUTCOME),
                f.text(Key.REASON),
                f.text(Key.MESSAGE),
                f.texts(Key.RULES),
                f.number(Key.REVISION),
                f.text(Key.INCIDENT),
                f.number(Key.RECEIVED));
    }

    private static Effect effect(EventFields f) {
        Action action = Action.valueOf(f.text(Key.ACTION).toUpperCase(Locale.ROOT));
        String object = f.text(Key.OBJECT);
        int colon = object.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("object: '" + object + "' (expected: kind:name)");
        }
        ObjectRef ref = new ObjectRef(object.substring(0, colon), object.substring(colon + 1));
        return new Effect(action, ref, f.flag(Key.FILTERED, true), f.text(Key.DETAIL));
    }

    private static AuditEvent approvalRequested(Instant at, EventFields f) {
        return new AuditEvent.ApprovalRequested(
                at,
                f.text(Key.APPROVAL),
                f.text(Key.SESSION),
                f.number(Key.SEQ),
                f.text(Key.DIGEST),
                f.texts(Key.APPROVERS),
                f.count(Key.COUNT),
                f.time(Key.EXPIRES),
                f.number(Key.REVISION));
    }

    private static AuditEvent answered(Instant at, EventFields f) {
        Optional<List<List<Optional<byte[]>>>> rows = f.rows(Key.ROWS);
        return new Answered(
                at,
                f.text(Key.SESSION),
                f.number(Key.SEQ),
                f.count(Key.PART),
                f.maps(
                        Key.COLUMNS,
                        c -> new RecordedColumn(
                                c.text(Key.NAME), c.text(Key.TYPE), c.flag(Key.BINARY, false), c.text(Key.MASKED))),
                rows.map(RecordedRows::join).or(() -> f.bytes(Key.ROWS)).orElse(new byte[0]),
                f.has(Key.ROW_COUNT)
                        ? f.number(Key.ROW_COUNT)
                        : rows.map(List::size).orElse(0),
                f.number(Key.BYTE_COUNT),
                f.flag(Key.TRUNCATED, false),
                f.text(Key.REST),
                f.flag(Key.FROM_CLIENT, false),
                f.text(Key.STATUS),
                f.texts(Key.ERROR),
                f.number(Key.FORWARDED),
                f.number(Key.FIRST_BYTE),
                f.number(Key.MICROS));
    }

    private static List<RecordedParameter> parameters(EventFields f) {
        List<EventFields> shapes = f.maps(Key.PARAMETERS, p -> p);
        List<Optional<byte[]>> values = f.values(Key.VALUES);
        if (shapes.size() != values.size()) {
            throw new IllegalArgumentException(
                    "parameters: " + values.size() + " values (expected: " + shapes.size() + ")");
        }
        List<RecordedParameter> parameters = new ArrayList<>(shapes.size());
        for (int i = 0; i < shapes.size(); i++) {
            EventFields shape = shapes.get(i);
            parameters.add(new RecordedParameter(shape.text(Key.TYPE), shape.text(Key.FORM), values.get(i)));
        }
        return parameters;
    }
}
