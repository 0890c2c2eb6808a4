package dev.sallyport.core.policy;

import static dev.sallyport.core.policy.Given.admitted;
import static dev.sallyport.core.policy.Given.command;
import static dev.sallyport.core.policy.Given.gate;
import static dev.sallyport.core.policy.Given.outcome;
import static dev.sallyport.core.policy.Given.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.Command;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelloBaselineTest {
    private final Gate gate = gate(policy("p").allow("read", "table:public.orders"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session transaction:",
                "session prepared:s1",
                "session cursor:c",
                "session channel:*",
                "session table:pg_temp.*",
                "session setting:application_name",
                "session setting:datestyle",
                "session setting:all",
                "session function:pg_catalog.pg_advisory_unlock_all",
                "read setting:server_version",
                "read setting:timezone",
                "read value:",
                "call pure-function:pg_catalog.lower",
                "call pure-function:public.tidy",
                "call pure-function:information_schema._pg_expandarray",
                "read table:pg_catalog.pg_type",
                "read table:information_schema.tables",
            })
    void needs_no_rule(String effect) {
        assertThat(outcome(gate.decide(admitted(gate), command(effect)))).isEqualTo("allow");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session setting:search_path",
                "session setting:session_replication_role",
                "session setting:row_security",
                "session setting:?",
                "session table:public.orders",
                "session function:public.pg_advisory_unlock_all",
                "admin function:pg_catalog.pg_advisory_lock",
                "read setting:data_directory",
                "read setting:all",
                "read setting:?",
                "admin role:postgres",
                "call function:pg_catalog.pg_sleep",
                "call function:public.tidy",
                "call pure-function:?",
                "call pure-function:?.tidy",
                "unknown value:",
                "consume channel:jobs",
                "publish channel:jobs",
                "insert table:pg_catalog.pg_type",
                "read table:pg_catalog.pg_authid",
                "read table:pg_catalog.pg_stats",
                "read table:pg_catalog.pg_settings",
                "read table:pg_catalog.pg_stat_activity",
                "read table:pg_catalog.pg_attrdef",
                "read table:?.pg_type",
                "read table:public.pg_type",
            })
    void needs_a_rule(String effect) {
        assertThat(outcome(gate.decide(admitted(gate), command(effect)))).startsWith("deny");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pg_catalog.pg_proc      | proname       | allow
            pg_catalog.pg_proc      | prosrc        | deny NOT_ALLOWED
            pg_catalog.pg_proc      | *             | deny NOT_ALLOWED
            ?                       | proname       | allow
            ?                       | prosrc        | deny NOT_ALLOWED
            ?                       | *             | deny NOT_ALLOWED
            pg_catalog.pg_attribute | attmissingval | allow
            """)
    void holds_back_columns_that_carry_more_than_names(String table, String column, String expected) {
        Command command = Given.command(
                List.of(Given.effect("read table:pg_catalog.pg_proc")),
                Set.of("pg_catalog.pg_proc"),
                Set.of(new ColumnUse(table, column, ColumnUse.Role.OUTPUT)),
                AnswerShape.DESCRIBED);
        assertThat(outcome(gate.decide(admitted(gate), command))).isEqualTo(expected);
    }

    @Test
    void reads_all_of_the_types_as_drivers_do_when_they_connect() {
        Command command = Given.command(
                List.of(Given.effect("read table:pg_catalog.pg_type")),
                Set.of("pg_catalog.pg_type"),
                Set.of(new ColumnUse("pg_catalog.pg_type", "*", ColumnUse.Role.OUTPUT)),
                AnswerShape.DESCRIBED);
        assertThat(outcome(gate.decide(admitted(gate), command))).isEqualTo("allow");
    }

    @Test
    void is_denied_and_held_by_rules_like_anything_else() {
        Gate strict = gate(policy("p").allow("insert").deny("call").approve("read", "value:"));
        assertThat(outcome(strict.decide(admitted(strict), command("call pure-function:pg_catalog.lower"))))
                .isEqualTo("deny RULE");
        assertThat(outcome(strict.decide(admitted(strict), command("read value:"))))
                .isEqualTo("hold");
    }

    @Test
    void can_be_switched_off_for_all_and_by_a_policy() {
        Gate byPolicy = gate(policy("p").allow("read", "table:a.b"), policy("q").noHello());
        assertThat(outcome(byPolicy.decide(admitted(byPolicy), command("session transaction:"))))
                .isEqualTo("deny NOT_ALLOWED");
        PolicySet on = Given.set(policy("p").allow("read", "table:a.b"));
        Gate byGateway = new Gate(new PolicySet(on.targets(), on.policies(), false, on.holdInTransaction()));
        assertThat(outcome(byGateway.decide(admitted(byGateway), command("read value:"))))
                .isEqualTo("deny NOT_ALLOWED");
    }
}
