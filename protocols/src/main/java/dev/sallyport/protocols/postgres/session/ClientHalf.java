package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.approval.Withdrawal;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.session.CommandRun;
import dev.sallyport.core.session.HeldCommand;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.core.session.Verdict;
import dev.sallyport.protocols.postgres.session.Expected.Binding;
import dev.sallyport.protocols.postgres.session.Expected.ClosingPortal;
import dev.sallyport.protocols.postgres.session.Expected.ClosingStatement;
import dev.sallyport.protocols.postgres.session.Expected.DescribingPortal;
import dev.sallyport.protocols.postgres.session.Expected.DescribingStatement;
import dev.sallyport.protocols.postgres.session.Expected.Executing;
import dev.sallyport.protocols.postgres.session.Expected.Parsing;
import dev.sallyport.protocols.postgres.session.Expected.Querying;
import dev.sallyport.protocols.postgres.session.Expected.ReadingNames;
import dev.sallyport.protocols.postgres.session.Expected.Refusing;
import dev.sallyport.protocols.postgres.session.Expected.Syncing;
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
import dev.sallyport.sql.postgres.Analysis;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The half of a session that faces the client: takes its messages one by one, judges each, and forwards them by segments
 * ({@link Segment}). A message that has to wait for something stays at the head of the inbox and is looked at anew when
 * that has come; what is behind it waits too, so the order never changes.
 *
 * <pre>
 *            message              all judged               evidence stands
 *   READY ────────────► judge ─────────────────► dispatch ─────────────────► forwarded
 *                         │                         │
 *                         │ ANALYSIS, NAMES,        │ EVIDENCE, CANCEL
 *                         │ QUIET, HOLD, COPY       │
 *                         ▼                         ▼
 *                      waiting ──── resume ───► the same message again
 * </pre>
 *
 * <p>A refused message of the extended protocol is replaced by one that is bound to fail, and what the client sends
 * behind it is skipped up to its Sync, as a server would (PostgreSQL documentation, section 54.2.3): so the target rolls
 * back what came before it in the same implicit transaction, and the only ReadyForQuery is the target's own.
 */
final class ClientHalf {
    /** Segments above this size go out before their Sync, so that memory stays bounded. */
    private static final int MAX_SEGMENT_BYTES = 1 << 20;

    private enum Waiting {
        NOTHING,
        /** The grammar is still at work on a text. */
        ANALYSIS,
        /** The search path or the catalogue is being read. */
        NAMES,
        /** Everything that is under way has to be answered first. */
        QUIET,
        /** A person has to decide. */
        HOLD,
        /** The target has to say whether it reads a COPY. */
        COPY,
        /** The judged segment's evidence is not yet where it has to be. */
        EVIDENCE,
        /** A cancel request has not been delivered yet, and must not hit a later command. */
        CANCEL,
        /** Nothing more is taken. */
        ENDED
    }

    /** What became of a held message. */
    private record Resolved(ClientMessage message, Verdict verdict) {}

    private final SessionContext context;
    private final TargetHalf target;
    private final Runnable terminated;
    private final Runnable noCatalogue;
    private final ArrayDeque<ClientMessage> inbox = new ArrayDeque<>();
    private final Segment segment = new Segment();
    private Waiting waiting = Waiting.NOTHING;
    private List<Segment.Item> judged = List.of();
    private int inboxBytes;
    private boolean pumping;
    /** Whether there were messages of the extended protocol since the last Sync: what they run is one transaction. */
    private boolean inPipeline;

    private boolean skipping;
    private boolean stopping;
    /** The last Execute that may have begun a COPY from the client. */
    private @Nullable Answer copyBegun;

    private @Nullable HeldCommand held;
    private @Nullable ClientMessage heldMessage;
    private @Nullable Resolved heldVerdict;

    /**
     * @param terminated called when the client has said goodbye and everything before that is forwarded
     * @param noCatalogue called when the target's catalogue cannot be read
     */
    ClientHalf(SessionContext context, TargetHalf target, Runnable terminated, Runnable noCatalogue) {
        this.context = context;
        this.target = target;
        this.terminated = terminated;
        this.noCatalogue = noCatalogue;
    }

    /** Takes one message and the ownership of its frame. */
    void message(ClientMessage message) {
        if (waiting == Waiting.ENDED) {
            message.frame().release();
            return;
        }
        inbox.add(message);
        inboxBytes += message.size();
        if (message instanceof Terminate && held != null) {
            held.withdraw(Withdrawal.CLIENT_GONE);
        }
        pump();
    }

