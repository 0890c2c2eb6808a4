package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.CommandRun;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.protocols.postgres.session.Expected.Executing;
import dev.sallyport.protocols.postgres.session.Expected.Querying;
import dev.sallyport.protocols.postgres.session.Expected.Refusing;
import dev.sallyport.protocols.postgres.session.Expected.Syncing;
import dev.sallyport.protocols.postgres.session.Turn.Waiting;
import dev.sallyport.protocols.postgres.wire.ClientMessage;
import dev.sallyport.protocols.postgres.wire.ClientMessage.CopyData;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Flush;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Sync;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is judged and on its way to the target. It goes by segments ({@link Segment}): a Sync, a Flush or a simple query
 * dispatches what has gathered, and a dispatched segment leaves whole, once no cancel can hit it and the evidence of all
 * its commands stands.
 *
 * <pre>
 *               Sync, Flush, Query,                no cancel under way,
 *   segment ──── refusal, size ────►  dispatched ──── evidence stands ────► forwarded
 *      │                                  │                                     │
 *      │ the target skips:                │ CANCEL, QUIET, EVIDENCE             │
 *      ▼ dropped                          ▼                                     ▼
 *                                    waits, and the client's next        UnderWay expects
 *                                    message with it                     an answer to each
 * </pre>
 *
 * <p>A refused message of the extended protocol is replaced by one that is bound to fail, and what the client sends
 * behind it is skipped up to its Sync, as a server would (PostgreSQL documentation, section 54.2.3): so the target rolls
 * back what came before it in the same implicit transaction, and the only ReadyForQuery is the target's own.
 */
final class Forwarding {
    /** Segments above this size go out before their Sync, so that memory stays bounded. */
    private static final int MAX_SEGMENT_BYTES = 1 << 20;

    private final SessionContext context;
    private final UnderWay underWay;
    private final Turn turn;
    private final Runnable unrecorded;
    private final Segment segment = new Segment();
    /** The segment that was dispatched, as long as it waits. */
    private List<Segment.Item> judged = List.of();

    private boolean skipping;
    /** The last Execute that may have begun a COPY from the client. */
    private @Nullable Answer copyBegun;

    /** @param unrecorded called when the session has to end, since it is amid what cannot be recorded any more */
    Forwarding(SessionContext context, UnderWay underWay, Turn turn, Runnable unrecorded) {
        this.context = context;
        this.underWay = underWay;
        this.turn = turn;
        this.unrecorded = unrecorded;
    }

    /** Whether nothing is kept back. */
    boolean isEmpty() {
        return segment.isEmpty() && judged.isEmpty();
    }

    /** Whether a message of this pipeline has failed, so that the rest is dropped up to the Sync. */
    boolean isSkipping() {
        return skipping;
    }

    // ---- gathering ----------------------------------------------------------------------------------------------

    /** Takes a message that runs nothing, and the ownership of its frame. */
    void add(ByteBuf frame, Expected answer) {
        segment.add(frame, answer, null);
    }

    /** Takes a message that runs a command, and the ownership of its frame. */
    void add(ByteBuf frame, Expected answer, CommandRun run) {
        segment.add(frame, answer, run);
        if (answer instanceof Executing executing
                && executing.answer().judgement().mayCopyIn()) {
            copyBegun = executing.answer();
        }
    }

    /** Takes a refusal in the place of a message of the extended protocol. */
    void refuse(Refusal refusal) {
        segment.add(context.frames().failingExecute(), new Refusing(refusal, false), null);
        skipping = true;
        dispatch();
    }

    /** Takes a refusal in the place of a message that a ReadyForQuery answers. */
    void refuseSimple(Refusal refusal) {
        segment.add(context.frames().failingQuery(refusal.incident()), new Refusing(refusal, true), null);
    }

    // ---- what says when to go -----------------------------------------------------------------------------------

    /** False where the Sync has to be looked at again. */
    boolean sync(Sync sync) {
        if (!skipping && copyBegun != null && !copyBegun.isAnswered()) {
            waitForCopy();
            return false;
        }
        copyBegun = null;
        if (underWay.isCopyingIn()) {
            // The target takes no notice of it while it reads a COPY (section 54.2.6).
            sync.frame().release();
            return true;
        }
        skipping = false;
        segment.add(sync.frame(), new Syncing(), null);
        context.names().nextEpoch();
        dispatch();
        return true;
    }

    /**
     * Whether the target takes notice of a Sync depends on whether it reads a COPY by then, which nobody could tell
     * afterwards: a COPY can fail before it reads anything. So the Sync stays here until the target has said.
     */
    private void waitForCopy() {
        if (!segment.isEmpty()) {
            segment.add(context.frames().flush(), null, null);
            dispatch();
        }
        if (turn.isFree()) {
            turn.waitFor(Waiting.COPY);
        }
    }

    boolean flush(Flush flush) {
        if (underWay.isCopyingIn()) {
            flush.frame().release();
            return true;
        }
        segment.add(flush.frame(), null, null);
        dispatch();
        return true;
    }

    /** Deals with CopyData, CopyDone or CopyFail; false where it has to be looked at again. */
    boolean copy(ClientMessage message) {
        if (underWay.isCopyingIn() && !context.session().isRecorded()) {
            // The connection ends before the COPY does, so the target takes nothing of it.
            message.frame().release();
            unrecorded.run();
            return true;
        }
        if (underWay.isCopyingIn()) {
            if (message instanceof CopyData) {
                underWay.copyData(message.frame());
            } else {
                underWay.copyEnded();
            }
            context.wire().toTarget(message.frame());
            return true;
        }
        dispatch();
        if (!turn.isFree()) {
            return false;
        }
        if (!underWay.isQuiet()) {
            turn.waitFor(Waiting.COPY);
            return false;
        }
        // As a server does: the COPY has failed, and the client had not heard of it yet (section 54.2.6).
        message.frame().release();
        return true;
    }

