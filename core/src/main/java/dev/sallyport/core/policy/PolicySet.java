package dev.sallyport.core.policy;

import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that one revision decides by.
 *
 * @param targets the targets by name
 * @param policies the policies, in no order that matters
 * @param hello whether what every driver does to say hello needs no rule ({@link HelloBaseline})
 * @param holdInTransaction how long a held command waits at most inside a transaction, where it keeps locks
 */
public record PolicySet(
        Map<TargetName, Target> targets, List<Policy> policies, boolean hello, Duration holdInTransaction) {
    /** Nobody may do anything. */
    public static final PolicySet NOTHING = new PolicySet(Map.of(), List.of(), true, Duration.ofMinutes(1));

    public PolicySet {
        targets = Map.copyOf(targets);
        policies = List.copyOf(policies);
        if (holdInTransaction.isNegative() || holdInTransaction.isZero()) {
            throw new IllegalArgumentException("holdInTransaction: " + holdInTransaction + " (expected: > 0)");
        }
    }

    /** A set with the baseline on and holds of at most a minute inside a transaction. */
    public static PolicySet of(List<Target> targets, List<Policy> policies) {
        Map<TargetName, Target> byName = new HashMap<>();
        for (Target target : targets) {
            if (byName.put(target.name(), target) != null) {
                throw new IllegalArgumentException("target: '" + target.name() + "' twice (expected: once)");
            }
        }
        return new PolicySet(byName, policies, true, Duration.ofMinutes(1));
    }
}
