package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.CommandValues;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PostgresAnalyzerTest {

    @Test
    void remembers_a_text_by_itself() {
        try (PostgresAnalyzer analyzer = new PostgresAnalyzer(new PostgresParser())) {
            assertThat(analyzer.cached("SELECT a")).isEmpty();
            Analysis analysis = analyzer.analyze("SELECT a").join();
            assertThat(analyzer.cached("SELECT a")).containsSame(analysis);
            assertThat(analyzer.cached("SELECT b")).isEmpty();
        }
    }

    @Test
    void remembers_that_a_text_is_no_sql() {
        try (PostgresAnalyzer analyzer = new PostgresAnalyzer(new PostgresParser())) {
            assertThat(analyzer.analyze("SELEC 1").join().understood()).isFalse();
            assertThat(analyzer.cached("SELEC 1")).isPresent();
        }
    }

    @Test
    void a_text_beyond_the_parsers_bounds_is_not_understood() {
        try (PostgresAnalyzer analyzer = new PostgresAnalyzer(new PostgresParser())) {
            String deep = "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
            assertThat(analyzer.analyze(deep).join().understood()).isFalse();
        }
    }

    @Test
    void a_text_made_to_be_ambiguous_costs_no_more_than_its_length() {
        StringBuilder columns = new StringBuilder("SELECT 1");
        StringBuilder tables = new StringBuilder(" FROM t");
        for (int i = 0; i < 1_500; i++) {
            columns.append(",c").append(i);
            tables.append(",t").append(i);
        }
        assertThat(Shop.analyse(columns.append(tables).toString()).understood()).isFalse();
        StringBuilder stars = new StringBuilder("WITH a0 AS (SELECT * FROM customers)");
        for (int i = 1; i < 60; i++) {
            stars.append(", a%d AS (SELECT * FROM a%d x, a%d y)".formatted(i, i - 1, i - 1));
        }
        Facts facts = Shop.facts(stars + " SELECT ssn FROM a59");
        assertThat(facts.columns()).hasSize(1);
    }

    @Test
    void facts_of_a_statement_are_those_of_the_session_that_asks() {
        Analysis analysis = Shop.analyse("SELECT * FROM orders");
        SessionState one = Shop.session();
        SessionState other = new SessionState();
        other.searchPath(List.of("pg_catalog", "app"), false);
        for (int i = 0; i < 2; i++) {
            assertThat(Facts.of(analysis, one, Shop.CATALOGUE).tables()).containsExactly("public.orders");
            assertThat(Facts.of(analysis, other, Shop.CATALOGUE).tables()).containsExactly("app.orders");
        }
        Shop.run("CREATE TEMP TABLE orders (id int)", one);
        assertThat(Facts.of(analysis, one, Shop.CATALOGUE).tables()).contains("pg_temp.orders");
    }

    @Test
    void mutilated_statements_never_break_it_and_always_do_something() throws IOException {
        List<String> statements;
        try (InputStream resource = FactsTest.class.getResourceAsStream("effects.txt")) {
            statements = new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith(" ") && !line.startsWith("#"))
                    .toList();
        }
        Random random = new Random(20260101);
        for (int i = 0; i < 1_500; i++) {
            String sql = mutilate(statements.get(random.nextInt(statements.size())), statements, random);
            Facts facts = Shop.facts(sql);
            assertThat(facts.effects()).as(sql).isNotEmpty();
            int end = 0;
            for (CommandValues.Constant constant : facts.valuesIn(sql).constants()) {
                assertThat(constant.start()).as(sql).isGreaterThanOrEqualTo(end);
                end = constant.end();
            }
            assertThat(end).as(sql).isLessThanOrEqualTo(sql.length());
            boolean deletes = facts.effects().stream().anyMatch(effect -> effect.action() == Action.DELETE);
            assertThat(deletes && !sql.toUpperCase(Locale.ROOT).contains("DELETE"))
                    .as(sql)
                    .isFalse();
        }
    }

    private static String mutilate(String sql, List<String> others, Random random) {
        String[] words = sql.split(" ");
        String[] donor = others.get(random.nextInt(others.size())).split(" ");
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            words[random.nextInt(words.length)] = donor[random.nextInt(donor.length)];
        }
        return String.join(" ", words);
    }
}
