package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.session.CommandRun;
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
import dev.sallyport.protocols.postgres.wire.ClientMessage;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Bind;
import dev.sallyport.protocols.postgres.wire.ClientMessage.ClosePortal;
import dev.sallyport.protocols.postgres.wire.ClientMessage.CloseStatement;
import dev.sallyport.protocols.postgres.wire.ClientMessage.DescribePortal;
import dev.sallyport.protocols.postgres.wire.ClientMessage.DescribeStatement;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Execute;
import dev.sallyport.protocols.postgres.wire.ClientMessage.FunctionCall;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Parse;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Query;
import dev.sallyport.protocols.postgres.wire.ClientMessage.Unreadable;
import dev.sallyport.sql.postgres.Analysis;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What each message of the simple and the extended query protocol comes to: which statement it is about, what the
 * {@link Judge} says of that, and what goes to {@link Forwarding} with what the target will answer. A method says false
 * where its message has to be looked at again once what it waits for has come.
 */
final class QueryMessages {
    private final SessionContext context;
    private final UnderWay underWay;
    private final Judge judge;
    private final Forwarding forwarding;

    QueryMessages(SessionContext context, UnderWay underWay, Judge judge, Forwarding forwarding) {
        this.context = context;
        this.underWay = underWay;
        this.judge = judge;
        this.forwarding = forwarding;
    }

    // ---- simple query -------------------------------------------------------------------------------------------

    boolean query(Query query) {
        Analysis analysis = judge.analysis(query.sql());
        if (analysis != null && analysis.isPostponed()) {
            return refused(query, true, busy(analysis, query.sql()));
        }
        if (analysis == null || !judge.namesAreKnown()) {
            return false;
        }
        Judgement what = judge.judgement(analysis);
        if (what == null) {
            return false;
        }
        Verdict verdict = judge.verdict(query, what, query.sql(), List.of(), false);
        switch (verdict) {
            case null -> {
                return false;
            }
            case Verdict.Run(CommandRun run) -> {
                context.forwarded(what, run);
                forwarding.add(query.frame(), new Querying(new Answer(context, run, what)), run);
            }
            case Verdict.Refuse(Refusal refusal) -> {
                query.frame().release();
                forwarding.refuseSimple(refusal);
            }
            case Verdict.Wait waits -> throw new IllegalStateException("a held command was not waited for");
        }
        context.names().nextEpoch();
        forwarding.dispatch();
        return true;
    }

    boolean functionCall(FunctionCall call) {
        Refusal refusal = context.session()
                .refuseUnsupported(
                        "sallyport: the FunctionCall message is not supported", "Call the function in a SELECT.");
        return refused(call, true, refusal);
    }

    /** As a server answers it: with an error, and everything goes on. */
    boolean unreadable(Unreadable message) {
        Refusal refusal = context.session()
                .refuseUnreadable("sallyport: the message has a text that is not UTF-8", "Send text as UTF-8.");
        return refused(message, message.simple(), refusal);
    }

    /** A message that the client took back before it could go to the target. */
    boolean cancelled(ClientMessage message) {
        Refusal refusal = context.session().refuseWithdrawn("sallyport: canceling statement due to user request");
        return refused(message, message instanceof Query, refusal);
    }

    /** @param simple whether a ReadyForQuery answers it */
    private boolean refused(ClientMessage message, boolean simple, Refusal refusal) {
        message.frame().release();
        if (simple) {
            forwarding.refuseSimple(refusal);
            context.names().nextEpoch();
            forwarding.dispatch();
        } else {
            forwarding.refuse(refusal);
        }
        return true;
    }

    // ---- extended query -----------------------------------------------------------------------------------------

    boolean parse(Parse parse) {
        Analysis analysis = judge.analysis(parse.sql());
        if (analysis == null) {
            return false;
        }
        if (analysis.isPostponed()) {
            return refused(parse, false, busy(analysis, parse.sql()));
        }
        if (context.names().isFullOfStatements()) {
            return refused(parse, false, tooMany("prepared statements"));
        }
        Judgement what = judge.judgement(analysis);
        if (what == null) {
            return false;
        }
        Optional<Refusal> refusal = judge.preview(what, parse.sql());
        if (refusal.isPresent()) {
            return refused(parse, false, refusal.get());
        }
        Prepared prepared = context.names().parsing(parse.name(), parse.sql(), analysis, parse.typeOids());
        forwarding.add(parse.frame(), new Parsing(prepared));
        return true;
    }

