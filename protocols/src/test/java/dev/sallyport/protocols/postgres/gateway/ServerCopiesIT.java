package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.target.Target;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.sql.Connection;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What PostgreSQL keeps of masked values outside their table, for a client that may do everything, on a target whose
 * credential sees everything.
 */
class ServerCopiesIT {
    private static final String SUPER = "sees_all";
    private static final String LARGE_OBJECT = "16450711";

    private static final String TABLES = """
            DROP TABLE IF EXISTS copied, copied_note CASCADE;
            DROP VIEW IF EXISTS copied_stats, copied_running, copied_file;
            DROP FUNCTION IF EXISTS copied_body;
            CREATE TABLE copied (
                id int PRIMARY KEY, name text, ssn text, big text,
                loud text GENERATED ALWAYS AS (upper(ssn) || '!') STORED,
                soft text GENERATED ALWAYS AS (lower(name)) STORED);
            CREATE TABLE copied_note (id int, note text);
            ALTER TABLE copied ALTER big SET STORAGE EXTERNAL;
            INSERT INTO copied SELECT i, 'name', 'QZXQZ-40711-000' || i % 3, repeat('QZXQZ', 1000)
                FROM generate_series(1, 300) i;
            CREATE STATISTICS copied_mcv (mcv) ON ssn, name FROM copied;
            CREATE STATISTICS copied_made ON (left(ssn, 11)) FROM copied;
            CREATE INDEX ON copied (lower(ssn));
            ANALYZE copied;
            CREATE MATERIALIZED VIEW copied_stored AS SELECT id, ssn, upper(ssn) AS loud, name FROM copied;
            CREATE VIEW copied_stats AS SELECT tablename, most_common_vals::text AS vals, null_frac FROM pg_stats;
            CREATE VIEW copied_running AS SELECT a.pid, a.query AS running FROM pg_stat_get_activity(NULL) a;
            CREATE VIEW copied_file AS SELECT query_to_xml('SELECT ssn FROM copied', true, true, '')::text AS x;
            CREATE VIEW copied_defined AS SELECT id FROM copied WHERE ssn <> 'QZXQZ-40711-0001';
            CREATE FUNCTION copied_body() RETURNS text LANGUAGE sql AS $$SELECT 'QZXQZ-40711-0001'::text$$;
            """;

    private static TestGateway gateway;
    private static PostgresServer server;
    private static Connection other;
    private static RawClient client;

    @BeforeAll
    static void open() throws Exception {
        server = PostgresServer.shared();
        Target shop = Shop.on(server);
        server.run("DROP ROLE IF EXISTS " + SUPER + "; CREATE ROLE " + SUPER + " LOGIN SUPERUSER PASSWORD 'all'");
        server.run(TABLES);
        server.run("SELECT lo_from_bytea(" + LARGE_OBJECT + ", 'QZXQZ-40711')");
        EnumSet<Action> all = EnumSet.allOf(Action.class);
        gateway = new TestGateway(
                server,
                Shop.password(shop, SUPER, "all"),
                List.of(
                        masked("curious").build(),
                        masked("trusted").open(ServerCopies.Kind.values()).build(),
                        Policies.forGroup("unmasked").allow(all).build()));
        other = gateway.jdbc(gateway.bot("unmasked"));
        try (Statement statement = other.createStatement()) {
            statement.execute("SELECT 'QZXQZ-40711' AS what_others_run");
        }
        client = gateway.raw(gateway.bot("curious"));
    }

    private static Policies masked(String group) {
        return Policies.forGroup(group)
                .allow(EnumSet.allOf(Action.class))
                .mask("public", "copied", "ssn", new Mask.KeepLast(1))
                .mask("public", "copied", "big", new Mask.Redact());
    }

    @AfterAll
    static void close() throws Exception {
        client.close();
        other.close();
        gateway.close();
        server.run("SELECT lo_unlink(" + LARGE_OBJECT + ")");
        server.run("DROP TABLE copied, copied_note CASCADE; DROP FUNCTION copied_body");
    }

    private static String toast() {
        return server.query("SELECT reltoastrelid::regclass FROM pg_class WHERE relname = 'copied'")
                .getFirst()
                .getFirst();
    }

