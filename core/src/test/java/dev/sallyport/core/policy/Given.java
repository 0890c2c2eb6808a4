package dev.sallyport.core.policy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.identity.TestIdentities;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.policy.Policy.Masking;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.core.target.TlsMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Words for tests of policies: {@code "read table:public.orders"} is an effect, {@code "delete! …"} an unfiltered one. */
final class Given {
    static final Identity BOT = TestIdentities.okta("bot", "support");
    static final TargetName ORDERS = new TargetName("orders");

    private Given() {}

    static Target target(String name, String host) {
        return new Target(
                new TargetName(name),
                "postgres",
                host,
                5432,
                name,
                TlsMode.VERIFY_FULL,
                Optional.empty(),
                new Target.Credential("app", Optional.empty(), Optional.empty()),
                10,
                Duration.ofSeconds(5),
                Set.of());
    }

    static Effect effect(String text) {
        int space = text.indexOf(' ');
        int colon = text.indexOf(':');
        boolean unfiltered = text.charAt(space - 1) == '!';
        String action = text.substring(0, unfiltered ? space - 1 : space);
        return new Effect(
                Action.valueOf(action.toUpperCase(Locale.ROOT)),
                new ObjectRef(text.substring(space + 1, colon), text.substring(colon + 1)),
                !unfiltered,
                "");
    }

    static Command command(String... effects) {
        List<Effect> all = Arrays.stream(effects).map(Given::effect).toList();
        Set<String> tables = new TreeSet<>();
        all.stream()
                .filter(effect -> effect.object().kind().equals("table"))
                .forEach(effect -> tables.add(effect.object().name()));
        return command(all, tables, Set.of(), AnswerShape.DESCRIBED);
    }

    static Command command(List<Effect> effects, Set<String> tables, Set<ColumnUse> columns, AnswerShape answer) {
        return new Command("text", List.of(), effects, tables, columns, answer, false, List.of());
    }

    static Policy.Match match(String actions, String... objects) {
        return matchWhen(null, actions, objects);
    }

    static Policy.Match matchWhen(String when, String actions, String... objects) {
        Set<Action> named = EnumSet.noneOf(Action.class);
        for (String action : actions.split(",")) {
            if (action.equals("*")) {
                named.addAll(EnumSet.allOf(Action.class));
            } else {
                named.add(Action.valueOf(action.toUpperCase(Locale.ROOT)));
            }
        }
        return new Policy.Match(
                named,
                Arrays.stream(objects).map(ObjectPattern::parse).toList(),
                Optional.ofNullable(when).map(text -> condition(text, Condition.Scope.COMMAND)));
    }

    static Condition condition(String text, Condition.Scope scope) {
        try {
            return Condition.parse(text, scope);
        } catch (InvalidConditionException e) {
            throw new AssertionError(e);
        }
    }

    static Draft policy(String name) {
        return new Draft(name);
    }

    static Gate gate(Draft... drafts) {
        return new Gate(set(drafts));
    }

    static PolicySet set(Draft... drafts) {
        return PolicySet.of(
                List.of(target("orders", "db1")),
                Arrays.stream(drafts).map(Draft::build).toList());
    }

    static Admission admitted(Gate gate) {
        return switch (gate.admit(BOT, ORDERS)) {
            case AdmissionResult.Admitted(Admission admission) -> admission;
            case AdmissionResult.Refused(String reason) -> throw new AssertionError(reason);
        };
    }

    /** A policy in the making, for the group {@code okta:support} on every target. */
    static final class Draft {
        private final String name;
        private IdentityMatch identities = IdentityMatch.group("okta:support");
        private final Set<TargetName> targets = new HashSet<>();
        private final List<Policy.Allow> allow = new ArrayList<>();
        private final List<Policy.Approve> approve = new ArrayList<>();
        private final List<Policy.Deny> deny = new ArrayList<>();
        private final List<Masking> masks = new ArrayList<>();
        private Limits limits = Limits.NONE;
        private boolean hello = true;

        private Draft(String name) {
            this.name = name;
        }

        Draft of(IdentityMatch match) {
            identities = match;
            return this;
        }

        Draft when(String condition) {
            return of(new IdentityMatch(
                    Set.of(), Set.of(), Set.of(), Optional.of(condition(condition, Condition.Scope.IDENTITY))));
        }

        Draft on(String target) {
            targets.add(new TargetName(target));
            return this;
        }

        Draft allow(String actions, String... objects) {
            allow.add(new Policy.Allow(match(actions, objects)));
            return this;
        }

        Draft allowWhen(String when, String actions, String... objects) {
            allow.add(new Policy.Allow(matchWhen(when, actions, objects)));
            return this;
        }

        Draft approve(String actions, String... objects) {
            return approve(match(actions, objects), 1, Duration.ofMinutes(10), "okta:oncall");
        }

        Draft approve(Policy.Match match, int count, Duration hold, String... groups) {
            Set<GroupName> approvers = new HashSet<>();
            Arrays.stream(groups).map(GroupName::parse).forEach(approvers::add);
            approve.add(new Policy.Approve(match, approvers, count, hold, Optional.empty()));
            return this;
        }

        Draft deny(String actions, String... objects) {
            deny.add(new Policy.Deny(match(actions, objects), "", ""));
            return this;
        }

        Draft denyWhen(String when) {
            deny.add(new Policy.Deny(matchWhen(when, "*"), "Not so.", "Do it otherwise."));
            return this;
        }

        Draft mask(String schema, String table, String column, Mask with) {
            masks.add(new Masking.OfColumn(new ColumnMask(schema, table, column, with)));
            return this;
        }

        Draft mask(Masking masking) {
            masks.add(masking);
            return this;
        }

        Draft limits(Limits smaller) {
            limits = smaller;
            return this;
        }

        Draft noHello() {
            hello = false;
            return this;
        }

        Policy build() {
            return new Policy(name, identities, targets, allow, approve, deny, masks, limits, hello);
        }
    }

    static Map<String, String> shown(Decision decision) {
        return switch (decision) {
            case Decision.Allow allow -> Map.of("outcome", "allow", "rules", String.join(" ", allow.rules()));
            case Decision.Hold hold -> Map.of("outcome", "hold", "rules", String.join(" ", hold.rules()));
            case Decision.Deny deny ->
                Map.of("outcome", "deny " + deny.reason(), "rules", String.join(" ", deny.rules()));
        };
    }

    static String outcome(Decision decision) {
        return shown(decision).get("outcome");
    }
}
