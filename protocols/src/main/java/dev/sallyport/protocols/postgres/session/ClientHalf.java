package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.approval.Withdrawal;
import dev.sallyport.protocols.postgres.session.Expected.ReadingNames;
import dev.sallyport.protocols.postgres.session.Turn.Waiting;
import dev.sallyport.protocols.postgres.wire.ClientMessage;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Bind;
import dev.sallyport.protocols.postgres.wire.ClientMessage.ClosePortal;
import dev.sallyport.protocols.postgres.wire.ClientMessage.CloseStatement;
import dev.sallyport.protocols.postgres.wire.ClientMessage.CopyData;
import dev.sallyport.protocols.postgres.wire.ClientMessage.CopyDone;
import dev.sallyport.protocols.postgres.wire.ClientMessage.CopyFail;
import dev.sallyport.protocols.postgres.wire.ClientMessage.DescribePortal;
import dev.sallyport.protocols.postgres.wire.ClientMessage.DescribeStatement;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Execute;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Flush;
import dev.sallyport.protocols.postgres.wire.ClientMessage.FunctionCall;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Parse;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Query;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Sync;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Terminate;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Unreadable;
import java.util.ArrayDeque;

/**
 * The half of a session that faces the client: takes its messages one by one, has each judged, and has them forwarded by
 * segments. A message that has to wait for something stays at the head of the inbox and is looked at anew when that has
 * come; what is behind it waits too, so the order never changes.
 *
 * <pre>
 *           message               all judged              evidence stands
 *   inbox ──────────► Judge, ─────────────► Forwarding ─────────────────► UnderWay
 *     ▲               QueryMessages             │
 *     │                   │                     │
 *     │                   │ ANALYSIS, NAMES,    │ EVIDENCE, CANCEL,
 *     │                   │ QUIET, HOLD         │ QUIET, COPY
 *     │                   ▼                     ▼
 *     └─── resume ─── Turn: the same message again, behind what was dispatched
 * </pre>
 */
final class ClientHalf {
    private final SessionContext context;
    private final UnderWay underWay;
    private final Runnable terminated;
    private final Turn turn;
    private final Judge judge;
    private final Forwarding forwarding;
    private final QueryMessages queries;
    private final ArrayDeque<Received> inbox = new ArrayDeque<>();
    private int inboxBytes;
    private boolean pumping;
    private boolean stopping;
    /** The client asked to cancel what is still on its way through the gateway. */
    private boolean cancelled;

    /** @param nanos when it came, as {@link System#nanoTime()}; 0 where it runs no command */
    private record Received(ClientMessage message, long nanos) {
        static Received now(ClientMessage message) {
            boolean isTimed = message instanceof Query || message instanceof Execute;
            return new Received(message, isTimed ? System.nanoTime() : 0);
        }
    }

    /**
     * @param terminated called when the client has said goodbye and everything before that is forwarded
     * @param noCatalogue called when the target's catalogue cannot be read
     * @param unrecorded called when the session cannot go on without the audit log
     */
    ClientHalf(
            SessionContext context, UnderWay underWay, Runnable terminated, Runnable noCatalogue, Runnable unrecorded) {
        this.context = context;
        this.underWay = underWay;
        this.terminated = terminated;
        this.turn = new Turn(this::goOn);
        this.judge = new Judge(context, underWay, turn, noCatalogue);
        this.forwarding = new Forwarding(context, underWay, turn, unrecorded);
        this.queries = new QueryMessages(context, underWay, judge, forwarding);
    }

    /** Takes one message and the ownership of its frame. */
    void message(ClientMessage message) {
        if (turn.isWaitingFor(Waiting.ENDED)) {
            message.frame().release();
            return;
        }
        inbox.add(Received.now(message));
        inboxBytes += message.size();
        if (message instanceof Terminate) {
            judge.clientLeaves();
        }
        pump();
    }

    /** Whether nothing is being judged, held or kept back; what is no longer taken does not count. */
    boolean isIdle() {
        return (inbox.isEmpty() || stopping) && forwarding.isEmpty() && !judge.isHolding();
    }

    /** Takes nothing more than what belongs to the command that is under way. */
    void stopTaking() {
        stopping = true;
    }

    private boolean takesNext() {
        return !stopping || context.names().isInPipeline() || judge.hasResolved() || underWay.isCopyingIn();
    }

    /** Reads what names are resolved with; nothing is judged before. */
    void readNames() {
        judge.readNames();
    }

    /** Takes a held command back; where none is held, does nothing. */
    void withdraw(Withdrawal why) {
        judge.withdraw(why);
    }

