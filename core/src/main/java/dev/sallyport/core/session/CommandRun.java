package dev.sallyport.core.session;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.Evidence;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.policy.Obligations;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/**
 * A command that may run. An instance is a proof: only a session that decided and recorded the command makes one. It is
 * forwarded once {@link #mayForward()}, and its answer released once {@link #mayRelease()}.
 */
public final class CommandRun {
    private final String session;
    private final long sequence;
    private final Command command;
    private final Obligations obligations;
    private final Proof proof;
    private final AuditLog audit;
    private final Clock clock;
    private final long decidedNanos = System.nanoTime();

    /**
     * What is on record of it.
     *
     * @param syncedFirst whether it is forwarded only once that is on disk, as what changes something is
     * @param goesAhead whether its answer may be released once that is written, before it is on disk
     */
    record Proof(Evidence evidence, boolean syncedFirst, boolean goesAhead) {}

    CommandRun(
            String session,
            long sequence,
            Command command,
            Obligations obligations,
            Proof proof,
            AuditLog audit,
            Clock clock) {
        this.session = session;
        this.sequence = sequence;
        this.command = command;
        this.obligations = obligations;
        this.proof = proof;
        this.audit = audit;
        this.clock = clock;
    }

    public long sequence() {
        return sequence;
    }

    public Command command() {
        return command;
    }

    public Obligations obligations() {
        return obligations;
    }

    /** When it was decided, or its approval used, as {@link System#nanoTime()}. */
    public long decidedNanos() {
        return decidedNanos;
    }

    /** Whether its evidence stands as far as it has to before the target sees it, and the log is in order. */
    public boolean mayForward() {
        return audit.isHealthy() && (proof.syncedFirst ? proof.evidence.isSynced() : proof.evidence.isWritten());
    }

    /** Calls {@code then} once with whether it may be forwarded, on any thread, at once where that is known. */
    public void whenForwardable(Consumer<Boolean> then) {
        if (proof.syncedFirst) {
            proof.evidence.whenSynced(stands -> then.accept(stands && audit.isHealthy()));
        } else {
            proof.evidence.whenWritten(stands -> then.accept(stands && audit.isHealthy()));
        }
    }

    /** Whether the client may see the first byte of its answer, or the next: its evidence stands, the log is in order. */
    public boolean mayRelease() {
        return audit.isHealthy() && (proof.goesAhead ? proof.evidence.isWritten() : proof.evidence.isSynced());
    }

    /** Calls {@code then} once with whether its answer may be released, on any thread, at once where that is known. */
    public void whenReleasable(Consumer<Boolean> then) {
        if (proof.goesAhead) {
            proof.evidence.whenWritten(stands -> then.accept(stands && audit.isHealthy()));
        } else {
            proof.evidence.whenSynced(stands -> then.accept(stands && audit.isHealthy()));
        }
    }

    /**
     * The rows of one result.
     *
     * @param kept see {@link AuditEvent.Answered#rows()}; handed over
     * @param rest see {@link AuditEvent.Answered#rest()}
     * @param fromClient whether the client sent them
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over whole, once; compared by nobody
    public record Rows(byte[] kept, long count, long bytes, boolean truncated, String rest, boolean fromClient) {}

    /** See {@link AuditEvent.Answered}; microseconds, 0 for what never came. */
    public record Timing(long forwarded, long firstByte, long lastByte) {}

    /** Nanoseconds as microseconds, never 0, which stands for what never came. */
    public static long micros(long nanos) {
        return Math.max(1, nanos / 1_000);
    }

    /**
     * Records one result of it as the client saw it.
     *
     * @param part which of the command's results, from 0
     */
    public void answered(
            int part, List<RecordedColumn> columns, Rows rows, String status, List<String> error, Timing timing) {
        audit.append(new AuditEvent.Answered(
                clock.instant(),
                session,
                sequence,
                part,
                columns,
                rows.kept,
                rows.count,
                rows.bytes,
                rows.truncated,
                rows.rest,
                rows.fromClient,
                status,
                error,
                timing.forwarded,
                timing.firstByte,
                timing.lastByte));
    }

    /** Records a notice that came while it ran, as the client saw it. */
    public void noticed(String kind, List<String> fields) {
        audit.append(new AuditEvent.Noticed(clock.instant(), session, sequence, kind, fields));
    }
}
