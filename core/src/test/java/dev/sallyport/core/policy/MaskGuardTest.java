package dev.sallyport.core.policy;

import static dev.sallyport.core.policy.Given.admitted;
import static dev.sallyport.core.policy.Given.gate;
import static dev.sallyport.core.policy.Given.outcome;
import static dev.sallyport.core.policy.Given.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse;
import dev.sallyport.core.command.ColumnUse.Extent;
import dev.sallyport.core.command.ColumnUse.Role;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.command.Parameter;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.MaskRules.ResultMask;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.policy.Policy.Masking;
import dev.sallyport.core.policy.Policy.Predicates;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskGuardTest {
    private static final Mask REDACT = new Mask.Redact();

    private final Gate gate = gate(policy("p")
            .allow("read,insert")
            .mask("public", "customers", "ssn", REDACT)
            .mask("hr", "*", "*", REDACT));
    private final Admission admission = admitted(gate);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public.customers | public.customers          | ssn  | output    | allow
            public.customers | public.customers          | ssn  | predicate | deny MASK
            public.customers | public.customers          | name | predicate | allow
            public.customers | public.customers          | *    | predicate | deny MASK
            public.customers | public.customers          | ssn  | stored    | deny MASK
            public.customers | public.customers          | *    | stored    | deny MASK
            public.customers | public.customers          | name | stored    | allow
            public.customers | ?                         | ssn  | predicate | deny MASK
            public.customers | ?                         | name | predicate | allow
            public.orders    | ?                         | ssn  | predicate | allow
            public.orders    | ?                         | *    | predicate | allow
            public.orders    | public.orders             | ssn  | predicate | allow
            ?.customers      | ?.customers               | ssn  | predicate | deny MASK
            ?.orders         | ?.orders                  | ssn  | predicate | deny MASK
            sales.orders     | sales.orders              | ssn  | predicate | allow
            hr.pay           | hr.pay                    | any  | predicate | deny MASK
            public.Customers | public.Customers          | SSN  | predicate | deny MASK
            """)
    void judges_the_use_of_a_column(String read, String table, String column, String role, String expected) {
        Command command = reading(Set.of(read), Set.of(), AnswerShape.DESCRIBED, use(table, column, role));
        assertThat(outcome(gate.decide(admission, command))).isEqualTo(expected);
    }

    @Test
    void a_condition_on_a_view_is_one_on_the_masked_table_behind_it() {
        Command narrowed = reading(
                Set.of("public.v"),
                Set.of("public.customers"),
                AnswerShape.DESCRIBED,
                use("public.v", "x", "predicate"),
                use("public.customers", "*", "predicate"));
        Command beside = reading(
                Set.of("public.v", "public.orders"),
                Set.of("public.customers"),
                AnswerShape.DESCRIBED,
                use("public.orders", "id", "predicate"),
                use("public.customers", "*", "output"));
        assertThat(outcome(gate.decide(admission, narrowed))).isEqualTo("deny MASK");
        assertThat(outcome(gate.decide(admission, beside))).isEqualTo("allow");
    }

    @Test
    void a_column_of_who_knows_what_is_no_use_of_a_table_that_is_not_touched() {
        Command value = Given.command(
                List.of(Given.effect("read value:")),
                Set.of(),
                Set.of(use("?", "*", "predicate")),
                AnswerShape.DESCRIBED);
        assertThat(outcome(gate.decide(admission, value))).isEqualTo("allow");
        Command anywhere = Given.command(
                List.of(Given.effect("read value:")),
                Set.of("?"),
                Set.of(use("?", "*", "predicate")),
                AnswerShape.DESCRIBED);
        assertThat(outcome(gate.decide(admission, anywhere))).isEqualTo("deny MASK");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            public.customers |   | OPAQUE_STREAM | deny MASK
            public.customers |   | TABLE_STREAM  | allow
            public.customers |   | QUERY_STREAM  | allow
            public.orders    |   | OPAQUE_STREAM | allow
            public.orders    | ? | OPAQUE_STREAM | deny MASK
            public.v         | public.customers | OPAQUE_STREAM | deny MASK
            """)
    void refuses_a_stream_whose_columns_cannot_be_told_apart(
            String read, String behind, AnswerShape answer, String expected) {
        Set<String> reached = behind == null ? Set.of() : Set.of(behind);
        assertThat(outcome(gate.decide(admission, reading(Set.of(read), reached, answer))))
                .isEqualTo(expected);
    }

    @Test
    void a_mask_by_name_in_the_answer_refuses_every_copy_of_a_query() {
        Gate named = gate(policy("p").allow("read").mask(new Masking.OfResult(new ResultMask("ssn", REDACT))));
        for (AnswerShape shape : List.of(AnswerShape.QUERY_STREAM, AnswerShape.OPAQUE_STREAM)) {
            Command copy = reading(Set.of("a.b"), Set.of(), shape);
            assertThat(outcome(named.decide(admitted(named), copy))).isEqualTo("deny MASK");
        }
    }

    @Test
    void a_policy_can_let_a_masked_column_decide_which_rows_come_but_not_have_it_stored() {
        Masking lenient = new Masking.OfColumn(new ColumnMask("a", "b", "c", REDACT), Predicates.ANY, false);
        Gate allowed = gate(policy("p").allow("read,insert").mask(lenient));
        Command predicate = reading(Set.of("a.b"), Set.of(), AnswerShape.DESCRIBED, use("a.b", "c", "predicate"));
        Command stored = reading(Set.of("a.b"), Set.of(), AnswerShape.DESCRIBED, use("a.b", "c", "stored"));
        assertThat(outcome(allowed.decide(admitted(allowed), predicate))).isEqualTo("allow");
        assertThat(outcome(allowed.decide(admitted(allowed), stored))).isEqualTo("deny MASK");
        Gate strict = gate(policy("p").allow("read").mask(lenient), policy("q").mask("a", "*", "c", REDACT));
        assertThat(outcome(strict.decide(admitted(strict), predicate))).isEqualTo("deny MASK");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a.b | c | = 1   | allow     | 1
            a.b | c | = 1 4 | allow     | 2
            a.b | d | = 1   | allow     | 0
            a.b | c |       | deny MASK |
            a.b | * |       | deny MASK |
            a.b | c | avg() | deny MASK |
            """)
    void a_policy_can_let_a_masked_column_be_compared_with_one_value(
            String table, String column, String extent, String expected, Integer times) {
        Masking comparable =
                new Masking.OfColumn(new ColumnMask("a", "b", "c", REDACT), new Predicates.Equality(10), false);
        Gate gate = gate(policy("p").allow("read").mask(comparable));
        Command command = reading(Set.of("a.b"), Set.of(), AnswerShape.DESCRIBED, predicate(table, column, extent));
        Decision decision = gate.decide(admitted(gate), command);
        assertThat(outcome(decision)).isEqualTo(expected);
        if (decision instanceof Decision.Allow(Obligations obligations, List<String> rules, long revision)) {
            assertThat(obligations.guesses())
                    .isEqualTo(times == 0 ? List.of() : List.of(new Guess("p/mask[0]", "a.b.c", 10, times)));
        }
    }

    @Test
    void a_mask_that_forbids_predicates_forbids_the_comparison_that_another_lets_be() {
        Masking comparable =
                new Masking.OfColumn(new ColumnMask("a", "*", "c", REDACT), new Predicates.Equality(10), false);
        Command command = reading(Set.of("a.b"), Set.of(), AnswerShape.DESCRIBED, predicate("a.b", "c", "= 1"));
        Gate forbidden =
                gate(policy("p").allow("read").mask(comparable), policy("q").mask("a", "b", "c", REDACT));
        assertThat(outcome(forbidden.decide(admitted(forbidden), command))).isEqualTo("deny MASK");
        Masking open = new Masking.OfColumn(new ColumnMask("a", "b", "c", REDACT), Predicates.ANY, false);
        Gate counted = gate(policy("p").allow("read").mask(comparable).mask(open));
        assertThat(counted.decide(admitted(counted), command))
                .isInstanceOfSatisfying(
                        Decision.Allow.class,
                        allow -> assertThat(allow.obligations().guesses())
                                .containsExactly(new Guess("p/mask[0]", "a.*.c", 10, 1)));
    }

    @Test
    void every_comparison_counts_once_for_a_mask_though_it_is_one_of_each_partition() {
        Masking comparable =
                new Masking.OfColumn(new ColumnMask("a", "*", "c", REDACT), new Predicates.Equality(10), false);
        Gate gate = gate(policy("p").allow("read").approve("read", "table:a.*").mask(comparable));
        Command command = reading(
                Set.of("a.b"),
                Set.of("a.b1"),
                AnswerShape.DESCRIBED,
                predicate("a.b", "c", "= 1"),
                predicate("a.b1", "c", "= 1"),
                predicate("a.d", "c", "= 2"));
        assertThat(gate.decide(admitted(gate), command))
                .isInstanceOfSatisfying(
                        Decision.Hold.class,
                        hold -> assertThat(hold.obligations().guesses())
                                .containsExactly(new Guess("p/mask[0]", "a.*.c", 10, 2)));
    }

    @Test
    void what_an_exempt_function_tells_may_decide_if_every_mask_on_the_column_exempts_it() {
        Masking averaged = new Masking.OfColumn(new ColumnMask("a", "b", "c", REDACT, Set.of("avg", "sum")));
        Masking summed = new Masking.OfColumn(new ColumnMask("a", "b", "c", new Mask.Null(), Set.of("sum")));
        Command average = reading(Set.of("a.b"), Set.of(), AnswerShape.DESCRIBED, predicate("a.b", "c", "avg()"));
        Command maximum = reading(Set.of("a.b"), Set.of(), AnswerShape.DESCRIBED, predicate("a.b", "c", "max()"));
        Gate one = gate(policy("p").allow("read").mask(averaged));
        assertThat(outcome(one.decide(admitted(one), average))).isEqualTo("allow");
        assertThat(outcome(one.decide(admitted(one), maximum))).isEqualTo("deny MASK");
        Gate two = gate(policy("p").allow("read").mask(averaged), policy("q").mask(summed));
        assertThat(outcome(two.decide(admitted(two), average))).isEqualTo("deny MASK");
        assertThat(two.masks(admitted(two)).columns())
                .containsExactly(new ColumnMask("a", "b", "c", new Mask.Null(), Set.of("sum")));
    }

    private static ColumnUse predicate(String table, String column, String extent) {
        Extent told = extent == null
                ? Extent.ANY
                : extent.startsWith("= ")
                        ? new Extent.Equality(Arrays.stream(extent.substring(2).split(" "))
                                .map(Integer::valueOf)
                                .collect(Collectors.toSet()))
                        : new Extent.Call(extent.replace("()", ""));
        return new ColumnUse(table, column, Role.PREDICATE, told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            insert public.customers | INSERT INTO customers VALUES (1, '[redacted]')        |              | deny MASK
            update public.customers | UPDATE customers SET name = $1                        | [redacted]   | deny MASK
            update public.customers | UPDATE customers SET doc = $1                         | "[redacted]" | deny MASK
            update public.customers | UPDATE customers SET a = 'x', b = '*****6789'         |              | deny MASK
            update public.customers | UPDATE customers SET b = 'it''s', c = '*****6789'     |              | deny MASK
            update public.customers | UPDATE customers SET b = $1                           | 123456789    | allow
            update public.customers | UPDATE customers SET b = $1                           | ****6789     | allow
            update public.customers | UPDATE customers SET b = 'it''s [redacted] here'      |              | allow
            update public.customers | UPDATE customers SET b = '                            |              | allow
            delete public.customers | DELETE FROM customers WHERE note = '[redacted]'       |              | allow
            update public.orders    | UPDATE orders SET note = '[redacted]'                 |              | allow
            """)
    void refuses_to_store_what_a_mask_of_the_table_shows(String effect, String text, String value, String expected) {
        Gate writing = gate(policy("p")
                .allow("insert,update,delete")
                .mask("public", "customers", "ssn", new Mask.KeepLast(4))
                .mask("public", "customers", "email", REDACT));
        assertThat(outcome(writing.decide(admitted(writing), writing(effect, text, value))))
                .isEqualTo(expected);
    }

    @Test
    void a_policy_can_let_masked_values_be_stored_if_every_mask_that_makes_them_agrees() {
        Command command = writing("update public.customers", "UPDATE customers SET b = $1", "[redacted]");
        Masking lenient =
                new Masking.OfColumn(new ColumnMask("public", "customers", "a", REDACT), Predicates.NONE, true);
        Gate allowed = gate(policy("p").allow("update").mask(lenient));
        assertThat(outcome(allowed.decide(admitted(allowed), command))).isEqualTo("allow");
        Gate strict =
                gate(policy("p").allow("update").mask(lenient), policy("q").mask("*", "cust*", "b", REDACT));
        assertThat(outcome(strict.decide(admitted(strict), command))).isEqualTo("deny MASK");
    }

    private static Command writing(String effect, String text, String value) {
        String[] parts = effect.split(" ", -1);
        List<Parameter> parameters = value == null
                ? List.of()
                : List.of(new Parameter("25", false, Optional.of(value.getBytes(StandardCharsets.UTF_8))));
        return new Command(
                text,
                parameters,
                List.of(Given.effect(parts[0] + " table:" + parts[1])),
                Set.of(parts[1]),
                Set.of(),
                AnswerShape.DESCRIBED,
                false,
                List.of());
    }

    @Test
    void says_what_a_bot_can_do_about_it() {
        Command command = reading(
                Set.of("public.customers"),
                Set.of(),
                AnswerShape.DESCRIBED,
                use("public.customers", "ssn", "predicate"));
        assertThat(gate.decide(admission, command)).isInstanceOfSatisfying(Decision.Deny.class, deny -> {
            assertThat(deny.message()).contains("public.customers.ssn").contains("which rows come");
            assertThat(deny.hint()).contains("WHERE");
            assertThat(deny.rules()).containsExactly("p/mask[0]");
        });
    }

    @Test
    void masks_of_all_policies_add_up_and_the_stricter_stays() {
        Gate both = gate(
                policy("a")
                        .allow("read")
                        .mask("x", "t", "c", new Mask.KeepLast(4))
                        .mask(new Masking.OfValue(Detector.EMAIL, new Mask.KeepFirst(2))),
                policy("b")
                        .mask("x", "t", "c", new Mask.Null())
                        .mask("x", "t", "d", REDACT)
                        .mask(new Masking.OfResult(new ResultMask("Pin", REDACT)))
                        .mask(new Masking.OfValue(Detector.EMAIL, REDACT)));
        assertThat(both.masks(admitted(both)))
                .isEqualTo(new MaskRules(
                        List.of(new ColumnMask("x", "t", "c", new Mask.Null()), new ColumnMask("x", "t", "d", REDACT)),
                        List.of(new ResultMask("pin", REDACT)),
                        Map.of(Detector.EMAIL, REDACT),
                        EnumSet.allOf(ServerCopies.Kind.class)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pg_catalog.pg_stats           | pg_catalog.pg_stats         | most_common_vals | predicate | deny MASK
            pg_catalog.pg_stats           | pg_catalog.pg_stats         | most_common_vals | stored    | deny MASK
            pg_catalog.pg_stats           | pg_catalog.pg_stats         | most_common_vals | output    | allow
            pg_catalog.pg_stats           | pg_catalog.pg_stats         | *                | stored    | deny MASK
            pg_catalog.pg_stats           | pg_catalog.pg_stats         | tablename        | predicate | allow
            pg_catalog.pg_stat_activity   | pg_catalog.pg_stat_activity | query            | predicate | deny MASK
            pg_catalog.pg_stat_activity   | pg_catalog.pg_stat_activity | state            | predicate | allow
            ?.pg_stat_activity            | ?                           | *                | predicate | deny MASK
            ?.parcel                      | ?                           | *                | stored    | deny MASK
            public.pg_stats               | public.pg_stats             | most_common_vals | predicate | allow
            """)
    void guards_what_the_server_keeps_elsewhere(
            String read, String table, String column, String role, String expected) {
        Command command = reading(Set.of(read), Set.of(), AnswerShape.DESCRIBED, use(table, column, role));
        assertThat(outcome(gate.decide(admission, command))).isEqualTo(expected);
    }

    @Test
    void says_how_a_policy_opens_what_the_server_keeps_elsewhere() {
        Command command = reading(
                Set.of("pg_catalog.pg_stats"),
                Set.of(),
                AnswerShape.DESCRIBED,
                use("pg_catalog.pg_stats", "histogram_bounds", "predicate"));
        assertThat(gate.decide(admission, command)).isInstanceOfSatisfying(Decision.Deny.class, deny -> {
            assertThat(deny.message()).contains("pg_catalog.pg_stats.histogram_bounds");
            assertThat(deny.hint()).contains("open: [statistics]");
            assertThat(deny.rules()).containsExactly("p/mask");
        });
    }

    @Test
    void a_copy_of_a_query_over_what_the_server_keeps_elsewhere_is_refused_where_its_columns_show_it() {
        Command shows = reading(
                Set.of("pg_catalog.pg_stats"),
                Set.of(),
                AnswerShape.OPAQUE_STREAM,
                use("pg_catalog.pg_stats", "most_common_vals", "output"));
        Command beside = reading(
                Set.of("pg_catalog.pg_stats"),
                Set.of(),
                AnswerShape.OPAQUE_STREAM,
                use("pg_catalog.pg_stats", "null_frac", "output"));
        assertThat(outcome(gate.decide(admission, shows))).isEqualTo("deny MASK");
        assertThat(outcome(gate.decide(admission, beside))).isEqualTo("allow");
    }

    @Test
    void a_policy_opens_what_its_own_masks_close_and_no_other_policy_does() {
        Command command = reading(
                Set.of("pg_catalog.pg_stat_activity"),
                Set.of(),
                AnswerShape.DESCRIBED,
                use("pg_catalog.pg_stat_activity", "query", "predicate"));
        Masking open = new Masking.Opening(ServerCopies.Kind.STATEMENTS);
        Given.Draft masking =
                policy("p").allow("read").mask("a", "b", "c", REDACT).mask(open);
        Gate opened = gate(masking, policy("without").allow("read"));
        assertThat(outcome(opened.decide(admitted(opened), command))).isEqualTo("allow");
        assertThat(opened.masks(admitted(opened)).copies())
                .containsExactlyInAnyOrder(
                        ServerCopies.Kind.STATISTICS, ServerCopies.Kind.STORAGE, ServerCopies.Kind.DEFINITIONS);
        Gate beside = gate(masking, policy("q").mask("a", "b", "d", REDACT));
        assertThat(outcome(beside.decide(admitted(beside), command))).isEqualTo("deny MASK");
        Gate elsewhere = gate(
                policy("p").allow("read").mask("a", "b", "c", REDACT),
                policy("q").mask(open));
        assertThat(outcome(elsewhere.decide(admitted(elsewhere), command))).isEqualTo("deny MASK");
    }

    @Test
    void without_masks_on_columns_nothing_else_is_masked() {
        Command command = reading(
                Set.of("pg_catalog.pg_stats"),
                Set.of(),
                AnswerShape.OPAQUE_STREAM,
                use("pg_catalog.pg_stats", "most_common_vals", "predicate"));
        Gate detecting = gate(policy("p").allow("read").mask(new Masking.OfValue(Detector.EMAIL, REDACT)));
        assertThat(outcome(detecting.decide(admitted(detecting), command))).isEqualTo("allow");
        assertThat(detecting.masks(admitted(detecting)).copies()).isEmpty();
    }

    private static Command reading(Set<String> read, Set<String> behind, AnswerShape answer, ColumnUse... uses) {
        Set<String> tables = new HashSet<>(read);
        tables.addAll(behind);
        return Given.command(
                read.stream().map(name -> Given.effect("read table:" + name)).toList(), tables, Set.of(uses), answer);
    }

    private static ColumnUse use(String table, String column, String role) {
        return new ColumnUse(table, column, Role.valueOf(role.toUpperCase(Locale.ROOT)));
    }
}
