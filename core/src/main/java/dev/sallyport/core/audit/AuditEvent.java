package dev.sallyport.core.audit;

import dev.sallyport.core.command.Effect;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One typed record of the log. Nothing in it was not allowed to be seen: values are masked before they get here, tokens
 * and passwords never do.
 */
public sealed interface AuditEvent {
    Instant at();

    record GatewayStarted(Instant at, String version) implements AuditEvent {}

    record GatewayStopped(Instant at, String reason) implements AuditEvent {}

    /**
     * The configuration changed, or a change of it was refused.
     *
     * @param revision the revision in force from here on
     * @param digest SHA-256 over the documents, in hex
     * @param accepted whether the change was taken
     * @param detail what was wrong where it was not
     */
    record RevisionLoaded(Instant at, long revision, String digest, boolean accepted, String detail)
            implements AuditEvent {}

    /**
     * A connection ended before it became a session, or a request without one (the admin API) was turned away.
     *
     * @param incident the id that the client was given
     * @param protocol the protocol's name
     * @param remote the client's address and port
     * @param target the target that was asked for, empty where none was
     * @param claimedUser the user name the client gave, a claim only
     * @param principal the verified identity, where it got that far
     * @param reason a stable code, for example {@code token-expired}
     * @param detail more for the operator
     */
    record ConnectionRefused(
            Instant at,
            String incident,
            String protocol,
            String remote,
            String target,
            String claimedUser,
            Optional<String> principal,
            String reason,
            String detail)
            implements AuditEvent {}

    record SessionOpened(
            Instant at,
            String session,
            String protocol,
            String remote,
            String target,
            String issuer,
            String subject,
            Optional<String> client,
            List<String> groups,
            List<String> actors,
            String claimedUser,
            String application,
            long revision,
            Instant expiresAt)
            implements AuditEvent {}

    /**
     * A session goes on in a new segment of the log: says again how it was opened, so that each segment can be read
     * without those before.
     */
    record SessionContinued(Instant at, SessionOpened opened) implements AuditEvent {}

    /**
     * A command and what was decided about it; for an allowed one, written before it is forwarded.
     *
     * @param sequence the command's number within its session, from 1
     * @param text the command as sent
     * @param parameters its bound values
     * @param effects what it does
     * @param outcome {@code allow}, {@code deny} or {@code hold}
     * @param reason for a denied one the stable code, else empty
     * @param message for a denied one what the client was told, else empty
     * @param rules the rules that decided
     * @param incident for a denied one the id that the client was given, else empty
     * @param received how long before {@code at} its message had come, in microseconds
     */
    record CommandDecided(
            Instant at,
            String session,
            long sequence,
            String text,
            List<RecordedParameter> parameters,
            List<Effect> effects,
            String outcome,
            String reason,
            String message,
            List<String> rules,
            long revision,
            String incident,
            long received)
            implements AuditEvent {}

    /**
     * A bound value.
     *
     * @param type the type's name or number, empty where the server chooses it
     * @param form {@code text}, {@code binary} or {@code digest} (HMAC-SHA-256 of the value, where it must not be seen)
     * @param value the bytes, absent for NULL
     */
    record RecordedParameter(String type, String form, Optional<byte[]> value) {}

    record ApprovalRequested(
            Instant at,
            String approval,
            String session,
            long sequence,
            String digest,
            List<String> approvers,
            int count,
            Instant expiresAt,
            long revision)
            implements AuditEvent {}

    /**
     * One person's word on a held command.
     *
     * @param session the command's session; empty where the approval is not known
     * @param accepted whether it counted
     * @param detail why not, or what was said with it
     */
    record ApprovalVoted(
            Instant at,
            String approval,
            String session,
            String principal,
            boolean approve,
            boolean accepted,
            String detail)
            implements AuditEvent {}

    /**
     * How a hold ended.
     *
     * @param outcome {@code approved}, {@code allowed} (by a newer policy), {@code denied}, {@code expired},
     *     {@code withdrawn}
     */
    record ApprovalResolved(Instant at, String approval, String session, long sequence, String outcome, String detail)
            implements AuditEvent {}

    /** An approval was used up, written and synced before its command is forwarded. */
    record GrantUsed(Instant at, String approval, String session, long sequence, String digest) implements AuditEvent {}

