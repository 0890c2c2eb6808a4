package dev.sallyport.core.session;

import dev.sallyport.core.approval.Held;
import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.approval.Request;
import dev.sallyport.core.approval.Resolution;
import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.Evidence;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.masking.Masks;
import dev.sallyport.core.policy.Admission;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Guess;
import dev.sallyport.core.policy.Obligations;
import dev.sallyport.core.session.Sessions.Caller;
import dev.sallyport.core.target.Durability;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One identity's connection to one target, from admission to close, whatever the protocol: here commands are decided,
 * recorded and held. Its methods are called from one thread at a time, the session's event loop, except where they say
 * otherwise.
 */
public final class Session {
    private final Sessions all;
    private final String id;
    private final Admission admission;
    private final Caller caller;
    private final Usage usage;
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private Masks masks;
    private long receivedNanos;

    Session(Sessions all, String id, Admission admission, Caller caller, Usage usage) {
        this.all = all;
        this.id = id;
        this.admission = admission;
        this.caller = caller;
        this.usage = usage;
        this.masks = Masks.of(all.gate.masks(admission), all.redactor.masker());
    }

    public String id() {
        return id;
    }

    public Admission admission() {
        return admission;
    }

    public Identity identity() {
        return admission.identity();
    }

    /** The message whose command is decided next came at this {@link System#nanoTime()}. */
    public void received(long nanos) {
        receivedNanos = nanos;
    }

    /** Whether the audit log takes what happens. While it does not, nothing is forwarded and no answer released. */
    public boolean isRecorded() {
        return all.audit.isHealthy();
    }

    /**
     * What a client is told whose answer is withheld since the audit log cannot be written.
     *
     * @param changed whether something that was forwarded for it may have changed something
     */
    public Refusal withheld(boolean changed) {
        String incident = all.newIncident();
        // There is no promise that it gets into the log; it does where there is room until the disk is back.
        noticed("withheld", List.of("incident=" + incident, "changed=" + changed));
        return changed
                ? new Refusal(
                        Refusal.Kind.EVIDENCE_UNAVAILABLE,
                        "sallyport: the audit log cannot be written, so the answer is withheld; the outcome is unknown",
                        "Check what it changed before you send it again.",
                        incident)
                : new Refusal(
                        Refusal.Kind.EVIDENCE_UNAVAILABLE,
                        "sallyport: the audit log cannot be written, so the answer is withheld; nothing was changed",
                        "Send it again once the gateway's disk is in order.",
                        incident);
    }

    /** The masks in force now, before a command is decided. */
    public Masks masks() {
        return masks(all.gate.masks(admission));
    }

    /** {@code rules} ready to be applied; made once and kept while the rules stay the same. */
    @SuppressWarnings("ReferenceEquality") // the gate hands out one instance a revision; another one is only made anew
    public Masks masks(MaskRules rules) {
        if (masks.rules() != rules) {
            masks = Masks.of(rules, all.redactor.masker());
        }
        return masks;
    }

    /**
     * Decides about a command that does not run yet (a statement that is prepared): refuses and records where the policy
     * denies it, else says nothing, since it is decided again when it runs.
     */
    public Optional<Refusal> preview(Command command) {
        return switch (all.gate.decide(admission, command)) {
            case Decision.Allow allow -> Optional.empty();
            case Decision.Hold hold -> Optional.empty();
            case Decision.Deny deny -> Optional.of(denied(command, deny));
        };
    }

    /** Whether {@link #submit} would hold it, so that a protocol can get out of the way first. */
    public boolean wouldHold(Command command) {
        return all.gate.decide(admission, command) instanceof Decision.Hold;
    }

    /**
     * Decides about a command that is to run now, and records the decision.
     *
     * @param continued whether it only goes on with a command that was let through before (fetching more rows of it), so
     *     that nobody has to approve it twice
     */
    public Verdict submit(Command command, boolean continued) {
        if (!all.audit.isHealthy()) {
            return new Verdict.Refuse(all.unrecorded());
        }
        Decision decision = all.gate.decide(admission, command);
        if (decision instanceof Decision.Deny deny) {
            return new Verdict.Refuse(denied(command, deny));
        }
        int perSecond = all.gate.limits(admission).commandsPerSecond();
        if (!usage.tryCommand(perSecond, System.nanoTime())) {
            return new Verdict.Refuse(denied(command, tooFast(perSecond, decision.revision())));
        }
        Optional<Decision.Deny> guessed = continued ? Optional.empty() : guess(decision);
        if (guessed.isPresent()) {
            return new Verdict.Refuse(denied(command, guessed.get()));
        }
        return switch (decision) {
            case Decision.Allow allow -> new Verdict.Run(allowed(command, allow));
            case Decision.Hold hold
            when continued ->
                new Verdict.Run(
                        allowed(command, new Decision.Allow(hold.obligations(), hold.rules(), hold.revision())));
            case Decision.Hold hold -> held(command, hold);
            case Decision.Deny deny -> throw new IllegalStateException("denied commands were sorted out above");
        };
    }

