package dev.sallyport.core.session;

import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.approval.CommandDigest;
import dev.sallyport.core.approval.Grant;
import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.approval.Resolution;
import dev.sallyport.core.approval.Withdrawal;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.Decision;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A command that waits for a person, seen from the protocol that holds it back. */
public final class HeldCommand {
    private final Session session;
    private final Approvals approvals;
    private final Command command;
    private final long sequence;
    private final Pending pending;
    private final CompletableFuture<Resolution> resolution;

    HeldCommand(
            Session session,
            Approvals approvals,
            Command command,
            long sequence,
            Pending pending,
            CompletableFuture<Resolution> resolution) {
        this.session = session;
        this.approvals = approvals;
        this.command = command;
        this.sequence = sequence;
        this.pending = pending;
        this.resolution = resolution;
    }

    /** The approval's id, as approvers type it. */
    public String approval() {
        return pending.id();
    }

    /** Whose members may approve it. */
    public Set<GroupName> approvers() {
        return pending.decision().terms().approvers();
    }

    /** How many of them have to. */
    public int count() {
        return pending.decision().terms().count();
    }

    public Instant expiresAt() {
        return pending.expiresAt();
    }

    /** Calls {@code then} once when it is resolved, on any thread, at once where it is already. */
    public void whenResolved(Runnable then) {
        resolution.thenRun(then);
    }

    /** The client no longer wants it, or cannot have it any more; where it is not resolved yet, it never runs. */
    public void withdraw(Withdrawal why) {
        approvals.withdraw(pending.id(), why);
    }

    /**
     * What became of it: {@link Verdict.Run} or {@link Verdict.Refuse}. Called once, on the session's thread, after it
     * was resolved; an approval is used up by it.
     */
    public Verdict verdict() {
        return switch (resolution.join()) {
            case Resolution.Approved(Grant grant, Decision.Hold decision) -> run(grant, decision);
            case Resolution.Allowed(Decision.Allow decision) -> session.run(command, decision);
            case Resolution.PolicyDenied(Decision.Deny decision) ->
                new Verdict.Refuse(session.denied(command, decision));
            case Resolution.Denied(String by, String comment) ->
                refuse(
                        Refusal.Kind.NOT_APPROVED,
                        "sallyport: the command was not approved" + (comment.isEmpty() ? "" : ": " + comment),
                        "Ask who decided, " + by + ", before you send it again.");
            case Resolution.Expired() ->
                refuse(
                        Refusal.Kind.APPROVAL_EXPIRED,
                        "sallyport: nobody approved the command in time",
                        "Send it again when an approver is there.");
            case Resolution.Withdrawn(Withdrawal why) -> withdrawn(why);
        };
    }

    private Verdict run(Grant grant, Decision.Hold decision) {
        var digest = CommandDigest.of(
                session.identity(), session.admission().target().name(), command);
        return switch (grant.use(digest, session.revision())) {
            case Grant.Use.Granted granted ->
                new Verdict.Run(session.granted(command, sequence, decision.obligations(), granted.evidence()));
            case Grant.Use.Refused refused ->
                refuse(
                        Refusal.Kind.NOT_APPROVED,
                        "sallyport: the approval is not good any more: " + refused.reason(),
                        "Send the command again.");
        };
    }

    private Verdict withdrawn(Withdrawal why) {
        return switch (why) {
            case STOPPING ->
                refuse(Refusal.Kind.STOPPING, "sallyport: the gateway is stopping", "Connect again in a moment.");
            case SESSION_ENDED ->
                refuse(Refusal.Kind.SESSION_ENDED, "sallyport: the session ended while the command was held", "");
            case CANCELLED, CLIENT_GONE ->
                refuse(Refusal.Kind.WITHDRAWN, "sallyport: canceling the held command on the client's request", "");
        };
    }

    private Verdict refuse(Refusal.Kind kind, String message, String hint) {
        return new Verdict.Refuse(session.refused(command, kind, message, hint));
    }
}
