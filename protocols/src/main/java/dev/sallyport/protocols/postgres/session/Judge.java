package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.approval.Withdrawal;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.session.HeldCommand;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.core.session.Verdict;
import dev.sallyport.protocols.postgres.session.Expected.ReadingNames;
import dev.sallyport.protocols.postgres.session.Turn.Waiting;
import dev.sallyport.protocols.postgres.wire.ClientMessage;
import dev.sallyport.sql.postgres.Analysis;
import dev.sallyport.sql.postgres.Opened;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what the client's messages do and whether they may: has their text analysed, sees to it that names can be
 * resolved, asks the session for its verdict, and waits for the person where there has to be one. What is not known yet is
 * waited for ({@link Turn}), and asked for again with the same message.
 */
final class Judge {
    /** Settings that say how the target reads a text, and that it reports when they change. */
    private static final Set<String> READING = Set.of("client_encoding", "standard_conforming_strings");

    /** What became of a held message. */
    private record Resolved(ClientMessage message, Verdict verdict) {}

    private final SessionContext context;
    private final UnderWay underWay;
    private final Turn turn;
    private final Runnable noCatalogue;
    private boolean clientLeaves;
    private @Nullable HeldCommand held;
    private @Nullable ClientMessage heldMessage;
    private @Nullable Resolved heldVerdict;

    /** @param noCatalogue called when the target's catalogue cannot be read */
    Judge(SessionContext context, UnderWay underWay, Turn turn, Runnable noCatalogue) {
        this.context = context;
        this.underWay = underWay;
        this.turn = turn;
        this.noCatalogue = noCatalogue;
    }

    // ---- what has to be known -----------------------------------------------------------------------------------

    /** What the text says, or null where it has to be waited for. */
    @Nullable
    Analysis analysis(String sql) {
        Analysis known = context.analysis(sql);
        if (known == null) {
            turn.waitFor(Waiting.ANALYSIS);
            context.analyse(sql, () -> turn.resume(Waiting.ANALYSIS));
        }
        return known;
    }

    /** What a message of this text does, or null where that has to be waited for. */
    @Nullable
    Judgement judgement(Collection<Opened> candidates) {
        Judgement known = context.judgement(candidates);
        if (known == null) {
            turn.waitFor(Waiting.FACTS);
            context.judge(candidates, () -> turn.resume(Waiting.FACTS));
        }
        return known;
    }

    /** As {@link #judgement(Collection)} of a text whose names are resolved now. */
    @Nullable
    Judgement judgement(Analysis analysis) {
        return judgement(List.of(new Opened(analysis, context.names().sql().searchPath())));
    }