    /** Their answers come, with nothing of the values in them. */
    static Stream<String> shown() {
        return Stream.of(
                "SELECT * FROM pg_stats WHERE tablename = 'copied'",
                "SELECT most_common_vals FROM pg_stats WHERE tablename = 'copied'",
                "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'copied'",
                "SELECT array_to_string(most_common_vals, ',') FROM pg_stats",
                "SELECT s FROM pg_stats s WHERE s.tablename = 'copied'",
                "SELECT row_to_json(s) FROM pg_stats s",
                "SELECT array_agg(most_common_vals::text) FROM pg_catalog.pg_stats",
                "WITH s AS (SELECT * FROM pg_stats) SELECT most_common_vals FROM s",
                "SELECT stavalues1, stavalues2, stavalues3 FROM pg_statistic",
                "SELECT * FROM pg_statistic",
                "COPY pg_catalog.pg_statistic TO STDOUT",
                "COPY (SELECT tablename, most_common_vals FROM pg_stats) TO STDOUT",
                "SELECT * FROM pg_stats_ext",
                "SELECT * FROM pg_stats_ext_exprs",
                "SELECT stxdmcv, stxdexpr FROM pg_statistic_ext_data",
                "SELECT stxdexpr::text FROM pg_statistic_ext_data",
                "SELECT vals FROM copied_stats",
                "SELECT left(vals, 9), vals || '' FROM copied_stats",
                "SELECT query FROM pg_stat_activity",
                "SELECT lower(query), left(query, 20) FROM pg_stat_activity",
                "SELECT * FROM pg_stat_activity",
                "SELECT (a).query FROM pg_stat_activity a",
                "SELECT pg_stat_get_backend_activity(i) FROM generate_series(1, 20) i",
                "SELECT * FROM copied_running",
                "SELECT a.query FROM pg_stat_get_activity(NULL) a",
                "SELECT running || '' FROM copied_running",
                "SELECT data FROM pg_largeobject",
                "SELECT encode(data, 'hex') FROM pg_largeobject",
                "SELECT lo_get(" + LARGE_OBJECT + ")",
                "SELECT lo_get(" + LARGE_OBJECT + ")::text",
                "COPY pg_catalog.pg_largeobject TO STDOUT",
                "SELECT pg_read_file('PG_VERSION'), pg_read_binary_file('PG_VERSION')",
                "SELECT * FROM copied",
                "SELECT loud FROM copied",
                "SELECT lower(loud), left(loud, 8) FROM copied",
                "SELECT c.loud || '' FROM (SELECT loud FROM copied) c",
                "COPY (SELECT id, loud FROM copied) TO STDOUT",
                "SELECT * FROM copied_stored",
                "SELECT lower(loud) FROM copied_stored",
                "COPY copied_stored TO STDOUT",
                "SELECT x FROM copied_file",
                "SELECT x || '' FROM copied_file",
                "SELECT * FROM information_schema.views WHERE table_name = 'copied_defined'",
                "SELECT routine_definition FROM information_schema.routines WHERE routine_name = 'copied_body'",
                "SELECT definition FROM pg_views WHERE viewname = 'copied_defined'",
                "SELECT ev_action FROM pg_rewrite",
                "SELECT prosrc FROM pg_proc WHERE proname = 'copied_body'",
                "SELECT * FROM pg_proc WHERE proname = 'copied_body'",
                "EXPLAIN SELECT ssn FROM copied WHERE id = 1");
    }

    @ParameterizedTest
    @MethodSource("shown")
    void shows_no_value_that_is_kept_elsewhere(String sql) throws Exception {
        for (List<Message> answer :
                List.of(client.query(sql), Bait.extended(client, sql, 0), Bait.extended(client, sql, 1))) {
            Bait.nothingLeaked(answer.stream().filter(m -> m.tag() != 'T').toList());
            // The server has no binary form of some of these types.
            assertThat(Bait.refusal(answer)).isIn("", "42883", "0A000");
        }
    }

    /** Chunks of values that are too long for their row are in a table of their own, which is nobody's that is known. */
    @Test
    void a_toast_table_shows_nothing() throws Exception {
        String toast = toast();
        for (String sql : List.of(
                "SELECT chunk_data FROM " + toast,
                "SELECT * FROM " + toast,
                "SELECT t FROM " + toast + " t",
                "COPY " + toast + " TO STDOUT")) {
            Bait.nothingLeaked(client.query(sql));
            Bait.nothingLeaked(Bait.extended(client, sql, 1));
        }
        assertThat(Answers.sqlState(client.query("SELECT 1 FROM " + toast + " WHERE chunk_data > 'a'")))
                .isEqualTo("42501");
    }

