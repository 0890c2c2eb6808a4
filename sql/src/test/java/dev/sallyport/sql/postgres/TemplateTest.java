package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.parser.ParseResult;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final PostgresParser PARSER = new PostgresParser();
    private static final PostgresAnalyzer ANALYZER = new PostgresAnalyzer(PARSER);

    /** Literals of each type, to be put in each other's places. */
    private static final Map<Character, List<String>> LITERALS = Map.of(
            't', List.of("''", "'a'", "'it''s'", "'/etc/passwd'", "'pg_class'", "'1'", "'on'", "'-- x'", "'ä€𝄞'"),
            'i', List.of("0", "1", "2", "3", "007", "2147483647"),
            'l', List.of("2147483648", "9223372036854775807"),
            'n', List.of("9223372036854775808", "123456789012345678901234567890"),
            'd', List.of("0.0", "1.5", "007.50"));

    @AfterAll
    static void close() {
        ANALYZER.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT abalance FROM a WHERE aid = 1|SELECT abalance FROM a WHERE aid = 23",
                "UPDATE a SET b = b + 5 WHERE aid = 1|UPDATE a SET b = b + 6 WHERE aid = 2",
                "UPDATE a SET b = b + -5 WHERE aid = 1|UPDATE a SET b = b + -6 WHERE aid = 2",
                "INSERT INTO h (a, b) VALUES (1, 'x'), (2, 'y')|INSERT INTO h (a, b) VALUES (3, ''), (4, 'it''s')",
                "DELETE FROM t WHERE id = 1 AND name LIKE 'a%'|DELETE FROM t WHERE id = 2 AND name LIKE '%'",
                "SELECT a FROM t WHERE 'ä' = a AND b IN (1, 2)|SELECT a FROM t WHERE 'o' = a AND b IN (3, 4)",
                "SELECT a FROM t WHERE b BETWEEN 1 AND 2 LIMIT 5|SELECT a FROM t WHERE b BETWEEN 3 AND 4 LIMIT 6",
                "SELECT a FROM t WHERE d > date '2024-01-01'|SELECT a FROM t WHERE d > date '2025-01-01'",
                "WITH q AS (SELECT 1 AS x) SELECT x FROM q|WITH q AS (SELECT 2 AS x) SELECT x FROM q",
            })
    void texts_that_differ_in_free_literals_share_an_analysis(String one, String other) {
        Analysis analysis = ANALYZER.analyze(one).join();
        assertThat(analysis.understood()).isTrue();
        assertThat(ANALYZER.cached(other)).containsSame(analysis);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "DELETE FROM t1 WHERE 1 = 2|DELETE FROM t1 WHERE 1 = 1",
                "DELETE FROM t2 WHERE x = 1 OR x <> 2|DELETE FROM t2 WHERE x = 1 OR x <> 1",
                "DELETE FROM t3 WHERE x + 1 = x + 2|DELETE FROM t3 WHERE x + 1 = x + 1",
                "DELETE FROM t4 WHERE NOT (x = 1)|DELETE FROM t4 WHERE NOT (x = 2)",
                "SELECT set_config('a.b', 'x', false)|SELECT set_config('role', 'x', false)",
                "SELECT pg_read_file('a')|SELECT pg_read_file('/etc/passwd')",
                "SELECT a, b FROM t5 ORDER BY 1|SELECT a, b FROM t5 ORDER BY 2",
                "SELECT a, count(*) FROM t6 GROUP BY 1|SELECT a, count(*) FROM t6 GROUP BY 2",
                "SELECT round(a, 1) FROM t7|SELECT round(a, 0) FROM t7",
                "SELECT a FROM t8 WHERE b = 1|SELECT a FROM t8 WHERE b = 2147483648",
                "SELECT a FROM t9 WHERE b = 1|SELECT a FROM t9 WHERE b = 1.5",
                "SELECT a FROM t10 WHERE b = 1|SELECT a FROM t10 WHERE b = '1'",
                "SET work_mem = '1MB'|SET work_mem = '2MB'",
                "COPY t11 TO '/tmp/a'|COPY t11 TO '/tmp/b'",
                "EXPLAIN SELECT 1|EXPLAIN SELECT 2",
                "NOTIFY a, 'x'|NOTIFY a, 'y'",
                "SELECT 1 FROM t12 FETCH FIRST ROW ONLY|SELECT 2 FROM t12 FETCH FIRST 2 ROW ONLY",
            })
    void texts_whose_literals_may_matter_do_not(String one, String other) {
        ANALYZER.analyze(one).join();
        assertThat(ANALYZER.cached(one)).isPresent();
        assertThat(ANALYZER.cached(other)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT a FROM t -- 1",
                "SELECT /* 1 */ a FROM t WHERE b = 1",
                "SELECT a FROM t WHERE b = E'x'",
                "SELECT a FROM t WHERE b = U&'x'",
                "SELECT a FROM t WHERE b = u & '1'",
                "SELECT a FROM t WHERE b = 'x\\'",
                "SELECT a FROM t WHERE b = $$1$$",
                "SELECT a FROM t WHERE b = $a$1$a$",
                "SELECT a FROM t WHERE b = 0x1F",
                "SELECT a FROM t WHERE b = 1_000",
                "SELECT a FROM t WHERE b = 1e5",
                "SELECT a FROM t WHERE b = 1.",
                "SELECT a FROM t WHERE b = .5",
                "SELECT a FROM t WHERE b = 1\u0001",
                "SELECT a FROM t WHERE b = 'x",
                "SELECT a FROM \"t WHERE b = 1",
                "SELECT $1a, 1",
                "SELECT a1, \"b 2\", $3 FROM t4",
                "",
            })
    void what_would_need_a_whole_lexer_has_no_template(String sql) {
        boolean prefixed = sql.contains("& '1'");
        assertThat(Template.of(sql) == null || prefixed).isTrue();
        ANALYZER.analyze(sql).join();
        assertThat(ANALYZER.cached(sql)).isPresent();
    }

    @Test
    void a_string_that_goes_on_in_the_next_line_is_one_literal_and_so_is_not_taken_for_two() {
        ANALYZER.analyze("SELECT 'a'\n'b'").join();
        assertThat(ANALYZER.cached("SELECT 'c'\n'd'")).isEmpty();
    }

    @Test
    void whatever_the_literals_the_facts_of_a_template_are_those_of_each_text() throws IOException {
        Random random = new Random(11);
        int shared = 0;
        for (String statement : statements()) {
            Template template = Template.of(statement);
            ParseResult parsed = PARSER.parse(statement);
            if (template == null
                    || !(parsed instanceof ParseResult.Parsed(var raw))
                    || !template.isCoveredBy(FreeLiterals.of(raw))) {
                continue;
            }
            shared++;
            assertThat(Constants.places(statement)).as(statement).containsAll(FreeLiterals.of(raw));
            Facts expected = facts(statement);
            for (int i = 0; i < 8; i++) {
                String other = withOtherLiterals(template, random);
                Template same = Template.of(other);
                assertThat(same).as(other).isNotNull();
                assertThat(same.key()).isEqualTo(template.key());
                Facts facts = facts(other);
                assertThat(facts.effects()).as(other).isEqualTo(expected.effects());
                assertThat(facts.tables()).as(other).isEqualTo(expected.tables());
                assertThat(facts.columns()).as(other).isEqualTo(expected.columns());
                assertThat(facts.answer()).as(other).isEqualTo(expected.answer());
                assertThat(expected.valuesIn(other).constants())
                        .as(other)
                        .isEqualTo(facts.valuesIn(other).constants());
                assertThat(facts.runs()).as(other).hasSameSizeAs(expected.runs());
            }
        }
        assertThat(shared).isGreaterThan(30);
    }

    /** Freshly parsed, past every cache. */
    private static Facts facts(String sql) {
        Analysis analysis = PostgresAnalyzer.read(sql, PARSER.parse(sql));
        assertThat(analysis.understood()).as(sql).isTrue();
        return Facts.of(analysis, Shop.session(), Shop.CATALOGUE);
    }

    private static String withOtherLiterals(Template template, Random random) {
        StringBuilder text = new StringBuilder();
        String key = template.key();
        for (int i = 0; i < key.length(); i++) {
            if (key.charAt(i) == '\u0001') {
                List<String> choice = LITERALS.get(key.charAt(++i));
                text.append(choice.get(random.nextInt(choice.size())));
            } else {
                text.append(key.charAt(i));
            }
        }
        return text.toString();
    }

    private static List<String> statements() throws IOException {
        try (InputStream resource = FactsTest.class.getResourceAsStream("effects.txt")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith(" ") && !line.startsWith("#"))
                    .toList();
        }
    }
}
