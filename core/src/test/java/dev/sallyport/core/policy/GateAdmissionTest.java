package dev.sallyport.core.policy;

import static dev.sallyport.core.policy.Given.BOT;
import static dev.sallyport.core.policy.Given.ORDERS;
import static dev.sallyport.core.policy.Given.admitted;
import static dev.sallyport.core.policy.Given.command;
import static dev.sallyport.core.policy.Given.gate;
import static dev.sallyport.core.policy.Given.outcome;
import static dev.sallyport.core.policy.Given.policy;
import static dev.sallyport.core.policy.Given.set;
import static dev.sallyport.core.policy.Given.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.TestIdentities;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GateAdmissionTest {

    @Test
    void admits_whom_a_policy_lets_do_something() {
        Gate gate = gate(policy("p").allow("read", "table:a.b"));
        assertThat(admitted(gate).identity()).isSameAs(BOT);
        assertThat(admitted(gate).target().host()).isEqualTo("db1");
    }

    @Test
    void refuses_an_unknown_target_and_a_stranger() {
        Gate gate = gate(policy("p").allow("read"));
        assertThat(gate.admit(BOT, new TargetName("other")))
                .isEqualTo(new AdmissionResult.Refused("there is no target 'other'"));
        assertThat(gate.admit(TestIdentities.okta("stranger"), ORDERS))
                .isEqualTo(new AdmissionResult.Refused("no policy admits okta:stranger to orders"));
    }

    @Test
    void a_policy_that_only_denies_masks_or_limits_admits_nobody() {
        Gate gate = gate(policy("guard").deny("drop").limits(new Limits(1, 1, 1, 1)));
        assertThat(gate.admit(BOT, ORDERS)).isInstanceOf(AdmissionResult.Refused.class);
    }

    @Test
    void a_group_of_the_same_name_from_another_issuer_is_another_group() {
        Gate gate = gate(policy("p").of(IdentityMatch.group("keycloak:support")).allow("read"));
        assertThat(gate.admit(BOT, ORDERS)).isInstanceOf(AdmissionResult.Refused.class);
    }

    @Test
    void each_part_that_is_given_must_hold_and_one_entry_of_it_is_enough() {
        Set<GroupName> groups = Set.of(GroupName.parse("okta:other"), GroupName.parse("okta:support"));
        IdentityMatch right = new IdentityMatch(groups, Set.of("okta:bot"), Set.of("okta:cli"), Optional.empty());
        IdentityMatch wrong = new IdentityMatch(groups, Set.of("okta:bot"), Set.of("okta:web"), Optional.empty());
        Gate admits = gate(policy("p").of(right).allow("read"));
        Gate refuses = gate(policy("p").of(wrong).allow("read"));
        assertThat(admits.admit(BOT, ORDERS)).isInstanceOf(AdmissionResult.Admitted.class);
        assertThat(refuses.admit(BOT, ORDERS)).isInstanceOf(AdmissionResult.Refused.class);
    }

    @Test
    void a_policy_counts_only_on_its_targets() {
        Gate gate = gate(
                policy("p").on("orders").allow("read"),
                policy("q").on("elsewhere").allow("insert"));
        assertThat(outcome(gate.decide(admitted(gate), command("insert table:a.b"))))
                .isEqualTo("deny NOT_ALLOWED");
    }

    @Test
    void a_new_revision_decides_from_then_on() {
        Gate gate = gate(policy("p").allow("read"));
        Admission admission = admitted(gate);
        assertThat(gate.replace(set(policy("p").allow("insert")))).isEqualTo(2);
        Decision decision = gate.decide(admission, command("read table:a.b"));
        assertThat(outcome(decision)).isEqualTo("deny NOT_ALLOWED");
        assertThat(decision.revision()).isEqualTo(2);
        assertThat(gate.stillAdmitted(admission)).isTrue();
    }

    @Test
    void a_session_whose_identity_is_no_longer_admitted_runs_nothing() {
        Gate gate = gate(policy("p").allow("read"));
        Admission admission = admitted(gate);
        gate.replace(set(policy("p").of(IdentityMatch.group("okta:others")).allow("read")));
        assertThat(gate.stillAdmitted(admission)).isFalse();
        assertThat(outcome(gate.decide(admission, command("read table:a.b")))).isEqualTo("deny ADMISSION");
        gate.replace(set(policy("p").allow("read")));
        assertThat(gate.stillAdmitted(admission)).isTrue();
    }

    @Test
    void a_session_ends_when_its_target_is_gone_or_is_another_resource() {
        Gate gate = gate(policy("p").allow("read"));
        Admission admission = admitted(gate);
        List<Policy> policies = set(policy("p").allow("read")).policies();
        gate.replace(PolicySet.of(List.of(target("orders", "db2")), policies));
        assertThat(gate.stillAdmitted(admission)).isFalse();
        assertThat(gate.target(ORDERS)).get().extracting(Target::host).isEqualTo("db2");
        gate.replace(PolicySet.of(List.of(), policies));
        assertThat(gate.stillAdmitted(admission)).isFalse();
        assertThat(gate.target(ORDERS)).isEmpty();
    }

    @Test
    void tells_its_listeners_of_each_revision_until_they_close() {
        Gate gate = gate(policy("p").allow("read"));
        List<Long> told = new ArrayList<>();
        Gate.Subscription broken = gate.onChange(number -> {
            throw new IllegalStateException("listener");
        });
        Gate.Subscription subscription = gate.onChange(told::add);
        gate.replace(PolicySet.NOTHING);
        subscription.close();
        broken.close();
        gate.replace(PolicySet.NOTHING);
        assertThat(told).containsExactly(2L);
        assertThat(gate.revision()).isEqualTo(3);
    }

    @Test
    void limits_take_the_smallest_of_each() {
        Gate gate = gate(
                policy("a").allow("read").limits(new Limits(10, 500, 7, 3)),
                policy("b").limits(new Limits(20, 400, 8, 2)),
                policy("c").of(IdentityMatch.group("okta:others")).limits(new Limits(1, 1, 1, 1)));
        assertThat(gate.limits(admitted(gate))).isEqualTo(new Limits(10, 400, 7, 2));
    }

    @Test
    void explains_which_rules_had_a_part_in_it() {
        Gate gate = gate(
                policy("a").allow("read", "table:x.*").deny("read", "table:x.secret"),
                policy("b").approve("read", "table:x.y"));
        Explanation explanation =
                gate.explain(admitted(gate), command("read table:x.y", "read table:x.secret", "read value:"));
        assertThat(explanation.policies()).containsExactly("a", "b");
        assertThat(outcome(explanation.decision())).isEqualTo("deny RULE");
        assertThat(explanation.effects())
                .map(Explanation.OfEffect::holding)
                .containsExactly(List.of("b/approve[0]"), List.of(), List.of());
        assertThat(explanation.effects())
                .map(Explanation.OfEffect::denying)
                .containsExactly(List.of(), List.of("a/deny[0]"), List.of());
        assertThat(explanation.effects())
                .map(Explanation.OfEffect::allowing)
                .containsExactly(List.of("a/allow[0]"), List.of("a/allow[0]"), List.of());
        assertThat(explanation.effects()).map(Explanation.OfEffect::hello).containsExactly(false, false, true);
    }
}