    static Stream<String> refused() {
        return Stream.of(
                "SELECT 1 FROM pg_stats WHERE most_common_vals::text LIKE '%QZXQZ%'",
                "SELECT tablename FROM pg_stats ORDER BY histogram_bounds::text",
                "SELECT v FROM pg_stats, unnest(most_common_vals::text::text[]) v",
                "SELECT * FROM pg_statistic_ext_data, pg_mcv_list_items(stxdmcv)",
                "SELECT DISTINCT most_common_freqs FROM pg_stats",
                "SELECT tablename FROM copied_stats WHERE vals LIKE '{QZ%'",
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'Q%'",
                "SELECT count(*) FROM pg_stat_activity GROUP BY query",
                "SELECT query::int FROM pg_stat_activity",
                "SELECT pid FROM copied_running WHERE running LIKE 'Q%'",
                "SELECT convert_from(lo_get(" + LARGE_OBJECT + "), 'UTF8')",
                "SELECT 1 WHERE lo_get(" + LARGE_OBJECT + ")::text LIKE '%5a%'",
                "SELECT get_byte(data, 1) FROM pg_largeobject",
                "CREATE TABLE copied_out AS SELECT * FROM pg_stats",
                "CREATE TABLE copied_out AS SELECT ssn FROM copied",
                "SELECT loud INTO copied_out FROM copied",
                "CREATE TEMP TABLE copied_out AS SELECT loud FROM copied",
                "CREATE MATERIALIZED VIEW copied_out AS SELECT query FROM pg_stat_activity",
                "INSERT INTO copied_note (note) SELECT query FROM pg_stat_activity",
                "INSERT INTO copied_note (note) SELECT loud FROM copied",
                "UPDATE copied_note SET note = (SELECT most_common_vals::text FROM pg_stats LIMIT 1)",
                "SELECT id FROM copied WHERE loud = 'QZXQZ'",
                "SELECT id FROM copied_stored WHERE loud = 'QZXQZ'",
                "EXPLAIN SELECT id FROM copied WHERE ssn = 'QZXQZ-40711-0001'",
                "EXPLAIN SELECT id FROM copied WHERE ssn > 'QZXQZ'",
                "EXPLAIN SELECT id FROM copied WHERE loud > 'QZXQZ'",
                "EXPLAIN SELECT ssn FROM copied GROUP BY ssn",
                "SELECT 1 FROM pg_views WHERE definition LIKE '%QZ%'");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void lets_nothing_that_is_kept_elsewhere_decide_or_be_stored(String sql) throws Exception {
        for (List<Message> answer : List.of(client.query(sql), Bait.extended(client, sql, 0))) {
            assertThat(Answers.sqlState(answer)).isEqualTo("42501");
            assertThat(Answers.error(answer).field('M').toLowerCase(Locale.ROOT))
                    .contains("masked column");
        }
    }

    /** What does not name those columns, or tells no values, is as it always was. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'idle'",
                "SELECT bool_or(pid = pg_backend_pid()) FROM pg_stat_activity",
                "SELECT bool_or(n_distinct = 3) FROM pg_stats WHERE tablename = 'copied'",
                "SELECT bool_and(null_frac = 0) FROM copied_stats WHERE tablename = 'copied'",
                "SELECT bool_and(soft = 'name') FROM copied",
                "SELECT reltuples = 300 FROM pg_class WHERE relname = 'copied'",
                "SELECT count(*) = 1 FROM pg_proc WHERE proname = 'copied_body'",
                "SELECT bool_and(column_name <> '') FROM information_schema.columns WHERE table_name = 'copied'",
                "SELECT pg_get_viewdef('copied_defined'::regclass) LIKE '%ssn%'",
                "SELECT pg_get_expr(adbin, adrelid) LIKE 'lower%' FROM pg_attrdef"
                        + " WHERE adrelid = 'copied'::regclass ORDER BY adnum DESC LIMIT 1",
            })
    void leaves_the_rest_of_the_catalogue_alone(String sql) throws Exception {
        assertThat(Answers.firstColumn(client.query(sql))).containsExactly("t");
    }

    @Test
    void every_column_that_may_hold_values_is_masked_and_each_that_is_masked_is_there() {
        assertThat(KeptColumns.masked()).containsAll(KeptColumns.holdingValues(server));
        assertThat(KeptColumns.all(server)).containsAll(KeptColumns.masked());
    }

    @Test
    void a_policy_opens_what_its_masks_close() throws Exception {
        try (RawClient trusted = gateway.raw(gateway.bot("trusted"))) {
            assertThat(Answers.firstColumn(trusted.query(
                            "SELECT most_common_vals FROM pg_stats WHERE tablename = 'copied' AND attname = 'ssn'")))
                    .first()
                    .asString()
                    .contains("QZXQZ-40711-0001");
            assertThat(Answers.firstColumn(
                            trusted.query("SELECT query FROM pg_stat_activity WHERE query LIKE '%what_others_run'")))
                    .containsExactly("SELECT 'QZXQZ-40711' AS what_others_run");
            assertThat(Answers.firstColumn(trusted.query("SELECT lo_get(" + LARGE_OBJECT + ")")))
                    .first()
                    .asString()
                    .startsWith("\\x515a");
            assertThat(Answers.firstColumn(
                            trusted.query("SELECT definition FROM pg_views WHERE viewname = 'copied_defined'")))
                    .first()
                    .asString()
                    .contains("QZXQZ");
            Bait.nothingLeaked(trusted.query("SELECT ssn, loud, big FROM copied"));
        }
    }

    @Test
    void without_masks_everything_is_as_it_is() throws Exception {
        try (RawClient unmasked = gateway.raw(gateway.bot("unmasked"))) {
            assertThat(Answers.firstColumn(unmasked.query(
                            "SELECT count(*) > 0 FROM pg_stats WHERE most_common_vals::text LIKE '%QZXQZ%'")))
                    .containsExactly("t");
            assertThat(Answers.firstColumn(unmasked.query("SELECT chunk_data FROM " + toast() + " LIMIT 1")))
                    .first()
                    .asString()
                    .startsWith("\\x515a");
        }
    }
}
