package dev.sallyport.core.policy;

import static dev.sallyport.core.policy.Given.admitted;
import static dev.sallyport.core.policy.Given.command;
import static dev.sallyport.core.policy.Given.gate;
import static dev.sallyport.core.policy.Given.match;
import static dev.sallyport.core.policy.Given.outcome;
import static dev.sallyport.core.policy.Given.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Command;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.policy.Decision.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateDecisionTest {
    private final Gate gate = gate(
            policy("readers")
                    .allow("read", "table:public.orders", "table:public.customers")
                    .approve("update,delete", "table:public.*")
                    .deny("drop,truncate,alter,grant,admin")
                    .denyWhen("command.effects.exists(e, e.action == 'delete' && !e.filtered)"),
            policy("more")
                    .allow("read", "table:sales.*")
                    .allow("insert", "table:public.orders")
                    .allow("update", "table:public.orders")
                    .allow("unknown", "function:public.vouched")
                    .deny("read", "table:sales.margins"));
    private final Admission admission = admitted(gate);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            read table:public.orders                                | allow
            read table:public.orders; read table:public.customers   | allow
            read table:public.orders; read table:sales.leads        | allow
            read table:public.payments                              | deny NOT_ALLOWED
            read table:public.orders; read table:public.payments    | deny NOT_ALLOWED
            read table:Public.orders                                | deny NOT_ALLOWED
            insert table:public.orders                              | allow
            insert table:public.customers                           | deny NOT_ALLOWED
            update table:public.orders                              | hold
            update table:public.orders; read table:public.payments  | deny NOT_ALLOWED
            delete table:public.orders                              | hold
            delete! table:public.orders                             | deny RULE
            drop table:public.orders                                | deny RULE
            read table:public.orders; drop table:public.orders      | deny RULE
            truncate table:elsewhere.x                              | deny RULE
            read table:sales.margins                                | deny RULE
            unknown function:public.vouched                         | allow
            unknown function:public.other                           | deny UNKNOWN
            call function:public.vouched                            | deny NOT_ALLOWED
            read table:public.payments; unknown other:x             | deny UNKNOWN
            read value:                                             | allow
            """)
    void decides(String effects, String expected) {
        assertThat(outcome(gate.decide(admission, command(effects.split("; ")))))
                .isEqualTo(expected);
    }

    @Test
    void denies_a_command_without_effects() {
        assertThat(outcome(gate.decide(admission, command()))).isEqualTo("deny NOT_ALLOWED");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            read table:?.orders      | deny NOT_ALLOWED
            read table:sales.?       | deny RULE
            read table:sales.leads   | allow
            read table:?.margins     | deny RULE
            read table:?             | deny RULE
            update table:public.?    | hold
            update table:?.orders    | deny NOT_ALLOWED
            unknown function:?       | deny UNKNOWN
            unknown function:?.vouched | deny UNKNOWN
            """)
    void reads_an_undetermined_name_for_the_stricter_side(String effect, String expected) {
        assertThat(outcome(gate.decide(admission, command(effect)))).isEqualTo(expected);
    }

    @Test
    void holds_what_an_approve_rule_may_concern_even_where_a_wider_rule_allows_it() {
        Gate wide = gate(
                policy("wide").allow("update", "table:*"), policy("careful").approve("update", "table:hr.pay"));
        assertThat(outcome(wide.decide(admitted(wide), command("update table:?.pay"))))
                .isEqualTo("hold");
        assertThat(outcome(wide.decide(admitted(wide), command("update table:?.tax"))))
                .isEqualTo("allow");
    }

    @Test
    void says_the_same_whatever_the_order_of_policies_rules_and_effects() {
        List<Given.Draft> drafts = new ArrayList<>(List.of(
                policy("a").allow("read,update", "table:public.*"),
                policy("b").approve("update", "table:public.pay"),
                policy("c").deny("read", "table:public.secret")));
        List<String> held = new ArrayList<>(List.of("read table:public.x", "update table:public.pay"));
        List<String> denied = new ArrayList<>(List.of("read table:public.secret", "update table:public.pay"));
        for (int turn = 0; turn < 3; turn++) {
            Collections.rotate(drafts, 1);
            Collections.reverse(held);
            Collections.reverse(denied);
            Gate turned = gate(drafts.toArray(Given.Draft[]::new));
            assertThat(outcome(turned.decide(admitted(turned), command(held.toArray(String[]::new)))))
                    .isEqualTo("hold");
            assertThat(outcome(turned.decide(admitted(turned), command(denied.toArray(String[]::new)))))
                    .isEqualTo("deny RULE");
        }
    }

    @Test
    void names_the_rules_that_decided() {
        assertThat(gate.decide(admission, command("drop table:public.orders")))
                .isInstanceOfSatisfying(Decision.Deny.class, deny -> {
                    assertThat(deny.rules()).containsExactly("readers/deny[0]");
                    assertThat(deny.message()).isEqualTo("The policy denies: drop table:public.orders.");
                    assertThat(deny.revision()).isEqualTo(1);
                });
        assertThat(gate.decide(admission, command("delete! table:public.orders")))
                .isInstanceOfSatisfying(Decision.Deny.class, deny -> {
                    assertThat(deny.message()).isEqualTo("Not so.");
                    assertThat(deny.hint()).isEqualTo("Do it otherwise.");
                });
        assertThat(gate.decide(admission, command("read table:public.orders", "read table:sales.leads")))
                .isInstanceOfSatisfying(
                        Decision.Allow.class,
                        allow -> assertThat(allow.rules()).containsExactly("readers/allow[0]", "more/allow[0]"));
        assertThat(gate.decide(admission, command("update table:public.orders")))
                .isInstanceOfSatisfying(
                        Decision.Hold.class, hold -> assertThat(hold.rules()).containsExactly("readers/approve[0]"));
    }

    @Test
    void says_what_to_ask_for_where_nothing_allows_it() {
        assertThat(gate.decide(
                        admission, command("read table:public.payments", "insert table:a.b", "call function:a.f")))
                .isInstanceOfSatisfying(Decision.Deny.class, deny -> {
                    assertThat(deny.message())
                            .isEqualTo("No rule allows: read table:public.payments, nor 2 more effects.");
                    assertThat(deny.hint())
                            .isEqualTo("If this is needed, ask for a rule with action 'read' and object"
                                    + " 'table:public.payments'.");
                    assertThat(deny.rules()).isEmpty();
                });
    }

    @Test
    void shows_no_control_or_direction_marks_of_the_client() {
        assertThat(gate.decide(admission, command("read table:public.\u001b[31m\u202Ex\n")))
                .isInstanceOfSatisfying(
                        Decision.Deny.class,
                        deny -> assertThat(deny.message() + deny.hint())
                                .doesNotContain("\u001b", "\u202E", "\n")
                                .contains("[31m"));
    }

    @Test
    void combines_the_terms_of_several_approve_rules_to_the_strictest() {
        Gate both = gate(
                policy("a").approve(match("update", "table:a.*"), 1, Duration.ofMinutes(10), "okta:x", "okta:y"),
                policy("b").approve(match("delete", "table:b.*"), 2, Duration.ofSeconds(30), "okta:y", "okta:z"));
        assertThat(both.decide(admitted(both), command("update table:a.t", "delete table:b.t")))
                .isInstanceOfSatisfying(Decision.Hold.class, hold -> {
                    assertThat(hold.terms().approvers()).isEqualTo(Set.of(GroupName.parse("okta:y")));
                    assertThat(hold.terms().count()).isEqualTo(2);
                    assertThat(hold.terms().hold()).isEqualTo(Duration.ofSeconds(30));
                    assertThat(hold.terms().holdInTransaction()).isEqualTo(Duration.ofSeconds(30));
                    assertThat(hold.rules()).containsExactly("a/approve[0]", "b/approve[0]");
                });
    }

    @Test
    void denies_where_no_group_may_approve_all_of_it() {
        Gate split = gate(
                policy("a").approve(match("update", "table:a.*"), 1, Duration.ofMinutes(10), "okta:x"),
                policy("b").approve(match("delete", "table:b.*"), 1, Duration.ofMinutes(10), "okta:z"));
        assertThat(split.decide(admitted(split), command("update table:a.t", "delete table:b.t")))
                .isInstanceOfSatisfying(Decision.Deny.class, deny -> {
                    assertThat(deny.reason()).isEqualTo(Reason.RULE);
                    assertThat(deny.rules()).containsExactly("a/approve[0]", "b/approve[0]");
                });
    }

    @Test
    void a_hold_is_shorter_inside_a_transaction() {
        assertThat(gate.decide(admission, command("delete table:public.orders")))
                .isInstanceOfSatisfying(Decision.Hold.class, hold -> {
                    assertThat(hold.terms().hold()).isEqualTo(Duration.ofMinutes(10));
                    assertThat(hold.terms().holdInTransaction()).isEqualTo(Duration.ofMinutes(1));
                });
    }

    @Test
    void a_failure_of_its_own_is_a_denial() {
        Command command = command("read table:public.orders");
        assertThat(outcome(gate.decide(null, command))).isEqualTo("deny FAILURE");
        assertThat(outcome(gate.decide(admission, null))).isEqualTo("deny FAILURE");
    }
}