    void dispatchWhereLarge() {
        if (segment.bytes() > MAX_SEGMENT_BYTES) {
            dispatch();
        }
    }

    /** Lets go what has gathered, and the client's messages wait until it has been answered. */
    void waitUntilAnswered() {
        dispatch();
        if (turn.isFree()) {
            turn.waitFor(Waiting.QUIET);
        }
    }

    // ---- forwarding ---------------------------------------------------------------------------------------------

    /** Lets go what has gathered. It may have to wait, and the client's messages with it. */
    void dispatch() {
        if (segment.isEmpty()) {
            return;
        }
        judged = segment.take();
        forwardJudged();
    }

    /** What was waited for has come. */
    void goOn() {
        if (!judged.isEmpty()) {
            forwardJudged();
        }
    }

    private void forwardJudged() {
        if (context.isCancelling()) {
            turn.waitFor(Waiting.CANCEL);
            context.whenNotCancelling(() -> turn.resume(Waiting.CANCEL));
            return;
        }
        if (underWay.mayCancel()) {
            turn.waitFor(Waiting.QUIET);
            return;
        }
        int unproved = firstUnproved();
        CommandRun run = unproved < 0 ? null : judged.get(unproved).run();
        if (run != null) {
            turn.waitFor(Waiting.EVIDENCE);
            run.whenForwardable(stands -> context.wire().executor().execute(() -> evidence(stands)));
            return;
        }
        if (unproved >= 0) {
            refuseUnrecorded();
        }
        send();
    }

    private void send() {
        List<Segment.Item> items = judged;
        judged = List.of();
        long now = System.nanoTime();
        for (Segment.Item item : items) {
            if (item.expected() != null) {
                underWay.expect(item.expected());
            }
            Answer answer = item.expected() == null ? null : item.expected().answer();
            if (answer != null) {
                answer.forwarded(now);
            }
            context.wire().toTarget(item.frame());
        }
        context.wire().flushTarget();
    }

    /** The place of the first item that may not go yet, or not any more; -1 where all may. */
    private int firstUnproved() {
        boolean failing = false;
        for (int i = 0; i < judged.size(); i++) {
            Segment.Item item = judged.get(i);
            if (item.expected() instanceof Refusing refusing) {
                // Bound to fail, and the Sync behind it then ends a transaction that has failed.
                failing = !refusing.simple();
            } else if (!failing && !mayGo(item)) {
                return i;
            }
        }
        return -1;
    }

    /** Without a log nothing goes but a Sync or Flush that runs nothing. */
    private boolean mayGo(Segment.Item item) {
        CommandRun run = item.run();
        if (run != null) {
            return run.mayForward();
        }
        return context.session().isRecorded()
                || item.expected() == null
                || (item.expected() instanceof Syncing && !underWay.waitsForSync());
    }

    private void evidence(boolean stands) {
        if (!turn.isWaitingFor(Waiting.EVIDENCE)) {
            return;
        }
        if (!stands) {
            refuseUnrecorded();
        }
        turn.resume(Waiting.EVIDENCE);
    }

    /** Without evidence nothing goes out: the first command that has none is refused in its place, the rest skipped. */
    private void refuseUnrecorded() {
        int first = firstUnproved();
        if (first < 0) {
            // The log has recovered, and what was waited for is in it.
            return;
        }
        Segment rest = new Segment();
        for (int i = 0; i < judged.size(); i++) {
            Segment.Item item = judged.get(i);
            if (i == first) {
                boolean simple = item.expected() instanceof Querying;
                refuseUnrecorded(rest, simple);
                skipping = !simple;
            }
            if (i >= first && !(item.expected() instanceof Syncing)) {
                drop(item);
            } else {
                skipping &= !(item.expected() instanceof Syncing);
                rest.add(item.frame(), item.expected(), item.run());
            }
        }
        judged = rest.take();
    }

    private void refuseUnrecorded(Segment into, boolean simple) {
        Refusal refusal = context.session().unrecorded();
        ByteBuf failing = simple
                ? context.frames().failingQuery(refusal.incident())
                : context.frames().failingExecute();
        into.add(failing, new Refusing(refusal, simple), null);
    }

    // ---- dropping -----------------------------------------------------------------------------------------------

    /**
     * The target has failed a message and skips up to the next Sync. That has not been forwarded yet, but may be waiting
     * to be; nothing gathers behind it as long as it does.
     */
    void targetSkips() {
        skipping = true;
        Segment rest = new Segment();
        for (Segment.Item item : judged) {
            skipping &= !(item.expected() instanceof Syncing);
            if (skipping) {
                drop(item);
            } else {
                rest.add(item.frame(), item.expected(), item.run());
            }
        }
        judged = rest.take();
        segment.take().forEach(this::drop);
    }

    private void drop(Segment.Item item) {
        item.frame().release();
        if (item.expected() != null) {
            underWay.skipped(item.expected());
        }
    }

    /** Drops everything that was not forwarded. */
    void end() {
        segment.release();
        judged.forEach(item -> item.frame().release());
        judged = List.of();
    }
}
