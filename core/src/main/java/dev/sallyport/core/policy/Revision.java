package dev.sallyport.core.policy;

import java.util.ArrayList;
import java.util.List;

/** One numbered state of the policies, with its rules made ready. */
final class Revision {
    private final long number;
    private final PolicySet set;
    private final List<Compiled> policies;

    Revision(long number, PolicySet set) {
        this.number = number;
        this.set = set;
        this.policies = set.policies().stream().map(Compiled::of).toList();
    }

    long number() {
        return number;
    }

    PolicySet set() {
        return set;
    }

    List<Compiled> policies() {
        return policies;
    }

    /** A policy and its rules, index by index. */
    record Compiled(Policy policy, List<Rule> allow, List<Rule> approve, List<Rule> deny) {
        static Compiled of(Policy policy) {
            return new Compiled(
                    policy,
                    rules(
                            policy.name() + "/allow",
                            policy.allow().stream().map(Policy.Allow::match).toList()),
                    rules(
                            policy.name() + "/approve",
                            policy.approve().stream().map(Policy.Approve::match).toList()),
                    rules(
                            policy.name() + "/deny",
                            policy.deny().stream().map(Policy.Deny::match).toList()));
        }

        private static List<Rule> rules(String prefix, List<Policy.Match> matches) {
            List<Rule> rules = new ArrayList<>(matches.size());
            for (int i = 0; i < matches.size(); i++) {
                rules.add(new Rule(prefix + "[" + i + "]", matches.get(i)));
            }
            return List.copyOf(rules);
        }
    }
}
