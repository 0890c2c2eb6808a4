package dev.sallyport.core.policy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.MaskRules.ResultMask;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.target.TargetName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One policy: for whom, where, and what is allowed, approved, denied, masked and limited. Order plays no part, neither
 * of rules nor of policies.
 *
 * @param name its name; rules are called {@code name/allow[0]} after it
 * @param identities whom it is about
 * @param targets where it applies; empty for every target
 * @param allow what may run
 * @param approve what may run once somebody says so
 * @param deny what may not run whatever else says so
 * @param masks what is hidden in answers
 * @param limits what one identity may use up
 * @param hello false to have the hello baseline off for those this policy is about
 */
public record Policy(
        String name,
        IdentityMatch identities,
        Set<TargetName> targets,
        List<Allow> allow,
        List<Approve> approve,
        List<Deny> deny,
        List<Masking> masks,
        Limits limits,
        boolean hello) {
    public Policy {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: '' (expected: not empty)");
        }
        targets = Set.copyOf(targets);
        allow = List.copyOf(allow);
        approve = List.copyOf(approve);
        deny = List.copyOf(deny);
        masks = List.copyOf(masks);
    }

    boolean appliesTo(TargetName target) {
        return targets.isEmpty() || targets.contains(target);
    }

    /** Only a policy that lets something run admits anybody; one that merely denies, masks or limits does not. */
    boolean admits() {
        return !allow.isEmpty() || !approve.isEmpty();
    }

    /**
     * What a rule is about.
     *
     * @param actions the actions, named one by one; {@link Action#UNKNOWN} counts only where it is among them
     * @param objects the objects; empty for all
     * @param when a condition on the command, the identity and the target
     */
    public record Match(Set<Action> actions, List<ObjectPattern> objects, Optional<Condition> when) {
        public Match {
            actions = Set.copyOf(actions);
            objects = List.copyOf(objects);
            if (actions.isEmpty()) {
                throw new IllegalArgumentException("actions: [] (expected: at least one)");
            }
        }
    }

    /** What may run. */
    public record Allow(Match match) {}

    /**
     * What may run once somebody says so.
     *
     * @param approvers the groups whose members may approve
     * @param count how many of them have to
     * @param hold how long it waits
     * @param holdInTransaction how long inside a transaction, where that is less than the gateway's own bound
     */
    public record Approve(
            Match match, Set<GroupName> approvers, int count, Duration hold, Optional<Duration> holdInTransaction) {
        public Approve {
            approvers = Set.copyOf(approvers);
            if (approvers.isEmpty()) {
                throw new IllegalArgumentException("approvers: [] (expected: at least one group)");
            }
            if (count < 1) {
                throw new IllegalArgumentException("count: " + count + " (expected: > 0)");
            }
            if (hold.isNegative() || hold.isZero()) {
                throw new IllegalArgumentException("hold: " + hold + " (expected: > 0)");
            }
        }
    }

    /**
     * What may not run.
     *
     * @param message what the client is told; empty for a text made from the rule
     * @param hint what the client can do about it; empty for a text made from the rule
     */
    public record Deny(Match match, String message, String hint) {}

    /** What a masked column may decide. */
    public sealed interface Predicates {
        Predicates NONE = new None();
        Predicates ANY = new Any();

        /** Nothing. */
        record None() implements Predicates {}

        /**
         * Whether it equals one constant or parameter.
         *
         * @param perMinute how many statements of one identity may ask that in a minute
         */
        record Equality(int perMinute) implements Predicates {
            public Equality {
                if (perMinute < 1) {
                    throw new IllegalArgumentException("perMinute: " + perMinute + " (expected: > 0)");
                }
            }
        }

        /** Anything. */
        record Any() implements Predicates {}
    }

    /** What is hidden in answers. */
    public sealed interface Masking {
        /**
         * Columns of tables.
         *
         * @param column which, and what stands in their place
         * @param predicates whether the column may still decide which rows come, in what order or in which group
         * @param writeBack whether what looks like a masked value may be stored into the table
         */
        record OfColumn(ColumnMask column, Predicates predicates, boolean writeBack) implements Masking {
            /** Neither lets the column decide anything nor masked values be stored. */
            public OfColumn(ColumnMask column) {
                this(column, Predicates.NONE, false);
            }
        }

        /** Columns of an answer, by their name there. */
        record OfResult(ResultMask result) implements Masking {}

        /**
         * Leaves what the server keeps elsewhere as it is, which this policy's masks on columns would have redacted.
         *
         * @param copies what it is
         */
        record Opening(ServerCopies.Kind copies) implements Masking {}

        /** Whatever looks like this. */
        record OfValue(Detector detector, Mask with) implements Masking {}
    }
}
