package dev.sallyport.core.approval;

import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Decision.HoldTerms;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Says who may decide on a held command: a member of an approver group who has no part in asking for it. */
final class Eligibility {
    private Eligibility() {}

    /** Why {@code approver} may not, or empty where they may. */
    static Optional<String> objection(Identity requester, Identity approver, HoldTerms terms, Instant now) {
        if (!now.isBefore(approver.validUntil())) {
            return Optional.of("the approver's token has expired");
        }
        if (Collections.disjoint(approver.groups(), terms.approvers())) {
            return Optional.of("not in a group that may approve this");
        }
        if (isSamePerson(requester, approver)) {
            return Optional.of("nobody approves their own request");
        }
        if (shareActor(requester, approver)) {
            return Optional.of("nobody approves what they ask for through another, or another through them");
        }
        return Optional.empty();
    }

    static boolean isSamePerson(Identity one, Identity other) {
        return one.issuer().equals(other.issuer()) && one.subject().equals(other.subject());
    }

    /** Actors are known by their subject alone, so the same subject of another issuer counts as the same. */
    private static boolean shareActor(Identity one, Identity other) {
        return namesAmong(one.actors(), other)
                || namesAmong(other.actors(), one)
                || !Collections.disjoint(one.actors(), other.actors());
    }

    private static boolean namesAmong(List<String> actors, Identity identity) {
        return actors.contains(identity.subject()) || actors.contains(identity.principal());
    }
}