    /** Refuses and records something the protocol does not support. */
    public Refusal refuseUnsupported(String message, String hint) {
        return refusal(Refusal.Kind.UNSUPPORTED, message, hint);
    }

    /** Refuses and records a command that no policy can make supported; where one denies it, that is what is said. */
    public Refusal refuseUnsupported(Command command, String message, String hint) {
        return preview(command).orElseGet(() -> refused(command, Refusal.Kind.UNSUPPORTED, message, hint));
    }

    /** Refuses and records a message whose text cannot be read. */
    public Refusal refuseUnreadable(String message, String hint) {
        return refusal(Refusal.Kind.UNREADABLE, message, hint);
    }

    /** Refuses and records what the client took back before it ran. */
    public Refusal refuseWithdrawn(String message) {
        return refusal(Refusal.Kind.WITHDRAWN, message, "");
    }

    /** Refuses and records what goes over a bound of the session's. */
    public Refusal refuseLimited(String message, String hint) {
        return refusal(Refusal.Kind.LIMITED, message, hint);
    }

    /** Refuses and records a command that there was no time to look at. */
    public Refusal refuseBusy(Command command, String message, String hint) {
        return refused(command, Refusal.Kind.BUSY, message, hint);
    }

    /** What a client is told while the audit log cannot be written. */
    public Refusal unrecorded() {
        return all.unrecorded();
    }

    /** Whether the identity's issuer is still trusted and the policy still admits it. May be called from any thread. */
    public boolean isStillAdmitted() {
        return all.trusted.test(identity()) && all.gate.stillAdmitted(admission);
    }

    /** Records something the client was sent outside of any answer. */
    public void noticed(String kind, List<String> fields) {
        all.audit.append(new AuditEvent.Noticed(all.clock.instant(), id, 0, kind, fields));
    }

    /**
     * Records the end. May be called from any thread, and more than once; the first counts.
     *
     * @param bytesIn what the client sent
     * @param bytesOut what it was sent
     */
    public void close(String reason, long bytesIn, long bytesOut) {
        if (closed.compareAndSet(false, true)) {
            all.closed(this, usage);
            all.audit.append(
                    new AuditEvent.SessionClosed(all.clock.instant(), id, reason, sequence.get(), bytesIn, bytesOut));
        }
    }

    Refusal denied(Command command, Decision.Deny deny) {
        String incident = all.newIncident();
        Decided decided = new Decided("deny", deny.reason().name(), deny.message(), deny.rules(), deny.revision());
        all.audit.append(event(command, sequence.incrementAndGet(), decided, incident));
        Refusal.Kind kind = switch (deny.reason()) {
            case RULE, NOT_ALLOWED, UNKNOWN, MASK, FAILURE -> Refusal.Kind.DENIED;
            case LIMIT -> Refusal.Kind.LIMITED;
            case ADMISSION -> Refusal.Kind.SESSION_ENDED;
        };
        return new Refusal(kind, deny.message(), deny.hint(), incident);
    }

    private CommandRun allowed(Command command, Decision.Allow allow) {
        long number = sequence.incrementAndGet();
        Decided decided = new Decided("allow", "", "", allow.rules(), allow.revision());
        AuditEvent event = event(command, number, decided, "");
        CommandRun.Proof proof = switch (admission.target().durability()) {
            case Durability.Buffered(Duration window) when onlyReads(command) -> buffered(event, window);
            case Durability.Buffered buffered -> strict(event, command.changes());
            case Durability.Strict strict -> strict(event, command.changes());
        };
        return new CommandRun(id, number, command, allow.obligations(), proof, all.audit, all.clock);
    }

    private CommandRun.Proof strict(AuditEvent event, boolean changes) {
        return new CommandRun.Proof(all.audit.appendSynced(event), changes, false);
    }

    private CommandRun.Proof buffered(AuditEvent event, Duration window) {
        Evidence evidence = all.audit.append(event, window);
        return new CommandRun.Proof(evidence, false, all.readWindow.admits(evidence, window, System.nanoTime()));
    }