    /** Whether nothing is being judged, held or kept back; what is no longer taken does not count. */
    boolean isIdle() {
        return (inbox.isEmpty() || stopping) && segment.isEmpty() && judged.isEmpty() && held == null;
    }

    /** Takes nothing more than what belongs to the command that is under way. */
    void stopTaking() {
        stopping = true;
    }

    private boolean takesNext() {
        return !stopping || inPipeline || heldVerdict != null || target.isCopyingIn();
    }

    boolean isHolding() {
        return held != null;
    }

    /** Takes a held command back; where none is held, does nothing. */
    void withdraw(Withdrawal why) {
        if (held != null) {
            held.withdraw(why);
        }
    }

    /** The client asked to cancel what runs. */
    void cancel() {
        if (held != null) {
            held.withdraw(Withdrawal.CANCELLED);
        } else if (!target.isQuiet()) {
            context.cancelTarget();
        }
    }

    void targetSkips() {
        skipping = true;
        for (Segment.Item item : segment.take()) {
            item.frame().release();
            if (item.expected() != null) {
                target.skipped(item.expected());
            }
        }
        resume(Waiting.COPY);
    }

    void targetAdvanced() {
        if (waiting == Waiting.COPY || (waiting == Waiting.QUIET && target.isQuiet())) {
            resume(waiting);
        }
    }

    /** The search path or the catalogue has been read, or cannot be. */
    void namesRead() {
        resume(Waiting.NAMES);
    }

    /** Drops everything that was not forwarded. */
    void end(Withdrawal why) {
        waiting = Waiting.ENDED;
        withdraw(why);
        held = null;
        inbox.forEach(message -> message.frame().release());
        inbox.clear();
        segment.release();
        judged.forEach(item -> item.frame().release());
        judged = List.of();
    }

    private void wait(Waiting reason) {
        waiting = reason;
    }