    /** The client asked to cancel what runs. */
    void cancel() {
        if (judge.isHolding()) {
            judge.withdraw(Withdrawal.CANCELLED);
        } else if (isRunning()) {
            context.cancelTarget();
        } else {
            // The client has sent it and takes it to be running, though it is being read, judged or recorded here.
            cancelled = !turn.isFree() && !(inbox.isEmpty() && forwarding.isEmpty());
        }
    }

    /** Whether something of the client's is under way at the target. */
    private boolean isRunning() {
        return !underWay.isQuiet() && !(underWay.head() instanceof ReadingNames);
    }

    void targetSkips() {
        forwarding.targetSkips();
        targetAdvanced();
    }

    void targetAdvanced() {
        turn.resume(Waiting.COPY);
        if (underWay.isQuiet()) {
            turn.resume(Waiting.QUIET);
        }
    }

    /** The search path or the catalogue has been read, or cannot be. */
    void namesRead() {
        turn.resume(Waiting.NAMES);
    }

    /** Drops everything that was not forwarded. */
    void end(Withdrawal why) {
        turn.waitFor(Waiting.ENDED);
        judge.end(why);
        inbox.forEach(received -> received.message().frame().release());
        inbox.clear();
        forwarding.end();
    }

    private void goOn() {
        forwarding.goOn();
        if (cancelled && forwarding.isEmpty() && isRunning()) {
            cancelled = false;
            context.cancelTarget();
        }
        pump();
    }

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (turn.isFree() && !inbox.isEmpty() && takesNext()) {
                ClientMessage message = inbox.peek().message();
                context.session().received(inbox.peek().nanos());
                int size = message.size();
                if (!step(message)) {
                    break;
                }
                forwarding.dispatchWhereLarge();
                if (!turn.isWaitingFor(Waiting.ENDED)) {
                    inbox.remove();
                    inboxBytes -= size;
                }
            }
        } finally {
            pumping = false;
        }
        // Whatever emptied the inbox: nothing else comes from a client that is not read.
        context.wire().readClient(inboxBytes < context.settings().maxMessageBytes());
        if (turn.isFree()) {
            context.wire().flushTarget();
        }
    }

    /** Deals with one message; false where it has to be looked at again once what it waits for has come. */
    private boolean step(ClientMessage message) {
        if (forwarding.isSkipping() && !(message instanceof Sync) && !(message instanceof Terminate)) {
            message.frame().release();
            return true;
        }
        if (cancelled && !(message instanceof Flush)) {
            // Meant for this message, or too late for what is over with this Sync; never for what comes later.
            cancelled = false;
            if (message instanceof Query || isOfPipeline(message)) {
                return queries.cancelled(message);
            }
        }
        if (isOfPipeline(message)) {
            // Whatever it is, an Execute may come behind it, and it is too late then to ask what names mean.
            if (!judge.namesAreKnown()) {
                return false;
            }
            context.names().pipelineBegun();
        }
        return switch (message) {
            case Query query -> queries.query(query);
            case Parse parse -> queries.parse(parse);
            case Bind bind -> queries.bind(bind);
            case Execute execute -> queries.execute(execute);
            case DescribeStatement describe -> queries.describeStatement(describe);
            case DescribePortal describe -> queries.describePortal(describe);
            case CloseStatement close -> queries.closeStatement(close);
            case ClosePortal close -> queries.closePortal(close);
            case Sync sync -> forwarding.sync(sync);
            case Flush flush -> forwarding.flush(flush);
            case CopyData data -> forwarding.copy(data);
            case CopyDone done -> forwarding.copy(done);
            case CopyFail fail -> forwarding.copy(fail);
            case FunctionCall call -> queries.functionCall(call);
            case Unreadable unreadable -> queries.unreadable(unreadable);
            case Terminate terminate -> terminate(terminate);
        };
    }

    private static boolean isOfPipeline(ClientMessage message) {
        return switch (message) {
            case Parse parse -> true;
            case Bind bind -> true;
            case Execute execute -> true;
            case DescribeStatement describe -> true;
            case DescribePortal describe -> true;
            case CloseStatement close -> true;
            case ClosePortal close -> true;
            case Sync sync -> false;
            case Flush flush -> false;
            case Query query -> false;
            case CopyData data -> false;
            case CopyDone done -> false;
            case CopyFail fail -> false;
            case FunctionCall call -> false;
            case Unreadable unreadable -> !unreadable.simple();
            case Terminate terminate -> false;
        };
    }

    private boolean terminate(Terminate terminate) {
        forwarding.dispatch();
        if (!turn.isFree()) {
            return false;
        }
        terminate.frame().release();
        terminated.run();
        return true;
    }
}