    /**
     * Whether names can be resolved as the target would. Where something may have moved them they are read again, but
     * only outside a pipeline, whose transaction the question would end, and outside a failed transaction; elsewhere
     * they stay unknown and are judged so.
     */
    boolean namesAreKnown() {
        if (context.areNamesKnown()) {
            return true;
        }
        if (context.names().isInPipeline()) {
            return !waitsForCatalogue();
        }
        if (!underWay.isQuiet()) {
            turn.waitFor(Waiting.QUIET);
            return false;
        }
        if (underWay.status() == TransactionStatus.FAILED) {
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
        turn.waitFor(Waiting.NAMES);
        context.refreshCatalogue(() -> turn.resume(Waiting.NAMES), noCatalogue);
        return true;
    }

    /** Reads what names are resolved with, the catalogue first where it is stale, then the search path. */
    void readNames() {
        turn.waitFor(Waiting.NAMES);
        if (context.isCatalogueStale()) {
            context.refreshCatalogue(this::readPath, noCatalogue);
        } else {
            readPath();
        }
    }

    private void readPath() {
        if (!turn.isWaitingFor(Waiting.NAMES)) {
            return;
        }
        context.wire().toTarget(context.frames().readNames());
        underWay.expect(new ReadingNames());
        context.wire().flushTarget();
    }

    // ---- the verdict --------------------------------------------------------------------------------------------

    /** What would be said against a statement that is only prepared, as far as its text decides. */
    Optional<Refusal> preview(Judgement what, String text) {
        Command command = what.command(context, text, List.of(), isInTransaction());
        return isUnsupported(command)
                ? Optional.of(unsupported(command))
                : context.session().preview(command);
    }

    /**
     * The verdict on a message, never {@link Verdict.Wait}, or null where it has to be waited for.
     *
     * @param text what is judged and shown to approvers
     * @param continued whether the command only goes on with one that was let through
     */
    @SuppressWarnings("ReferenceEquality") // the verdict is for this very message, not for one like it
    @Nullable
    Verdict verdict(ClientMessage message, Judgement what, String text, List<Parameter> parameters, boolean continued) {
        Resolved resolved = heldVerdict;
        heldVerdict = null;
        if (resolved != null && resolved.message() == message) {
            return resolved.verdict();
        }
        Command command = what.command(context, text, parameters, isInTransaction());
        if (isUnsupported(command)) {
            return new Verdict.Refuse(unsupported(command));
        }
        if (!underWay.isQuiet() && !continued && context.session().wouldHold(command)) {
            // Only then is it known whether it is inside a transaction, and what is under way keeps no locks meanwhile.
            turn.waitFor(Waiting.QUIET);
            return null;
        }
        Verdict verdict = context.session().submit(command, continued);
        if (verdict instanceof Verdict.Wait(HeldCommand holding)) {
            hold(message, holding);
            return null;
        }
        return verdict;
    }

    /**
     * Whether it gives a setting a value in which no text could be read any more. Once the target reports that, the session
     * has to end; no rule can vouch for it, so it is better refused.
     */
    private static boolean isUnsupported(Command command) {
        for (Effect effect : command.effects()) {
            if (effect.action() == Action.UNKNOWN
                    && effect.object().kind().equals("setting")
                    && READING.contains(effect.object().name())) {
                return true;
            }
        }
        return false;
    }

    /** A refusal of what nobody had the time to look at; whoever sends it again may be luckier. */
    Refusal busy(Judgement what, String text) {
        return context.session()
                .refuseBusy(
                        what.command(context, text, List.of(), isInTransaction()),
                        "sallyport: too many statements are waiting to be understood",
                        "Send it again in a moment.");
    }

    private Refusal unsupported(Command command) {
        return context.session()
                .refuseUnsupported(
                        command,
                        "sallyport: client_encoding has to stay UTF8, and standard_conforming_strings on",
                        "Leave them as they are.");
    }

    private boolean isInTransaction() {
        return underWay.isInTransaction() || context.mayBeInTransaction();
    }

    // ---- holding ------------------------------------------------------------------------------------------------

    private void hold(ClientMessage message, HeldCommand holding) {
        held = holding;
        heldMessage = message;
        turn.waitFor(Waiting.HOLD);
        context.wire().toClient(out -> out.notice(Errors.held(holding)));
        context.wire().flushClient();
        if (clientLeaves) {
            holding.withdraw(Withdrawal.CLIENT_GONE);
        }
        holding.whenResolved(() -> context.wire().executor().execute(() -> resolved(holding)));
    }

    private void resolved(HeldCommand holding) {
        if (held != holding) {
            return;
        }
        held = null;
        if (heldMessage != null) {
            heldVerdict = new Resolved(heldMessage, holding.verdict());
        }
        turn.resume(Waiting.HOLD);
    }

    boolean isHolding() {
        return held != null;
    }

    /** Whether a held message has its verdict, and is looked at next. */
    boolean hasResolved() {
        return heldVerdict != null;
    }

    /** The client has said goodbye: it does not wait for an approval, whatever it sent before. */
    void clientLeaves() {
        clientLeaves = true;
        withdraw(Withdrawal.CLIENT_GONE);
    }

    /** Takes a held command back; where none is held, does nothing. */
    void withdraw(Withdrawal why) {
        if (held != null) {
            held.withdraw(why);
        }
    }

    /** Takes a held command back, and does not hear any more what became of it. */
    void end(Withdrawal why) {
        withdraw(why);
        held = null;
    }
}
