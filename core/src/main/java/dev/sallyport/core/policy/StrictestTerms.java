package dev.sallyport.core.policy;

import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.Decision.HoldTerms;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One set of terms that satisfies every approve rule that a command came under: only groups that each of them accepts,
 * the highest count, the shortest wait. To join the groups instead would let the most lenient rule speak for the others.
 */
final class StrictestTerms {
    private StrictestTerms() {}

    /** Empty where no group is accepted by all. */
    static Optional<HoldTerms> of(List<Policy.Approve> rules, Duration holdInTransaction) {
        Policy.Approve first = rules.getFirst();
        Set<GroupName> approvers = new HashSet<>(first.approvers());
        int count = first.count();
        Duration hold = first.hold();
        Duration inTransaction = holdInTransaction;
        for (Policy.Approve rule : rules) {
            approvers.retainAll(rule.approvers());
            count = Math.max(count, rule.count());
            hold = shorter(hold, rule.hold());
            inTransaction = shorter(inTransaction, rule.holdInTransaction().orElse(rule.hold()));
        }
        return approvers.isEmpty()
                ? Optional.empty()
                : Optional.of(new HoldTerms(approvers, count, hold, shorter(hold, inTransaction)));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