    private void resume(Waiting reason) {
        if (waiting != reason) {
            return;
        }
        waiting = Waiting.NOTHING;
        if (!judged.isEmpty()) {
            forwardJudged();
        }
        pump();
    }

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (waiting == Waiting.NOTHING && !inbox.isEmpty() && takesNext()) {
                ClientMessage message = inbox.peek();
                int size = message.size();
                if (!step(message)) {
                    break;
                }
                if (waiting != Waiting.ENDED) {
                    inbox.remove();
                    inboxBytes -= size;
                }
            }
        } finally {
            pumping = false;
        }
        // Whatever emptied the inbox: nothing else comes from a client that is not read.
        context.wire().readClient(inboxBytes < context.settings().maxMessageBytes());
        if (waiting == Waiting.NOTHING) {
            context.wire().flushTarget();
        }
    }

    /** Deals with one message; false where it has to be looked at again once what it waits for has come. */
    private boolean step(ClientMessage message) {
        if (skipping && !(message instanceof Sync) && !(message instanceof Terminate)) {
            message.frame().release();
            return true;
        }
        if (isOfPipeline(message)) {
            // Whatever it is, an Execute may come behind it, and it is too late then to ask what names mean.
            if (!namesAreKnown()) {
                return false;
            }
            inPipeline = true;
        }
        return switch (message) {
            case Query query -> query(query);
            case Parse parse -> parse(parse);
            case Bind bind -> bind(bind);
            case Execute execute -> execute(execute);
            case DescribeStatement describe -> describeStatement(describe);
            case DescribePortal describe -> describePortal(describe);
            case CloseStatement close -> closeStatement(close);
            case ClosePortal close -> closePortal(close);
            case Sync sync -> sync(sync);
            case Flush flush -> flush(flush);
            case CopyData data -> copy(data);
            case CopyDone done -> copy(done);
            case CopyFail fail -> copy(fail);
            case FunctionCall call -> functionCall(call);
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
            case Terminate terminate -> false;
        };
    }

    // ---- simple query -------------------------------------------------------------------------------------------

    private boolean query(Query query) {
        Analysis analysis = analysis(query.sql());
        if (analysis == null || !namesAreKnown()) {
            return false;
        }
        Judgement what = Judgement.of(context, List.of(analysis));
        Verdict verdict = verdict(query, what.command(context, query.sql(), List.of(), isInTransaction()), false);
        switch (verdict) {
            case null -> {
                return false;
            }
            case Verdict.Run(CommandRun run) -> {
                context.forwarded(what, run);
                segment.add(query.frame(), new Querying(new Answer(context, run, what)), run);
            }
            case Verdict.Refuse(Refusal refusal) -> {
                query.frame().release();
                refuseSimple(refusal);
            }
            case Verdict.Wait waits -> throw new IllegalStateException("a held command was not waited for");
        }
        inPipeline = false;
        context.nextEpoch();
        dispatch();
        return true;
    }

    private boolean functionCall(FunctionCall call) {
        call.frame().release();
        refuseSimple(context.session()
                .refuseUnsupported(
                        "sallyport: the FunctionCall message is not supported", "Call the function in a SELECT."));
        dispatch();
        return true;
    }

    // ---- extended query -----------------------------------------------------------------------------------------

    private boolean parse(Parse parse) {
        Analysis analysis = analysis(parse.sql());
        if (analysis == null) {
            return false;
        }
        if (context.prepared().isFull()) {
            parse.frame().release();
            refuse(context.session()
                    .refuseLimited(
                            "sallyport: too many prepared statements in this session",
                            "Close those that are no longer needed."));
            return true;
        }
        Judgement what = Judgement.of(context, List.of(analysis));
        Optional<Refusal> refusal =
                context.session().preview(what.command(context, parse.sql(), List.of(), isInTransaction()));
        if (refusal.isPresent()) {
            parse.frame().release();
            refuse(refusal.get());
            return true;
        }
        context.names().prepared(parse.name(), analysis);
        Prepared prepared = new Prepared(
                parse.name(),
                parse.sql(),
                analysis,
                parse.typeOids(),
                context.names().now());
        context.prepared().making(parse.name(), prepared, context.epoch());
        return add(parse, new Parsing(prepared));
    }

    private boolean bind(Bind bind) {
        if (context.portals().isFull()) {
            bind.frame().release();
            refuse(context.session()
                    .refuseLimited(
                            "sallyport: too many portals in this session", "Close those that are no longer needed."));
            return true;
        }
        List<Prepared> candidates = context.preparedAs(bind.statement());
        if (isDoubtful(candidates)) {
            return false;
        }
        candidates.forEach(prepared -> context.names().portal(bind.portal(), prepared.analysis()));
        Portal portal = new Portal(
                bind.portal(),
                candidates,
                bind.parameters(),
                bind.resultFormats(),
                context.names().now());
        context.portals().making(bind.portal(), portal, context.epoch());
        return add(bind, new Binding(portal));
    }

    private boolean execute(Execute execute) {
        List<Portal> portals = context.portalsAs(execute.portal());
        if (isDoubtful(portals)) {
            return false;
        }
        Portal portal = portals.size() == 1 ? portals.getFirst() : null;
        Judgement what = Judgement.ofPortal(context, portals);
        List<Parameter> parameters = portal == null ? List.of() : portal.typedParameters();
        Command command = what.command(context, textOf(portals), parameters, isInTransaction());
        Verdict verdict = verdict(execute, command, portal != null && portal.isStarted());
        switch (verdict) {
            case null -> {
                return false;
            }
            case Verdict.Run(CommandRun run) -> {
                describeFirst(execute.portal(), portal, what, run);
                context.forwarded(what, run);
                Answer answer = new Answer(context, run, what);
                segment.add(execute.frame(), new Executing(answer, portal), run);
                if (what.mayCopyIn()) {
                    copyBegun = answer;
                }
                if (portal != null) {
                    portal.started();
                }
            }
            case Verdict.Refuse(Refusal refusal) -> {
                execute.frame().release();
                refuse(refusal);
                return true;
            }
            case Verdict.Wait waits -> throw new IllegalStateException("a held command was not waited for");
        }
        dispatchWhereLarge();
        return true;
    }

    /** Whether a name may stand for several things as long as something is under way; that is waited for then. */
    private boolean isDoubtful(List<?> candidates) {
        if (candidates.size() < 2 || target.isQuiet()) {
            return false;
        }
        dispatch();
        if (waiting == Waiting.NOTHING) {
            wait(Waiting.QUIET);
        }
        return true;
    }

    /**
     * Rows are never passed on in a shape that is not known: where the client did not ask for it, the gateway does. To
     * mask columns it has to be the portal's own. The statement's does not do: the target resolves its names anew where
     * the search path or a table has changed, so that the same columns may come from other tables than before.
     */
    private void describeFirst(String name, @Nullable Portal portal, Judgement what, CommandRun run) {
        if (!what.returnsRows() || (portal != null && isShapeComing(portal, run))) {
            return;
        }
        if (portal != null) {
            portal.describing();
        }
        segment.add(context.frames().describePortal(name), new DescribingPortal(portal, true), null);
    }

    private boolean isShapeComing(Portal portal, CommandRun run) {
        return portal.isDescribed() || (portal.isStatementDescribed() && !context.masksColumns(run));
    }

    private boolean describeStatement(DescribeStatement describe) {
        List<Prepared> candidates = context.preparedAs(describe.name());
        return add(describe, new DescribingStatement(candidates.size() == 1 ? candidates.getFirst() : null, false));
    }

    private boolean describePortal(DescribePortal describe) {
        List<Portal> portals = context.portalsAs(describe.name());
        Portal portal = portals.size() == 1 ? portals.getFirst() : null;
        if (portal != null) {
            portal.describing();
        }
        return add(describe, new DescribingPortal(portal, false));
    }

    private boolean closeStatement(CloseStatement close) {
        return add(close, new ClosingStatement(close.name(), context.prepared().get(close.name(), context.epoch())));
    }

    private boolean closePortal(ClosePortal close) {
        return add(close, new ClosingPortal(close.name(), context.portals().get(close.name(), context.epoch())));
    }

    private boolean sync(Sync sync) {
        if (!skipping && copyBegun != null && !copyBegun.isAnswered()) {
            waitForCopy();
            return false;
        }
        copyBegun = null;
        if (target.isCopyingIn()) {
            // The target takes no notice of it while it reads a COPY (section 54.2.6).
            sync.frame().release();
            return true;
        }
        skipping = false;
        inPipeline = false;
        segment.add(sync.frame(), new Syncing(), null);
        context.nextEpoch();
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
        if (waiting == Waiting.NOTHING) {
            wait(Waiting.COPY);
        }
    }

    private boolean flush(Flush flush) {
        if (target.isCopyingIn()) {
            flush.frame().release();
            return true;
        }
        segment.add(flush.frame(), null, null);
        dispatch();
        return true;
    }

    private boolean add(ClientMessage message, Expected answer) {
        segment.add(message.frame(), answer, null);
        dispatchWhereLarge();
        return true;
    }

    // ---- COPY ---------------------------------------------------------------------------------------------------

    private boolean copy(ClientMessage message) {
        if (target.isCopyingIn()) {
            if (message instanceof CopyData) {
                target.copyData(message.frame());
            } else {
                target.copyEnded();
            }
            context.wire().toTarget(message.frame());
            return true;
        }
        dispatch();
        if (waiting != Waiting.NOTHING) {
            return false;
        }
        if (!target.isQuiet()) {
            wait(Waiting.COPY);
            return false;
        }
        // As a server does: the COPY has failed, and the client had not heard of it yet (section 54.2.6).
        message.frame().release();
        return true;
    }

    // ---- the end ------------------------------------------------------------------------------------------------

    private boolean terminate(Terminate terminate) {
        dispatch();
        if (waiting != Waiting.NOTHING) {
            return false;
        }
        terminate.frame().release();
        terminated.run();
        return true;
    }

    // ---- judging ------------------------------------------------------------------------------------------------

    /** What the text says, or null where it has to be waited for. */
    private @Nullable Analysis analysis(String sql) {
        Analysis known = context.analysis(sql);
        if (known == null) {
            wait(Waiting.ANALYSIS);
            context.analyse(sql, () -> resume(Waiting.ANALYSIS));
        }
        return known;
    }

    /**
     * Whether names can be resolved as the target would. Where something may have moved them they are read again, but
     * only outside a pipeline, whose transaction the question would end, and outside a failed transaction; elsewhere
     * they stay unknown and are judged so.
     */
    private boolean namesAreKnown() {
        if (context.areNamesKnown()) {
            return true;
        }
        if (inPipeline) {
            return !waitsForCatalogue();
        }
        if (!target.isQuiet()) {
            wait(Waiting.QUIET);
            return false;
        }
        if (target.status() == TransactionStatus.FAILED) {
            return true;
        }
        readNames();
        return false;
    }

    /** The catalogue is read on a connection of the gateway's own, whatever goes on in this session. */
    private boolean waitsForCatalogue() {
        if (!context.isCatalogueStale()) {
            return false;
        }
        wait(Waiting.NAMES);
        context.refreshCatalogue(this::namesRead, noCatalogue);
        return true;
    }

    /** Reads what names are resolved with, the catalogue first where it is stale, then the search path. */
    void readNames() {
        wait(Waiting.NAMES);
        if (context.isCatalogueStale()) {
            context.refreshCatalogue(this::readPath, noCatalogue);
        } else {
            readPath();
        }
    }

    private void readPath() {
        if (waiting != Waiting.NAMES) {
            return;
        }
        context.wire().toTarget(context.frames().readNames());
        target.expect(new ReadingNames());
        context.wire().flushTarget();
    }

    /** The verdict on {@code command}, or null where it has to be waited for. */
    @SuppressWarnings("ReferenceEquality") // the verdict is for this very message, not for one like it
    private @Nullable Verdict verdict(ClientMessage message, Command command, boolean continued) {
        Resolved resolved = heldVerdict;
        heldVerdict = null;
        if (resolved != null && resolved.message() == message) {
            return resolved.verdict();
        }
        if (!target.isQuiet() && !continued && context.session().wouldHold(command)) {
            // Only then is it known whether it is inside a transaction, and what is under way keeps no locks meanwhile.
            wait(Waiting.QUIET);
            return null;
        }
        Verdict verdict = context.session().submit(command, continued);
        if (!(verdict instanceof Verdict.Wait(HeldCommand holding))) {
            return verdict;
        }
        held = holding;
        heldMessage = message;
        wait(Waiting.HOLD);
        context.wire().toClient(out -> out.notice(Errors.held(holding)));
        context.wire().flushClient();
        if (inbox.stream().anyMatch(Terminate.class::isInstance)) {
            holding.withdraw(Withdrawal.CLIENT_GONE);
        }
        holding.whenResolved(() -> context.wire().executor().execute(() -> resolved(holding)));
        return null;
    }

    private void resolved(HeldCommand holding) {
        if (held != holding) {
            return;
        }
        held = null;
        if (heldMessage != null) {
            heldVerdict = new Resolved(heldMessage, holding.verdict());
        }
        resume(Waiting.HOLD);
    }

    private boolean isInTransaction() {
        return target.status() != TransactionStatus.IDLE || context.mayBeInTransaction();
    }

    /** The text to be judged; all of them where it can be one of several. */
    private static String textOf(List<Portal> portals) {
        return portals.stream()
                .flatMap(portal -> portal.candidates().stream())
                .map(Prepared::sql)
                .distinct()
                .collect(Collectors.joining("\n-- or\n"));
    }

    // ---- refusing -----------------------------------------------------------------------------------------------

    private void refuse(Refusal refusal) {
        segment.add(context.frames().failingExecute(), new Refusing(refusal, false), null);
        skipping = true;
        dispatch();
    }

    private void refuseSimple(Refusal refusal) {
        segment.add(context.frames().failingQuery(refusal.incident()), new Refusing(refusal, true), null);
    }

    // ---- forwarding ---------------------------------------------------------------------------------------------

    private void dispatchWhereLarge() {
        if (segment.bytes() > MAX_SEGMENT_BYTES) {
            dispatch();
        }
    }

    private void dispatch() {
        if (segment.isEmpty()) {
            return;
        }
        judged = segment.take();
        forwardJudged();
    }

    private void forwardJudged() {
        if (context.isCancelling()) {
            wait(Waiting.CANCEL);
            context.whenNotCancelling(() -> resume(Waiting.CANCEL));
            return;
        }
        if (target.mayCancel()) {
            wait(Waiting.QUIET);
            return;
        }
        for (Segment.Item item : judged) {
            CommandRun run = item.run();
            if (run != null && !run.mayForward()) {
                wait(Waiting.EVIDENCE);
                run.whenForwardable(stands -> context.wire().executor().execute(() -> evidence(stands)));
                return;
            }
        }
        List<Segment.Item> items = judged;
        judged = List.of();
        for (Segment.Item item : items) {
            if (item.expected() != null) {
                target.expect(item.expected());
            }
            context.wire().toTarget(item.frame());
        }
        context.wire().flushTarget();
    }

    private void evidence(boolean stands) {
        if (waiting != Waiting.EVIDENCE) {
            return;
        }
        if (!stands) {
            refuseUnrecorded();
        }
        resume(Waiting.EVIDENCE);
    }

    /** Without evidence nothing goes out: the first command that has none is refused in its place, the rest skipped. */
    private void refuseUnrecorded() {
        List<Segment.Item> items = judged;
        Refusal refusal = context.session().unrecorded();
        Segment rest = new Segment();
        boolean refused = false;
        for (Segment.Item item : items) {
            CommandRun run = item.run();
            if (!refused && run != null && !run.mayForward()) {
                refused = true;
                item.frame().release();
                boolean simple = item.expected() instanceof Querying;
                rest.add(
                        simple
                                ? context.frames().failingQuery(refusal.incident())
                                : context.frames().failingExecute(),
                        new Refusing(refusal, simple),
                        null);
                skipping = !simple;
            } else if (refused && !(item.expected() instanceof Syncing)) {
                item.frame().release();
                if (item.expected() != null) {
                    target.skipped(item.expected());
                }
            } else {
                skipping &= !(item.expected() instanceof Syncing);
                rest.add(item.frame(), item.expected(), item.run());
            }
        }
        judged = rest.take();
    }
}
