package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.policy.Condition;
import dev.sallyport.core.policy.IdentityMatch;
import dev.sallyport.core.policy.InvalidConditionException;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.ObjectPattern;
import dev.sallyport.core.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Builds one policy for one group of the test issuer. */
final class Policies {
    /** Group {@code all} may do everything, and sees everything. */
    static final Policy ALL = forGroup("all").allow(EnumSet.allOf(Action.class)).build();

    private final String group;
    private final List<Policy.Allow> allow = new ArrayList<>();
    private final List<Policy.Approve> approve = new ArrayList<>();
    private final List<Policy.Deny> deny = new ArrayList<>();
    private final List<Policy.Masking> masks = new ArrayList<>();
    private Limits limits = Limits.NONE;

    private Policies(String group) {
        this.group = group;
    }

    static Policies forGroup(String group) {
        return new Policies(group);
    }

    Policies allow(Set<Action> actions, String... objects) {
        allow.add(new Policy.Allow(match(actions, objects)));
        return this;
    }

    Policies approve(Set<Action> actions, String approvers, Duration hold, String... objects) {
        approve.add(new Policy.Approve(
                match(actions, objects), Set.of(GroupName.parse("okta:" + approvers)), 1, hold, Optional.empty()));
        return this;
    }

    Policies deny(Set<Action> actions, String message, String... objects) {
        deny.add(new Policy.Deny(match(actions, objects), message, ""));
        return this;
    }

    /** Denies where a condition on the command holds. */
    Policies denyWhen(Set<Action> actions, String condition, String message) {
        try {
            Condition when = Condition.parse(condition, Condition.Scope.COMMAND);
            deny.add(new Policy.Deny(new Policy.Match(actions, List.of(), Optional.of(when)), message, ""));
        } catch (InvalidConditionException e) {
            throw new IllegalArgumentException(condition, e);
        }
        return this;
    }

    Policies mask(String schema, String table, String column, Mask with) {
        masks.add(new Policy.Masking.OfColumn(new ColumnMask(schema, table, column, with)));
        return this;
    }

    Policies mask(Policy.Masking masking) {
        masks.add(masking);
        return this;
    }

    Policies mask(Detector detector, Mask with) {
        masks.add(new Policy.Masking.OfValue(detector, with));
        return this;
    }

    /** Leaves as it is what masks on columns would have redacted elsewhere. */
    Policies open(ServerCopies.Kind... kinds) {
        for (ServerCopies.Kind kind : kinds) {
            masks.add(new Policy.Masking.Opening(kind));
        }
        return this;
    }

    Policies limits(Limits of) {
        limits = of;
        return this;
    }

    Policy build() {
        return new Policy(
                group,
                IdentityMatch.group("okta:" + group),
                Set.of(TestGateway.SHOP),
                allow,
                approve,
                deny,
                masks,
                limits,
                true);
    }

    private static Policy.Match match(Set<Action> actions, String... objects) {
        List<ObjectPattern> patterns =
                List.of(objects).stream().map(ObjectPattern::parse).toList();
        return new Policy.Match(actions, patterns, Optional.empty());
    }
}