    /**
     * What came back for a command, as the client saw it; or what the client sent into it, as far as it may be seen.
     *
     * @param sequence the command's number
     * @param part which of its results this is, from 0
     * @param columns the columns of its rows, empty where it has none
     * @param rows the first rows as one stream: for each row a big-endian int32 count of fields, for each field a
     *     big-endian int32 length (-1 for NULL) and that many bytes
     * @param rowCount how many rows the client got, or sent
     * @param byteCount how many bytes of rows or stream data the client got, or sent
     * @param truncated whether {@code rows} holds fewer than those
     * @param rest SHA-256, in hex, over what would stand behind {@code rows} had there been room for all of them; empty
     *     where nothing is missing
     * @param fromClient whether the rows are what the client sent into a COPY
     * @param status how it ended: the completion tag, {@code suspended}, {@code empty}, {@code error}, {@code cut} by a
     *     limit, {@code skipped} behind an error, {@code lost} where the connection ended before an answer
     * @param error the error's fields as {@code name=value}, empty where there was none
     * @param forwarded from the decision, or the use of the approval, to forwarding, in microseconds; 0 where it never was
     * @param firstByte from forwarding to the first byte of the answer, in microseconds; 0 where none came
     * @param micros from forwarding to the last byte of the answer, in microseconds
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over whole, once; compared by nobody
    record Answered(
            Instant at,
            String session,
            long sequence,
            int part,
            List<RecordedColumn> columns,
            byte[] rows,
            long rowCount,
            long byteCount,
            boolean truncated,
            String rest,
            boolean fromClient,
            String status,
            List<String> error,
            long forwarded,
            long firstByte,
            long micros)
            implements AuditEvent {}

    /**
     * A column of an answer.
     *
     * @param name its name there
     * @param type the type's name or number
     * @param binary whether its values are in the protocol's binary form
     * @param masked the mask that was put on it, empty where there is none
     */
    record RecordedColumn(String name, String type, boolean binary, String masked) {}

    /** A notice or notification the client was sent outside of an answer, masked. */
    record Noticed(Instant at, String session, long sequence, String kind, List<String> fields) implements AuditEvent {}

    record SessionClosed(Instant at, String session, String reason, long commands, long bytesIn, long bytesOut)
            implements AuditEvent {}

    /**
     * The key of a closed session is overwritten wherever it is kept, so that nobody can read the session any more. This
     * event itself is of the gateway's own, and stays readable.
     *
     * @param by who asked for it
     * @param reason why, as they said
     */
    record SessionErased(Instant at, String session, String by, String reason) implements AuditEvent {}

    /** What is recorded of a session is to be kept, whatever retention or erasure would do with it. */
    record HoldPlaced(Instant at, String session, String by, String reason) implements AuditEvent {}

    /** It is no longer to be kept for that. */
    record HoldReleased(Instant at, String session, String by, String reason) implements AuditEvent {}

    /**
     * The oldest segments' records are deleted, all that are left up to a segment; their leaf hashes stay. Anybody can read
     * this event, so that a check of the log needs no key to know what is missing by right.
     *
     * @param first the first segment that goes
     * @param last the last one
     * @param records how many records they hold
     * @param firstIndex the record that the log begins with from here on
     * @param rule why they go
     */
    record SegmentsDeleted(Instant at, long first, long last, long records, long firstIndex, String rule)
            implements AuditEvent {}

    /**
     * The log was opened again after its writer died, and what the crash left behind its last whole record was cut off.
     * It was never acknowledged. The bytes are kept beside the segment, in a file that ends in {@code .torn}.
     *
     * @param segment the segment's number
     * @param offset where in its file the cut is
     * @param bytes how many bytes were cut
     * @param digest SHA-256 over them, in hex
     */
    record TailCut(Instant at, long segment, long offset, long bytes, String digest) implements AuditEvent {}

    /**
     * The log could not be written or synced for a while, more came than it takes, or its writer died. Records that
     * were not known to be synced were written again, to a new segment; those that came while it failed were not
     * acknowledged, so no command went through on their strength.
     *
     * @param since when it began; after a crash, the time of the last checkpoint before it
     * @param firstIndex the first record that was written again, or the next one where there was none
     * @param rewritten how many records were written again
     * @param refused how many events came while there was no room to keep them, and are not in the log
     * @param cause what went wrong
     */
    record LogInterrupted(Instant at, Instant since, long firstIndex, long rewritten, long refused, String cause)
            implements AuditEvent {}
}