    /** Neither changes anything nor ends a transaction, which may have. */
    private static boolean onlyReads(Command command) {
        if (command.changes()) {
            return false;
        }
        for (Effect effect : command.effects()) {
            if (command.inTransaction() && effect.object().kind().equals("transaction")) {
                return false;
            }
        }
        return true;
    }

    private Verdict held(Command command, Decision.Hold hold) {
        long number = sequence.incrementAndGet();
        all.audit.appendSynced(event(command, number, new Decided("hold", "", "", hold.rules(), hold.revision()), ""));
        Masks shown = masks();
        Request request = new Request(
                identity(),
                admission.target().name(),
                id,
                number,
                caller.remote(),
                command,
                hold,
                all.redactor.shown(command, shown),
                all.redactor.parameters(command, shown));
        CompletableFuture<Resolution> resolution = new CompletableFuture<>();
        return switch (all.approvals.request(request, resolution::complete)) {
            case Held.Waiting(Pending pending) ->
                new Verdict.Wait(new HeldCommand(this, all.approvals, command, number, pending, resolution));
            case Held.Rejected(String reason) ->
                new Verdict.Refuse(refused(
                        command,
                        Refusal.Kind.LIMITED,
                        "sallyport: the command needs an approval and cannot wait for one: " + reason,
                        "Try again later."));
        };
    }

    /** A command whose approval was used up: its evidence is that, and is on disk before it is forwarded. */
    CommandRun granted(Command command, long number, Obligations obligations, Evidence use) {
        CommandRun.Proof proof = new CommandRun.Proof(use, true, false);
        return new CommandRun(id, number, command, obligations, proof, all.audit, all.clock);
    }

    /** A held command that a newer policy lets run. */
    Verdict run(Command command, Decision.Allow allow) {
        return new Verdict.Run(allowed(command, allow));
    }

    long revision() {
        return all.gate.revision();
    }

    /** Records that a command does not run for a reason other than the policy's. */
    Refusal refused(Command command, Refusal.Kind kind, String message, String hint) {
        String incident = all.newIncident();
        Decided decided = new Decided("deny", kind.name(), message, List.of(), all.gate.revision());
        all.audit.append(event(command, sequence.incrementAndGet(), decided, incident));
        return new Refusal(kind, message, hint, incident);
    }

    private Refusal refusal(Refusal.Kind kind, String message, String hint) {
        Command nothing =
                new Command(message, List.of(), List.of(), Set.of(), Set.of(), AnswerShape.DESCRIBED, false, List.of());
        return refused(nothing, kind, message, hint);
    }

    private record Decided(String outcome, String reason, String message, List<String> rules, long revision) {}

    private AuditEvent event(Command command, long number, Decided decided, String incident) {
        Masks shown = masks();
        long received = receivedNanos == 0 ? 0 : CommandRun.micros(System.nanoTime() - receivedNanos);
        return new AuditEvent.CommandDecided(
                all.clock.instant(),
                id,
                number,
                all.redactor.recorded(command, shown),
                all.redactor.parameters(command, shown),
                command.effects(),
                decided.outcome(),
                decided.reason(),
                decided.message(),
                decided.rules(),
                decided.revision(),
                incident,
                received);
    }

    /** Counts what an allowed command asks of masked columns, held or not; what is denied if that is too much. */
    private Optional<Decision.Deny> guess(Decision decision) {
        List<Guess> guesses = switch (decision) {
            case Decision.Allow allow -> allow.obligations().guesses();
            case Decision.Hold hold -> hold.obligations().guesses();
            case Decision.Deny deny -> List.of();
        };
        return guesses.isEmpty()
                ? Optional.empty()
                : usage.guesses()
                        .take(guesses, all.clock.instant())
                        .map(shortage -> tooManyGuesses(shortage, decision.revision()));
    }

    private static Decision.Deny tooManyGuesses(GuessBudget.Shortage shortage, long revision) {
        Guess guess = shortage.guess();
        String hint = shortage.pause()
                .map(pause -> "Try again in " + Math.ceilDiv(pause.toMillis(), 1000) + " s.")
                .orElse("Send its statements one by one.");
        return new Decision.Deny(
                Decision.Reason.LIMIT,
                "sallyport: the masked column " + guess.column() + " may be compared with a value " + guess.perMinute()
                        + " times a minute",
                hint,
                List.of(guess.rule()),
                revision);
    }

    private static Decision.Deny tooFast(int perSecond, long revision) {
        return new Decision.Deny(
                Decision.Reason.LIMIT,
                "sallyport: more than " + perSecond + " commands a second",
                "Send fewer, and try again in a second.",
                List.of(),
                revision);
    }
}
