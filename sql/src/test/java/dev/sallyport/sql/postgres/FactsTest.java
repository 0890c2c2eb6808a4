package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.AnswerShape;
import dev.sallyport.core.command.ColumnUse.Role;
import dev.sallyport.core.command.CommandValues;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ValueUse;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.parser.ParseResult;
import dev.sallyport.sql.postgres.parser.RawStatement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Tables of statements; below each, indented, what must be found of it, no more and no less. */
class FactsTest {

    private record Case(String sql, List<String> expected) {}

    @TestFactory
    Stream<DynamicTest> tells_every_effect_of_a_statement() throws IOException {
        return cases("effects.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(Shop.facts(row.sql()).effects())
                                .extracting(Effect::toString)
                                .containsExactlyInAnyOrderElementsOf(row.expected())));
    }

    @TestFactory
    Stream<DynamicTest> tells_every_use_of_a_column() throws IOException {
        return cases("columns.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(Shop.facts(row.sql()).columns())
                                .extracting(use -> use.role().name().toLowerCase(Locale.ROOT) + " " + use.table() + "."
                                        + use.column())
                                .hasSameElementsAs(row.expected())));
    }

    @TestFactory
    Stream<DynamicTest> tells_how_much_a_predicate_can_tell() throws IOException {
        return cases("predicates.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(Shop.facts(row.sql()).columns())
                                .filteredOn(use -> use.role() == Role.PREDICATE)
                                .extracting(use -> (use.table() + "." + use.column() + " "
                                                + use.extent().label())
                                        .strip())
                                .containsExactlyInAnyOrderElementsOf(row.expected())));
    }

    @TestFactory
    Stream<DynamicTest> tells_what_every_column_of_an_answer_derives_from() throws IOException {
        return cases("answers.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(Shop.facts(row.sql()).answers().stream()
                                        .flatMap(FactsTest::shown)
                                        .toList())
                                .containsExactlyElementsOf(row.expected())));
    }

    private static Stream<String> shown(Optional<AnswerColumns> answer) {
        return answer.map(known -> known.columns().stream().map(FactsTest::shown))
                .orElse(Stream.of("unknown"));
    }

    /** {@code name = 'prefix' base 'suffix'}; a base that the value is made of, not one of, has brackets around it. */
    private static String shown(OutputColumn column) {
        String from = column.from().stream()
                .map(base -> base.whole()
                        ? base.table() + "." + base.column()
                        : "(" + base.table() + "." + base.column() + ")")
                .distinct()
                .sorted()
                .collect(Collectors.joining(" "));
        return (column.repeats() ? "… " : "")
                + (column.name().isEmpty() ? "" : column.name() + " = ")
                + (column.prefix().isEmpty() ? "" : "'" + column.prefix() + "' ")
                + (from.isEmpty() ? "-" : from)
                + (column.suffix().isEmpty() ? "" : " '" + column.suffix() + "'");
    }

    @TestFactory
    Stream<DynamicTest> tells_by_which_function_alone_a_column_comes_into_an_answer() throws IOException {
        return cases("calls.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(Shop.facts(row.sql()).answers().stream()
                                        .flatMap(Optional::stream)
                                        .flatMap(answer -> answer.columns().stream())
                                        .map(FactsTest::calls)
                                        .toList())
                                .containsExactlyElementsOf(row.expected())));
    }

    private static String calls(OutputColumn column) {
        return column.from().isEmpty()
                ? "-"
                : column.from().stream()
                        .map(base -> base.through() + "(" + base.table() + "." + base.column() + ")")
                        .sorted()
                        .collect(Collectors.joining(" "));
    }

    @TestFactory
    Stream<DynamicTest> tells_what_every_value_of_a_statement_is_for() throws IOException {
        return cases("parameters.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(values(row.sql(), Shop.facts(row.sql())))
                                .containsExactlyElementsOf(row.expected())));
    }

    @Test
    void the_values_of_an_execute_are_for_what_the_parameters_behind_its_name_are_for() {
        SessionState session = Shop.session();
        Shop.run("PREPARE p (int) AS UPDATE customers SET ssn = $2, name = 'x' WHERE id = $1", session);
        String sql = "EXECUTE p(7, '123' || 'x')";
        assertThat(values(sql, Shop.facts(sql, session)))
                .containsExactly(
                        "7: public.customers.id", "'123': (public.customers.ssn)", "'x': (public.customers.ssn)");
        assertThat(values("EXECUTE q(7)", Shop.facts("EXECUTE q(7)", session))).containsExactly("7: (?.*)");
    }

    private static List<String> values(String sql, Facts facts) {
        CommandValues values = facts.valuesIn(sql);
        List<String> shown = new ArrayList<>();
        for (int i = 0; sql.contains("$" + (i + 1)); i++) {
            shown.add("$" + (i + 1) + ": " + shown(values.parameter(i)));
        }
        for (CommandValues.Constant constant : values.constants()) {
            shown.add(sql.substring(constant.start(), constant.end()) + ": " + shown(constant.use()));
        }
        return shown;
    }

    private static String shown(ValueUse use) {
        String columns = use.columns().stream()
                .map(column -> column.itself()
                        ? column.table() + "." + column.column()
                        : "(" + column.table() + "." + column.column() + ")")
                .sorted()
                .collect(Collectors.joining(" "));
        return columns.isEmpty() ? "-" : columns;
    }

    @TestFactory
    Stream<DynamicTest> understands_the_whole_of_a_statement() throws IOException {
        return cases("understood.txt")
                .map(row -> DynamicTest.dynamicTest(
                        row.sql(),
                        () -> assertThat(Shop.facts(row.sql()).effects())
                                .extracting(Effect::action)
                                .doesNotContain(Action.UNKNOWN)));
    }

    @Test
    void tables_include_what_stands_behind_a_view() {
        assertThat(Shop.facts("SELECT 1 FROM vv_customers").tables())
                .containsExactlyInAnyOrder("public.vv_customers", "public.v_customers", "public.customers");
    }

    @Test
    void tables_include_what_a_view_or_a_function_shows_of_the_server() {
        assertThat(Shop.facts("SELECT 1 FROM v_watch").tables())
                .containsExactlyInAnyOrder("public.v_watch", "pg_catalog.pg_stat_activity");
        assertThat(Shop.facts("SELECT pg_stat_get_backend_activity(1)").tables())
                .containsExactly("pg_catalog.pg_stat_activity");
        assertThat(Shop.facts("SELECT pg_read_file('base/1/2')").tables()).containsExactly("?");
        assertThat(Shop.facts("SELECT app.lo_get(1)").tables()).containsExactly("?");
    }

    @Test
    void tables_include_the_partitions_of_a_table_and_what_it_is_a_partition_of() {
        assertThat(Shop.facts("SELECT 1 FROM events").tables())
                .containsExactlyInAnyOrder("public.events", "public.events_2025");
        assertThat(Shop.facts("SELECT 1 FROM events_2025").tables())
                .containsExactlyInAnyOrder("public.events", "public.events_2025");
        assertThat(Shop.facts("SELECT 1 FROM ONLY events_2025").tables())
                .containsExactlyInAnyOrder("public.events", "public.events_2025");
        assertThat(Shop.facts("DELETE FROM ONLY events").tables()).containsExactly("public.events");
    }

    @Test
    void tables_may_be_any_where_code_or_a_relation_is_not_known() {
        assertThat(Shop.facts("SELECT f(1)").tables()).contains("?");
        assertThat(Shop.facts("SELECT 1 FROM nowhere").tables()).contains("?");
        assertThat(Shop.facts("DO 'begin end'").tables()).contains("?");
    }

    @Test
    void a_copied_table_comes_as_its_stored_columns_in_order() {
        Facts facts = Shop.facts("COPY orders TO STDOUT");
        assertThat(facts.answer()).isEqualTo(AnswerShape.TABLE_STREAM);
        assertThat(facts.streamTable()).isEqualTo("public.orders");
        assertThat(facts.streamColumns()).containsExactly("id", "customer_id", "total", "status");
        assertThat(Shop.facts("COPY orders (status, id) TO STDOUT").streamColumns())
                .containsExactly("status", "id");
    }

    @Test
    void a_copied_query_comes_as_a_stream_of_known_origins() {
        Facts facts = Shop.facts("SELECT 1; COPY (SELECT o.*, initcap(status) FROM orders o) TO STDOUT");
        assertThat(facts.answer()).isEqualTo(AnswerShape.QUERY_STREAM);
        assertThat(facts.streamOrigins())
                .extracting(column -> column.from().iterator().next().column())
                .containsExactly("id", "customer_id", "total", "note", "status", "status");
    }

    @Test
    void a_stream_of_which_it_is_not_known_what_it_holds_is_opaque() {
        for (String sql : List.of(
                "COPY nowhere TO STDOUT",
                "COPY (SELECT * FROM nowhere) TO STDOUT",
                "COPY (SELECT (c).* FROM customers c) TO STDOUT",
                "COPY (SELECT 1) TO STDOUT (ENCODING 'LATIN1')",
                "COPY (SELECT 1) TO STDOUT; COPY (SELECT 2) TO STDOUT",
                "COPY (SELECT 1) TO STDOUT; COPY orders TO STDOUT",
                "COPY orders TO STDOUT; COPY (SELECT 2) TO STDOUT",
                "COPY orders TO STDOUT (ENCODING 'LATIN1')",
                "COPY orders TO STDOUT; COPY customers TO STDOUT")) {
            assertThat(Shop.facts(sql).answer()).as(sql).isEqualTo(AnswerShape.OPAQUE_STREAM);
        }
        assertThat(Shop.facts("COPY orders FROM STDIN").answer()).isEqualTo(AnswerShape.DESCRIBED);
    }

    @Test
    void a_text_that_cannot_be_read_is_unknown_in_every_respect() {
        Facts facts = Shop.facts("SELECT FROM WHERE");
        assertThat(facts.effects()).extracting(Effect::toString).containsExactly("unknown other:statement");
        assertThat(facts.tables()).contains("?");
        assertThat(facts.answer()).isEqualTo(AnswerShape.OPAQUE_STREAM);
        assertThat(facts.mayMoveSearchPath()).isTrue();
    }

    @Test
    void only_small_statements_and_those_judged_before_are_quick() {
        Analysis small = Shop.analyse("SELECT id, name FROM customers WHERE id = 1");
        Analysis wide = Shop.analyse("SELECT " + "id || name, ".repeat(600) + "1 FROM customers");
        Analysis execute = Shop.analyse("EXECUTE wide");
        SessionState session = Shop.session();
        assertThat(areQuick(small, session)).isTrue();
        assertThat(areQuick(execute, session)).isTrue();
        assertThat(areQuick(wide, session)).isFalse();
        session.prepared("wide", wide);
        assertThat(areQuick(execute, session)).isFalse();

        SessionState then = session.snapshot();
        Facts facts = Facts.of(wide, then, Shop.CATALOGUE);
        assertThat(then.version()).isEqualTo(session.version());
        assertThat(areQuick(wide, session)).as("remembered").isTrue();
        assertThat(facts.columns())
                .isEqualTo(Facts.of(wide, session, Shop.CATALOGUE).columns());
        session.searchPathUnknown();
        assertThat(then.isSearchPathKnown()).isTrue();
        assertThat(then.version()).isNotEqualTo(session.version());
    }

    @Test
    void too_many_statements_in_one_message_are_not_judged_one_by_one() {
        assertThat(Shop.facts(";".repeat(10) + "SELECT 1;".repeat(100)).effects())
                .hasSize(1);
        JsonNode node = JsonNodeFactory.instance.objectNode().putObject("SelectStmt");
        RawStatement one =
                new RawStatement(JsonNodeFactory.instance.objectNode().set("SelectStmt", node), 0, 0);
        assertThat(PostgresAnalyzer.read("", new ParseResult.Parsed(Collections.nCopies(10_001, one)))
                        .failure())
                .hasValueSatisfying(why -> assertThat(why).contains("10000"));
    }

    private static boolean areQuick(Analysis analysis, SessionState session) {
        return Facts.areQuick(new Opened(analysis, session.searchPath()), session, Shop.CATALOGUE, Bodies.NONE);
    }

    @Test
    void without_a_catalogue_nothing_is_taken_for_known() {
        Facts facts = Facts.of(Shop.analyse("SELECT lower(name) FROM customers"), Shop.session(), Catalogue.EMPTY);
        assertThat(facts.effects())
                .extracting(Effect::toString)
                .containsExactlyInAnyOrder("read table:?.customers", "unknown function:?.lower");
        assertThat(facts.tables()).contains("?");
    }

    private static Stream<Case> cases(String table) throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream resource = FactsTest.class.getResourceAsStream(table)) {
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                if (line.startsWith(" ")) {
                    cases.getLast().expected().add(line.strip());
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    cases.add(new Case(line, new ArrayList<>()));
                }
            }
        }
        return cases.stream();
    }
}
