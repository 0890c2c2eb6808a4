package dev.sallyport.core.policy;

import static dev.sallyport.core.policy.Given.BOT;
import static dev.sallyport.core.policy.Given.admitted;
import static dev.sallyport.core.policy.Given.command;
import static dev.sallyport.core.policy.Given.condition;
import static dev.sallyport.core.policy.Given.effect;
import static dev.sallyport.core.policy.Given.gate;
import static dev.sallyport.core.policy.Given.matchWhen;
import static dev.sallyport.core.policy.Given.outcome;
import static dev.sallyport.core.policy.Given.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.policy.Condition.Outcome;
import dev.sallyport.core.policy.Condition.Scope;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {
    private static final String FAILS = "identity.claims.absent == 'x'";

    private final ConditionFacts facts = ConditionFacts.of(BOT)
            .at(Given.target("orders", "db1"))
            .about(command(
                    List.of(effect("read table:public.orders"), effect("delete! table:public.customers")),
                    Set.of("public.orders", "public.customers"),
                    Set.of(new ColumnUse("public.customers", "id", ColumnUse.Role.PREDICATE)),
                    AnswerShape.DESCRIBED));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            identity.issuer == 'okta' && identity.subject == 'bot'              | TRUE
            identity.principal == 'okta:bot'                                    | TRUE
            identity.client == 'cli'                                            | TRUE
            'okta:support' in identity.groups                                   | TRUE
            'support' in identity.groups                                        | FALSE
            identity.actors.size() == 0                                         | TRUE
            identity.claims.sub == 'bot'                                        | TRUE
            has(identity.claims.nothing)                                        | FALSE
            identity.claims.nothing == 'x'                                      | ERROR
            identity.claims.sub                                                 | ERROR
            target.name == 'orders' && target.protocol == 'postgres'            | TRUE
            command.effects.exists(e, e.action == 'delete' && !e.filtered)      | TRUE
            command.effects.all(e, e.object.startsWith('table:public.'))        | TRUE
            command.effects.filter(e, e.kind == 'table' && e.name == 'x').size() > 0 | FALSE
            'public.orders' in command.tables                                   | TRUE
            command.columns.exists(c, c.column == 'id' && c.use == 'predicate')  | TRUE
            command.columns.exists(c, c.use == 'written')                       | FALSE
            command.text.matches('^t.xt$')                                      | TRUE
            command.inTransaction && command.parameterCount > 0                 | FALSE
            command.text.size() / (command.parameterCount) == 0                 | ERROR
            """)
    void evaluates(String text, Outcome expected) {
        assertThat(condition(text, Scope.COMMAND).evaluate(facts)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            command.efects.size() > 0                                | 1 | 8  | undefined field 'efects'
            command.effects.exists(e, e.actoin == 'x')               | 1 | 28 | undefined field 'actoin'
            identity.subject                                         | 1 | 9  | expected type 'bool' but found 'string'
            user == 'x'                                              | 1 | 1  | undeclared reference to 'user'
            identity.subject ==                                      | 1 | 20 | mismatched input
            command.parameterCount == 'x'                            | 1 | 24 | found no matching overload
            """)
    void is_type_checked_when_it_is_read(String text, int line, int column, String message) {
        assertThatThrownBy(() -> Condition.parse(text, Scope.COMMAND))
                .isInstanceOfSatisfying(InvalidConditionException.class, e -> {
                    assertThat(e).hasMessageContaining(message);
                    assertThat(List.of(e.line(), e.column())).containsExactly(line, column);
                });
    }

    @Test
    void a_condition_on_identities_cannot_name_the_command() {
        assertThatThrownBy(() -> Condition.parse("command.text == 'x'", Scope.IDENTITY))
                .hasMessageContaining("undeclared reference to 'command'");
    }

    @Test
    void what_it_may_cost_is_bounded() {
        assertThatThrownBy(() -> Condition.parse("true" + " || true".repeat(1000), Scope.COMMAND))
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> Condition.parse("(".repeat(500) + "true" + ")".repeat(500), Scope.COMMAND))
                .isInstanceOf(InvalidConditionException.class);
        String[] effects = new String[200];
        Arrays.fill(effects, "read table:public.orders");
        Condition cubic = condition(
                "command.effects.all(a, command.effects.all(b, command.effects.all(c, a.name == b.name || c.filtered)))",
                Scope.COMMAND);
        assertThat(cubic.evaluate(facts.about(command(effects)))).isEqualTo(Outcome.ERROR);
        Command long_ = new Command(
                "x".repeat(100_000), List.of(), List.of(), Set.of(), Set.of(), AnswerShape.DESCRIBED, false, List.of());
        assertThat(condition("command.text.contains('y')", Scope.COMMAND).evaluate(facts.about(long_)))
                .isEqualTo(Outcome.ERROR);
    }

    @Test
    void a_failure_makes_a_deny_rule_match_and_an_allow_rule_not() {
        Gate denying = gate(policy("p").allow("read").denyWhen(FAILS));
        assertThat(outcome(denying.decide(admitted(denying), command("read table:a.b"))))
                .isEqualTo("deny RULE");
        Gate allowing = gate(policy("p").allow("insert").allowWhen(FAILS, "read"));
        assertThat(outcome(allowing.decide(admitted(allowing), command("read table:a.b"))))
                .isEqualTo("deny NOT_ALLOWED");
    }

    @Test
    void a_failure_makes_an_approve_rule_hold_but_not_cover() {
        Policy.Match match = matchWhen(FAILS, "read", "table:a.b");
        Gate alone = gate(policy("p").approve(match, 1, Duration.ofMinutes(1), "okta:x"));
        assertThat(outcome(alone.decide(admitted(alone), command("read table:a.b"))))
                .isEqualTo("deny NOT_ALLOWED");
        Gate beside = gate(policy("p").allow("read").approve(match, 1, Duration.ofMinutes(1), "okta:x"));
        assertThat(outcome(beside.decide(admitted(beside), command("read table:a.b"))))
                .isEqualTo("hold");
        assertThat(outcome(beside.decide(admitted(beside), command("read table:a.c"))))
                .isEqualTo("allow");
    }

    @Test
    void a_failure_on_the_identity_keeps_what_denies_and_drops_what_allows() {
        Gate unsure = gate(
                policy("sure").allow("read,insert"),
                policy("unsure").when(FAILS).allow("update").deny("insert").limits(new Limits(5, 5, 5, 5)));
        Admission admission = admitted(unsure);
        assertThat(outcome(unsure.decide(admission, command("read table:a.b")))).isEqualTo("allow");
        assertThat(outcome(unsure.decide(admission, command("insert table:a.b"))))
                .isEqualTo("deny RULE");
        assertThat(outcome(unsure.decide(admission, command("update table:a.b"))))
                .isEqualTo("deny NOT_ALLOWED");
        assertThat(unsure.limits(admission).rows()).isEqualTo(5);
    }
}
