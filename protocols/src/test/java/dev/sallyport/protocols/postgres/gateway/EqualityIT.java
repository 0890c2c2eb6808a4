package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Predicates;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A masked column may be looked up by one value at a time, as often as the mask says, and asked nothing else. */
class EqualityIT {
    private static final String FREELY = "freely";
    private static final String RARELY = "rarely";
    private static TestGateway gateway;
    private static RawClient client;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(comparing(FREELY, 100_000), comparing(RARELY, 3)));
        gateway.server.run("""
                CREATE TABLE compared (id int PRIMARY KEY, name text, ssn text, card text);
                CREATE VIEW compared_view AS SELECT id, ssn AS code, upper(ssn) AS loud FROM compared;
                INSERT INTO compared VALUES (1, 'Ada', '111', '5'), (2, 'Bob', '222', '6'), (3, 'Cyd', '222', '7');
                GRANT ALL ON compared, compared_view TO shop_app;
                """);
        client = gateway.raw(gateway.bot(FREELY));
    }

    private static Policy comparing(String group, int perMinute) {
        return Policies.forGroup(group)
                .allow(EnumSet.allOf(Action.class))
                .mask(new Policy.Masking.OfColumn(
                        new ColumnMask("public", "compared", "ssn", new Mask.Redact()),
                        new Predicates.Equality(perMinute),
                        false))
                .build();
    }

    @AfterAll
    static void close() throws Exception {
        client.close();
        gateway.server.run("DROP TABLE compared CASCADE");
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id FROM compared WHERE ssn = '111'",
                "SELECT id FROM compared c WHERE text '111' = c.ssn AND (name = 'Ada' AND id > 0)",
                "SELECT id FROM compared WHERE ssn OPERATOR(pg_catalog.=) '111'::varchar",
                "SELECT id FROM compared_view WHERE code = '111'",
                "SELECT q.id FROM (SELECT * FROM compared) q WHERE q.ssn = '111'",
                "WITH q AS (SELECT id, ssn AS s FROM compared) SELECT id FROM q WHERE s = '111'",
                "SELECT id FROM (VALUES (1)) v(id) WHERE EXISTS (SELECT 1 FROM compared c WHERE c.ssn = '111' AND c.id = v.id)",
                "UPDATE compared SET name = 'Ada' WHERE ssn = '111' RETURNING id",
                "WITH found AS (SELECT id FROM compared WHERE ssn = '111' FOR UPDATE) SELECT id FROM found",
                "PREPARE found(text) AS SELECT id FROM compared WHERE ssn = $1; EXECUTE found('111'); DEALLOCATE found",
                "BEGIN; DECLARE found CURSOR FOR SELECT id FROM compared WHERE ssn = '111'; FETCH found; COMMIT",
            })
    void one_value_finds_its_rows(String sql) throws Exception {
        assertThat(Answers.firstColumn(client.query(sql))).containsExactly("1");
        assertThat(Answers.firstColumn(client.query(sql.replace("111", "112")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void a_drivers_parameter_is_one_value(String mode) throws Exception {
        try (Connection driver = gateway.jdbc(gateway.bot(FREELY), "preferQueryMode", mode);
                PreparedStatement find = driver.prepareStatement(
                        "SELECT id FROM compared WHERE ssn = ? AND id < ? ORDER BY id LIMIT 1")) {
            for (int i = 0; i < 7; i++) {
                find.setString(1, "222");
                find.setInt(2, 10);
                try (ResultSet rows = find.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(2);
                }
            }
        }
    }

    @Test
    void what_is_found_is_masked_all_the_same() throws Exception {
        assertThat(Bait.rows(client.query("SELECT ssn, id, ssn || '!' FROM compared WHERE ssn = '111'")))
                .containsExactly(List.of("[redacted]", "1", "[redacted]!"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id FROM compared WHERE ssn IN ('111')",
                "SELECT id FROM compared WHERE ssn IN ('111', '222')",
                "SELECT id FROM compared WHERE ssn = ANY ('{111,222}')",
                "SELECT id FROM compared WHERE ssn = '111' OR ssn = '222'",
                "SELECT id FROM compared WHERE ssn = '111' AND ssn = '222'",
                "SELECT id FROM compared WHERE NOT ssn = '111'",
                "SELECT id FROM compared WHERE ssn <> '111'",
                "SELECT id FROM compared WHERE ssn LIKE '111'",
                "SELECT id FROM compared WHERE ssn ~ '1'",
                "SELECT id FROM compared WHERE ssn BETWEEN '111' AND '112'",
                "SELECT id FROM compared WHERE ssn IS NOT DISTINCT FROM '111'",
                "SELECT id FROM compared WHERE ssn = NULL",
                "SELECT id FROM compared WHERE ssn = ssn",
                "SELECT id FROM compared WHERE ssn = card",
                "SELECT id FROM compared WHERE ssn = '11' || '1'",
                "SELECT id FROM compared WHERE ssn = (SELECT '111')",
                "SELECT id FROM compared WHERE ssn = lower('111')",
                "SELECT id FROM compared WHERE ssn::int = 111",
                "SELECT id FROM compared WHERE left(ssn, 1) = '1'",
                "SELECT id FROM compared WHERE (ssn, id) = ('111', 1)",
                "SELECT id FROM compared WHERE (ssn = '111') IS TRUE",
                "SELECT id FROM compared_view WHERE loud = '111'",
                "SELECT id FROM (SELECT id, upper(ssn) AS s FROM compared) q WHERE s = '111'",
                "SELECT c.id FROM compared c JOIN (VALUES ('111')) v(s) ON c.ssn = v.s",
                "SELECT c.id FROM compared c JOIN compared d ON d.ssn = '111'",
                "SELECT c.id FROM compared c, (VALUES ('111'), ('222')) v(s) WHERE c.ssn = v.s",
                "SELECT a.id FROM compared a, compared b WHERE a.ssn = '111' AND b.ssn = '222'",
                "SELECT id FROM compared WHERE ssn = '111' UNION ALL SELECT id FROM compared WHERE ssn = '222'",
                "SELECT (SELECT count(*) FROM compared WHERE ssn = '111'), (SELECT count(*) FROM compared WHERE ssn = '222')",
                "SELECT id FROM compared WHERE ssn = '111' ORDER BY ssn",
                "SELECT count(*) FILTER (WHERE ssn = '111') FROM compared",
                "SELECT ssn = '111' FROM compared",
                "SELECT CASE WHEN ssn = '111' THEN 1 END FROM compared",
                "SELECT ssn FROM compared GROUP BY ssn HAVING ssn = '111'",
                "EXPLAIN SELECT id FROM compared WHERE ssn = '111'",
                "EXPLAIN ANALYZE SELECT id FROM compared WHERE ssn = '111'",
                "MERGE INTO compared c USING (VALUES (1)) v(id) ON c.ssn = '111' WHEN MATCHED THEN DO NOTHING",
                "INSERT INTO compared (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'x' WHERE compared.ssn = '111'",
                "CREATE VIEW compared_later AS SELECT id FROM compared WHERE ssn = '111'",
            })
    void nothing_else_is_asked(String sql) throws Exception {
        String marked = sql + " -- nothing else";
        assertThat(Answers.sqlState(client.query(marked))).isEqualTo("42501");
        assertThat(gateway.server.log()).doesNotContain(marked);
    }

    @Test
    void every_execute_counts_and_one_too_many_is_refused_and_recorded() throws Exception {
        try (RawClient rare = gateway.raw(gateway.bot(RARELY).subject("executes"))) {
            String sql = "SELECT id FROM compared WHERE ssn = $1 -- executed";
            rare.send(parse("found", sql), sync());
            rare.readUntilReady();
            for (String value : List.of("111", "no-1", "no-2")) {
                assertThat(executed(rare, value)).extracting(Message::tag).doesNotContain('E');
            }
            Message error = Answers.error(executed(rare, "no-3"));
            assertThat(error.field('C')).isEqualTo("53400");
            assertThat(error.field('M')).contains("public.compared.ssn").contains("3 times a minute");
            assertThat(error.field('H')).matches("Try again in (19|20) s\\.");
            assertThat(gateway.server.log()).contains("no-2").doesNotContain("no-3");
            CommandDecided refused = Answers.decided(gateway, "WHERE ssn = $1").getLast();
            assertThat(refused.outcome()).isEqualTo("deny");
            assertThat(refused.reason()).isEqualTo("LIMIT");
            assertThat(refused.rules()).containsExactly(RARELY + "/mask[0]");
            assertThat(rare.query("SELECT id FROM compared WHERE name = 'Ada'"))
                    .extracting(Message::tag)
                    .contains('D');
        }
    }

    private static List<Message> executed(RawClient rare, String value) throws IOException {
        return rare.send(bind("", "found", value), execute("", 0), sync()).readUntilReady();
    }

    @Test
    void all_sessions_of_an_identity_ask_together_and_those_of_another_for_themselves() throws Exception {
        try (RawClient one = gateway.raw(gateway.bot(RARELY).subject("one"));
                RawClient other = gateway.raw(gateway.bot(RARELY).subject("other"))) {
            String two = "SELECT 1 FROM compared WHERE ssn = '1'; SELECT 1 FROM compared WHERE ssn = '2'";
            assertThat(Bait.refusal(one.query(two))).isEmpty();
            assertThat(Bait.refusal(one.query(two))).isEqualTo("53400");
            assertThat(Bait.refusal(other.query(two))).isEmpty();
        }
        try (RawClient again = gateway.raw(gateway.bot(RARELY).subject("one"))) {
            assertThat(Bait.refusal(again.query("SELECT 1 FROM compared WHERE ssn = '3'")))
                    .isEmpty();
            assertThat(Bait.refusal(again.query("SELECT 1 FROM compared WHERE ssn = '4' -- too many")))
                    .isEqualTo("53400");
            assertThat(Bait.refusal(again.query("SELECT 1 FROM compared WHERE ssn IN ('5') -- refused anyway")))
                    .isEqualTo("42501");
        }
        assertThat(gateway.server.log()).doesNotContain("-- too many").doesNotContain("-- refused anyway");
    }

    @Test
    void fetching_on_with_a_portal_asks_nothing_new() throws Exception {
        try (RawClient rare = gateway.raw(gateway.bot(RARELY).subject("fetches"))) {
            rare.query("BEGIN");
            for (int i = 0; i < 3; i++) {
                List<Message> rows = rare.send(
                                parse("", "SELECT id FROM compared WHERE ssn = $1 ORDER BY id"),
                                bind("", "", "222"),
                                execute("", 1),
                                execute("", 1),
                                sync())
                        .readUntilReady();
                assertThat(Answers.firstColumn(rows)).containsExactly("2", "3");
            }
        }
    }
}
