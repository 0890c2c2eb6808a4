package dev.sallyport.core.approval;

import dev.sallyport.core.policy.Decision;
import java.time.Instant;
import java.util.List;

/**
 * A held command at one moment.
 *
 * @param id what approvers call it by
 * @param digest what an approval of it is bound to
 * @param decision the terms it is held on now, which a newer policy may have changed since it was asked for
 * @param expiresAt when it ends without an approval
 * @param votes who approved so far
 */
public record Pending(
        String id,
        Request request,
        Digest digest,
        Decision.Hold decision,
        Instant requestedAt,
        Instant expiresAt,
        List<Vote> votes) {
    public Pending {
        votes = List.copyOf(votes);
    }

    /** How many approvals are missing. */
    public int remaining() {
        return Math.max(0, decision.terms().count() - votes.size());
    }

    /**
     * One person's approval.
     *
     * @param principal {@code issuer:subject}
     * @param comment what they had to say, empty where nothing
     */
    public record Vote(String principal, String comment, Instant at) {}
}