    boolean bind(Bind bind) {
        if (context.names().isFullOfPortals()) {
            return refused(bind, false, tooMany("portals"));
        }
        List<Prepared> candidates = context.names().statements(bind.statement());
        if (isDoubtful(candidates)) {
            return false;
        }
        Portal portal = context.names().binding(bind.portal(), candidates, bind.parameters(), bind.resultFormats());
        forwarding.add(bind.frame(), new Binding(portal));
        return true;
    }

    boolean execute(Execute execute) {
        List<Portal> portals = context.names().portals(execute.portal());
        if (isDoubtful(portals)) {
            return false;
        }
        Portal portal = only(portals);
        Judgement what = judge.judgement(Judgement.candidates(portals));
        if (what == null) {
            return false;
        }
        List<Parameter> parameters = portal == null ? List.of() : portal.typedParameters();
        boolean continued = portal != null && portal.isStarted();
        Verdict verdict = judge.verdict(execute, what, textOf(portals), parameters, continued);
        switch (verdict) {
            case null -> {
                return false;
            }
            case Verdict.Run(CommandRun run) -> {
                describeFirst(execute.portal(), portal, what, run);
                context.forwarded(what, run);
                forwarding.add(execute.frame(), new Executing(new Answer(context, run, what), portal), run);
                if (portal != null) {
                    portal.started();
                }
            }
            case Verdict.Refuse(Refusal refusal) -> {
                return refused(execute, false, refusal);
            }
            case Verdict.Wait waits -> throw new IllegalStateException("a held command was not waited for");
        }
        return true;
    }

    boolean describeStatement(DescribeStatement describe) {
        Prepared prepared = only(context.names().statements(describe.name()));
        forwarding.add(describe.frame(), new DescribingStatement(prepared, false));
        return true;
    }

    boolean describePortal(DescribePortal describe) {
        Portal portal = only(context.names().portals(describe.name()));
        if (portal != null) {
            portal.describing();
        }
        forwarding.add(describe.frame(), new DescribingPortal(portal, false));
        return true;
    }

    boolean closeStatement(CloseStatement close) {
        List<Prepared> doomed = context.names().statementsOfProtocol(close.name());
        forwarding.add(close.frame(), new ClosingStatement(doomed));
        return true;
    }

    boolean closePortal(ClosePortal close) {
        List<Portal> doomed = context.names().portalsOfProtocol(close.name());
        forwarding.add(close.frame(), new ClosingPortal(doomed));
        return true;
    }

    /** What a name stands for where there is no doubt, else null. */
    private static <T> @Nullable T only(List<T> candidates) {
        return candidates.size() == 1 ? candidates.getFirst() : null;
    }

    private Refusal busy(Analysis analysis, String text) {
        context.forgetAnalysis();
        return judge.busy(context.judgementOf(List.of(analysis)), text);
    }

    private Refusal tooMany(String what) {
        return context.session()
                .refuseLimited(
                        "sallyport: too many " + what + " in this session", "Close those that are no longer needed.");
    }

    /** Whether a name may stand for several things as long as something is under way; that is waited for then. */
    private boolean isDoubtful(List<?> candidates) {
        if (candidates.size() < 2 || underWay.isQuiet()) {
            return false;
        }
        forwarding.waitUntilAnswered();
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
        forwarding.add(context.frames().describePortal(name), new DescribingPortal(portal, true));
    }

    private boolean isShapeComing(Portal portal, CommandRun run) {
        return portal.isDescribed() || (portal.isStatementDescribed() && !context.masksColumns(run));
    }

    /** The text to be judged; all of them where it can be one of several. */
    private static String textOf(List<Portal> portals) {
        if (portals.size() == 1 && portals.getFirst().candidates().size() == 1) {
            return portals.getFirst().candidates().getFirst().sql();
        }
        return portals.stream()
                .flatMap(portal -> portal.candidates().stream())
                .map(Prepared::sql)
                .distinct()
                .collect(Collectors.joining("\n-- or\n"));
    }
}
