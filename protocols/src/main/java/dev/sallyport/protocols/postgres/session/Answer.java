package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one command while it comes: its rows are masked, counted, limited, kept for the recording and passed on.
 * A command with several statements has several results, which are recorded one by one.
 */
final class Answer {
    private final SessionContext context;
    private final CommandRun run;
    private final Judgement judgement;
    private final Limits limits;
    private final RowCapture capture;
    private final long sentAt;
    private @Nullable RowPlan plan;
    private @Nullable CopyPlan copy;
    private List<RecordedColumn> columns = List.of();
    private long forwardedNanos;
    private long begunNanos;
    private boolean fromClient;
    private long rows;
    private long bytes;
    private long allRows;
    private long allBytes;
    private int part;
    private boolean open = true;
    private boolean cut;
    private boolean failed;
    private boolean answered;

    Answer(SessionContext context, CommandRun run, Judgement judgement) {
        this.context = context;
        this.run = run;
        this.judgement = judgement;
        this.limits = run.obligations().limits();
        this.sentAt = context.names().sql().now();
        this.capture = new RowCapture(context.settings().recordedBytes(), context.recorded());
    }

    CommandRun run() {
        return run;
    }

    Command command() {
        return run.command();
    }

    /** It goes to the target, at this {@link System#nanoTime()}. */
    void forwarded(long nanos) {
        forwardedNanos = nanos;
    }

    /** Something of its answer is about to leave. */
    void begun() {
        if (begunNanos == 0) {
            begunNanos = System.nanoTime();
        }
    }

    /** See {@link dev.sallyport.sql.postgres.SessionState#now}. */
    long sentAt() {
        return sentAt;
    }

    Judgement judgement() {
        return judgement;
    }

    /** Whether the target answered with an error, or not at all. */
    boolean hasFailed() {
        return failed;
    }

    /** Whether the target has begun to read a COPY for it, or has ended a part of it. */
    boolean isAnswered() {
        return answered;
    }

    /** Whether there are limits that may end it. */
    boolean isLimited() {
        return limits.rows() != Long.MAX_VALUE || limits.bytes() != Long.MAX_VALUE;
    }

    /** Whether the limits have ended it for the client. */
    boolean isCut() {
        return cut;
    }

    boolean hasShape() {
        return plan != null;
    }

    /** The columns of the rows that come next. */
    void shape(List<Field> fields) {
        ColumnOrigins origins = new ColumnOrigins(
                run,
                context,
                () -> judgement.answer(part, fields.stream().map(Field::name).toList()));
        plan = RowPlan.of(fields, run, origins, context);
        columns = plan.columns();
        open = true;
        if (!plan.withheld().isEmpty() && context.tellsOfWithheld(command())) {
            List<String> withheld = plan.withheld();
            context.wire().toClient(out -> out.notice(Errors.withheld(withheld)));
        }
    }

    /** Whether rows need no look at their values. */
    boolean passesRows() {
        return plan != null && plan.passes() && !cut;
    }

    /**
     * Counts and keeps a row that is passed on as it is.
     *
     * @return false where it goes over a limit, and so must not be
     * @throws ProtocolViolation when it has another number of columns than was told
     */
    boolean passRow(ByteBuf in, int index, int size) {
        requireColumns(in, index, size);
        return take(in, index, size);
    }

    private void requireColumns(ByteBuf in, int index, int size) {
        if (size < Frames.HEADER_BYTES + 2 || in.getUnsignedShort(index + Frames.HEADER_BYTES) != columns.size()) {
            throw new ProtocolViolation("DataRow: another number of columns (expected: " + columns.size() + ")");
        }
    }

    private boolean take(ByteBuf in, int index, int size) {
        if (allRows + 1 > limits.rows() || allBytes + size > limits.bytes()) {
            return false;
        }
        count(size);
        capture.row(in, index + Frames.HEADER_BYTES, size - Frames.HEADER_BYTES);
        return true;
    }

