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
    private final Evidence evidence;
    private final boolean syncedFirst;
    private final AuditLog audit;
    private final Clock clock;

    /** @param syncedFirst whether it is forwarded only once its evidence is on disk, as what changes something is */
    CommandRun(
            String session,
            long sequence,
            Command command,
            Obligations obligations,
            Evidence evidence,
            boolean syncedFirst,
            AuditLog audit,
            Clock clock) {
        this.session = session;
        this.sequence = sequence;
        this.command = command;
        this.obligations = obligations;
        this.evidence = evidence;
        this.syncedFirst = syncedFirst;
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

    /** Whether its evidence stands as far as it has to before the target sees it. */
    public boolean mayForward() {
        return syncedFirst ? evidence.isSynced() : evidence.isWritten();
    }

    /** Calls {@code then} once with whether it may be forwarded, on any thread, at once where that is known. */
    public void whenForwardable(Consumer<Boolean> then) {
        if (syncedFirst) {
            evidence.whenSynced(then);
        } else {
            evidence.whenWritten(then);
        }
    }

    /** Whether its evidence stands as far as it has to before the client sees the first byte of its answer. */
    public boolean mayRelease() {
        return evidence.isSynced();
    }

    /** Calls {@code then} once with whether its answer may be released, on any thread, at once where that is known. */
    public void whenReleasable(Consumer<Boolean> then) {
        evidence.whenSynced(then);
    }

    /**
     * Records one result of it as the client saw it.
     *
     * @param part which of the command's results, from 0
     * @param rows see {@link AuditEvent.Answered#rows()}; handed over
     */
    public void answered(
            int part,
            List<RecordedColumn> columns,
            byte[] rows,
            long rowCount,
            long byteCount,
            boolean truncated,
            String status,
            List<String> error,
            long micros) {
        audit.append(new AuditEvent.Answered(
                clock.instant(),
                session,
                sequence,
                part,
                columns,
                rows,
                rowCount,
                byteCount,
                truncated,
                "",
                false,
                status,
                error,
                0,
                0,
                micros));
    }

    /** Records a notice that came while it ran, as the client saw it. */
    public void noticed(String kind, List<String> fields) {
        audit.append(new AuditEvent.Noticed(clock.instant(), session, sequence, kind, fields));
    }
}
