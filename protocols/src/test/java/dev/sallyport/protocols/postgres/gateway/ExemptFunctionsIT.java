package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.testkit.postgres.RawClient;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy lets an aggregate tell of a masked column is shown and may decide; the column itself is neither. */
class ExemptFunctionsIT {
    private static TestGateway gateway;
    private static RawClient client;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .mask(new Policy.Masking.OfColumn(
                        new ColumnMask("public", "aged", "age", new Mask.Redact(), Set.of("avg", "sum", "stddev_pop"))))
                .mask("public", "aged", "pay", new Mask.Redact())
                .build()));
        gateway.server.run("""
                CREATE TABLE aged (id int, team text, age int, pay int);
                CREATE VIEW aged_view AS SELECT team, age AS years FROM aged;
                INSERT INTO aged VALUES (1, 'a', 20, 1), (2, 'a', 40, 2), (3, 'b', 60, 3);
                GRANT ALL ON aged, aged_view TO shop_app;
                """);
        client = gateway.raw(gateway.bot("all"));
    }

    @AfterAll
    static void close() throws Exception {
        client.close();
        gateway.server.run("DROP TABLE aged CASCADE");
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SELECT sum(age), avg(a.age)::int FROM aged a                             | 120 40
            SELECT team, sum(age) FROM aged GROUP BY team ORDER BY sum(age) DESC, team | a 60 b 60
            SELECT team FROM aged GROUP BY team HAVING avg(age) > 50                 | b
            SELECT s / 2 FROM (SELECT sum(age) AS s FROM aged) q                     | 60
            SELECT s FROM (SELECT sum(age) AS s FROM aged) q WHERE s > 100           | 120
            SELECT round(stddev_pop(age)) FROM aged                                  | 16
            SELECT pg_catalog.sum(years) FROM aged_view                              | 120
            SELECT team FROM aged GROUP BY team HAVING count(pay) > 1                | a
            SELECT count(pay) * 10 FROM aged                                         | 30
            """)
    void what_is_exempt_is_shown_and_may_decide(String sql, String expected) throws Exception {
        assertThat(shown(sql)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT age FROM aged",
                "SELECT max(age), array_agg(age) FROM aged",
                "SELECT sum(age) FILTER (WHERE team = 'b') FROM aged",
                "SELECT sum(age) OVER (ORDER BY id) FROM aged",
                "SELECT sum(pay) FROM aged",
                "SELECT greatest(sum(pay), sum(age)) FROM aged",
                "SELECT sum(x) FROM (SELECT greatest(age, 0) AS x FROM aged) q",
                "SELECT sum(x) FROM (SELECT age AS x FROM aged UNION ALL SELECT pay FROM aged) q",
            })
    void what_is_not_exempt_stays_hidden(String sql) throws Exception {
        assertThat(shown(sql)).matches("(null ?)+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT team FROM aged GROUP BY team HAVING max(age) > 50",
                "SELECT team FROM aged GROUP BY team HAVING sum(pay) > 2",
                "SELECT id FROM aged WHERE age > 50",
                "SELECT sum(age + 0) FROM aged",
                "SELECT sum(age::numeric) FROM aged",
                "SELECT sum(DISTINCT age) FROM aged",
                "SELECT stddev_pop(pay) FROM aged",
                "SELECT sum(age) + max(age) FROM aged",
                "SELECT count(*) FROM aged GROUP BY age",
            })
    void what_is_not_exempt_decides_nothing(String sql) throws Exception {
        String marked = sql + " -- not exempt";
        assertThat(Answers.sqlState(client.query(marked))).isEqualTo("42501");
        assertThat(gateway.server.log()).doesNotContain(marked);
    }

    private static String shown(String sql) throws Exception {
        return Bait.rows(client.query(sql)).stream()
                .flatMap(List::stream)
                .map(value -> Objects.requireNonNullElse(value, "null"))
                .collect(Collectors.joining(" "));
    }
}