    /** Takes one DataRow, which stays the caller's. */
    void row(ByteBuf frame) {
        if (cut) {
            return;
        }
        RowPlan masking = plan;
        if (masking == null) {
            throw new ProtocolViolation("DataRow: its columns were never described");
        }
        requireColumns(frame, frame.readerIndex(), frame.readableBytes());
        ByteBuf masked = masking.passes() ? frame.retainedSlice() : masking.mask(frame);
        if (take(masked, masked.readerIndex(), masked.readableBytes())) {
            context.wire().toClient(masked);
        } else {
            masked.release();
            cut();
        }
    }

    /** A COPY to the client begins. */
    void copyOut(ByteBuf frame) {
        copy = CopyPlan.of(frame, run, judgement, context);
        columns = copy.columns();
        open = true;
    }

    /** Takes one CopyData of the target's, which stays the caller's. */
    void copiedOut(ByteBuf frame) {
        CopyPlan stream = copy;
        if (stream == null) {
            throw new ProtocolViolation("CopyData: no COPY is under way");
        }
        if (!cut) {
            stream.mask(frame, this::pieceOut);
        }
    }

    /** The COPY's data is over. */
    void copyDone() {
        CopyPlan stream = copy;
        if (stream == null) {
            throw new ProtocolViolation("CopyDone: no COPY is under way");
        }
        if (!cut) {
            stream.finish();
        }
    }

    private void pieceOut(ByteBuf takenFrame) {
        int size = takenFrame.readableBytes();
        if (cut || allRows + 1 > limits.rows() || allBytes + size > limits.bytes()) {
            takenFrame.release();
            if (!cut) {
                cut();
            }
            return;
        }
        count(size);
        capture.piece(takenFrame, takenFrame.readerIndex() + Frames.HEADER_BYTES, size - Frames.HEADER_BYTES);
        context.wire().toClient(takenFrame);
    }

    /** A COPY from the client begins. */
    void copyIn() {
        open = true;
        answered = true;
        fromClient = true;
    }

    /** Counts what the client sends into a COPY; it is kept where no mask may be on what it goes to. */
    void copiedIn(ByteBuf frame) {
        int size = frame.readableBytes();
        count(size);
        if (!context.touchesMasks(run)) {
            capture.piece(frame, frame.readerIndex() + Frames.HEADER_BYTES, size - Frames.HEADER_BYTES);
        }
    }

    private void count(int size) {
        rows++;
        bytes += size;
        allRows++;
        allBytes += size;
    }

    private void cut() {
        cut = true;
        context.wire().toClient(out -> out.error(Errors.cut(limits)));
        context.cancelTarget();
    }

    /**
     * Records a result. What ends without one, since the connection did or an error came first, is recorded too, once.
     *
     * @param status see {@link dev.sallyport.core.audit.AuditEvent.Answered#status()}
     * @param error the error's fields as the client saw them
     */
    void end(String status, List<String> error) {
        answered = true;
        boolean leftover = status.equals("none") || status.equals("lost") || status.equals("skipped");
        if (leftover && !open) {
            return;
        }
        failed |= cut || !error.isEmpty() || status.equals("lost") || status.equals("skipped");
        boolean truncated = capture.isTruncated() || (rows > 0 && copy == null && plan == null);
        String rest = capture.rest();
        CommandRun.Rows recorded = new CommandRun.Rows(capture.take(), rows, bytes, truncated, rest, fromClient);
        run.answered(part, columns, recorded, status, error, timing());
        part++;
        begunNanos = 0;
        fromClient = false;
        rows = 0;
        bytes = 0;
        plan = null;
        copy = null;
        columns = List.of();
        open = false;
    }

    private CommandRun.Timing timing() {
        if (forwardedNanos == 0) {
            return new CommandRun.Timing(0, 0, 0);
        }
        return new CommandRun.Timing(
                CommandRun.micros(forwardedNanos - run.decidedNanos()),
                begunNanos == 0 ? 0 : CommandRun.micros(begunNanos - forwardedNanos),
                CommandRun.micros(System.nanoTime() - forwardedNanos));
    }
}
