package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the policy does not allow reaches the target in no spelling, and the session can be used all the same. */
class DeniedStatementsIT {
    private static Bait bait;
    private static RawClient client;

    @BeforeAll
    static void open() throws Exception {
        bait = new Bait();
        client = bait.client(Bait.WRITER);
    }

    @AfterAll
    static void close() throws Exception {
        client.close();
        bait.close();
    }

    static Stream<String> denied() {
        return Stream.of(
                "SELECT * FROM vault",
                "TABLE vault",
                "SELECT 1; DROP TABLE vault",
                "SELECT 1;;; DROP TABLE vault --",
                "DROP/**/TABLE/* /* nested */ */vault",
                "DROP -- a comment\r TABLE vault",
                "DROP -- a comment\n TABLE vault",
                "SELECT '\\'; DROP TABLE vault; --'; DROP TABLE vault",
                "SELECT E'\\'; SELECT 1; --'; DROP TABLE vault",
                "SELECT U&'!0027' UESCAPE '!'; DROP TABLE vault",
                "SELECT $a$ ; $b$ $a$; DROP TABLE vault",
                "SELECT $$'$$; DROP TABLE vault --'",
                "SELECT * FROM U&\"v\\0061ult\"",
                "SELECT * FROM U&\"v!0061ult\" UESCAPE '!'",
                "SELECT * FROM \"vault\"",
                "SELECT * FROM PUBLIC.VAULT",
                "SELECT 1 FROM vault WHERE false",
                "SELECT (SELECT secret FROM vault)",
                "SELECT 1 WHERE EXISTS (SELECT FROM vault)",
                "WITH v AS (SELECT * FROM vault) SELECT 1",
                "WITH d AS (DELETE FROM vault RETURNING 1) SELECT 1",
                "WITH d AS (INSERT INTO vault VALUES (2, 'x')) SELECT 1",
                "EXPLAIN ANALYZE DELETE FROM vault",
                "EXPLAIN (ANALYZE) DELETE FROM vault",
                "EXPLAIN SELECT * FROM vault",
                "COPY vault TO STDOUT",
                "COPY (DELETE FROM vault RETURNING *) TO STDOUT",
                "COPY vault FROM STDIN",
                "COPY parcel TO PROGRAM 'cat'",
                "COPY parcel FROM '/etc/passwd'",
                "COPY parcel TO '/tmp/x'",
                "DO $$ BEGIN DELETE FROM vault; END $$",
                "DO LANGUAGE plpgsql 'BEGIN DELETE FROM vault; END'",
                "CALL settle()",
                "SELECT tell_ssn(1)",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE FUNCTION pg_temp.lower(text) RETURNS text LANGUAGE sql AS 'SELECT 1'",
                "CREATE OR REPLACE VIEW patron_view AS SELECT 1",
                "CREATE TABLE t (id int)",
                "CREATE TEMP TABLE patron (id int)",
                "CREATE SCHEMA \"$user\"",
                "CREATE RULE r AS ON INSERT TO parcel DO INSTEAD NOTHING",
                "CREATE TRIGGER t BEFORE INSERT ON parcel EXECUTE FUNCTION watch()",
                "ALTER TABLE parcel ADD COLUMN x int",
                "ALTER TABLE patron RENAME TO known",
                "ALTER TABLE patron RENAME COLUMN ssn TO shown",
                "COMMENT ON TABLE parcel IS 'x'",
                "ANALYZE patron",
                "VACUUM parcel",
                "LOCK TABLE vault",
                "TRUNCATE parcel",
                "GRANT ALL ON vault TO public",
                "PREPARE d AS DELETE FROM vault",
                "DECLARE d CURSOR FOR SELECT * FROM vault",
                "BEGIN; DECLARE d CURSOR FOR SELECT * FROM vault",
                "EXECUTE nothing_of_this_name",
                "FETCH nothing_of_this_name",
                "MERGE INTO vault USING region ON true WHEN MATCHED THEN DELETE",
                "SELECT * INTO t FROM parcel",
                "SELECT * FROM parcel, vault",
                "INSERT INTO parcel (memo) SELECT secret FROM vault",
                "UPDATE parcel SET memo = 'x' FROM vault",
                "SELECT * FROM visit FOR UPDATE",
                "SET ROLE postgres",
                "SET SESSION AUTHORIZATION postgres",
                "RESET ROLE",
                "RESET SESSION AUTHORIZATION",
                "SET LOCAL ROLE postgres",
                "SELECT set_config('role', 'postgres', false)",
                "SELECT set_config('ro' || 'le', 'postgres', false)",
                "SELECT pg_catalog.set_config(setting_name => 'role', new_value => 'postgres', is_local => false)",
                "SELECT set_config(value, 'postgres', false) FROM (VALUES ('role')) v(value)",
                "SET search_path = pg_temp, public",
                "SELECT set_config('search_path', 'pg_temp', true)",
                "SET standard_conforming_strings = off",
                "SET standard_conforming_strings TO 'off'",
                "SELECT set_config('standard_conforming_strings', 'off', false)",
                "SET client_encoding = 'SJIS'",
                "SET NAMES 'BIG5'",
                "SELECT set_config('client_encoding', 'GBK', false)",
                "SET session_replication_role = replica",
                "SET row_security = off",
                "SET transform_null_equals = on",
                "UPDATE pg_settings SET setting = 'off' WHERE name = 'standard_conforming_strings'",
                "ALTER SYSTEM SET log_statement = 'none'",
                "ALTER ROLE shop_app SET search_path = pg_temp",
                "SELECT pg_read_file('/etc/passwd')",
                "SELECT pg_ls_dir('.')",
                "SELECT lo_import('/etc/passwd')",
                "SELECT lo_export(1, '/tmp/x')",
                "SELECT lo_creat(-1)",
                "SELECT dblink('host=localhost', 'SELECT 1')",
                "SELECT query_to_xml('DELETE FROM vault RETURNING 1', true, true, '')",
                "SELECT pg_terminate_backend(1)",
                "SELECT pg_cancel_backend(pid) FROM (VALUES (1)) v(pid)",
                "SELECT pg_advisory_lock(1)",
                "SELECT pg_try_advisory_xact_lock(1)",
                "SELECT * FROM pg_stat_activity",
                "SELECT * FROM pg_locks",
                "SELECT * FROM pg_cursors",
                "COMMIT PREPARED 'x'",
                "ROLLBACK PREPARED 'x'",
                "BEGIN; PREPARE TRANSACTION 'x'",
                "SELECT pg_reload_conf()",
                "SELECT pg_sleep(100)",
                "SELECT nextval('parcel_id_seq')",
                "NOTIFY c, 'x'",
                "LISTEN c",
                "SELECT pg_notify('c', 'x')",
                "LOAD 'auto_explain'",
                "CREATE EXTENSION dblink",
                "CHECKPOINT",
                "SECURITY LABEL ON TABLE parcel IS 'x'",
                "REFRESH MATERIALIZED VIEW patron_stored",
                "REINDEX TABLE parcel",
                "IMPORT FOREIGN SCHEMA x FROM SERVER y INTO z",
                "SELECT * FROM nothing_of_this_name",
                "SELECT lower('x') FROM pg_authid",
                "SELECT 1 / 0 FROM vault",
                "DELETE FROM patron WHERE id = 1",
                "DELETE FROM parcel WHERE id IN (SELECT id FROM vault)",
                "SELECT public.lower('x')",
                "SELECT 1 OPERATOR(public.+) 1",
                "DR/**/OP TABLE vault",
                "D/**/ROP TABLE vault",
                "SELECT 'a' 'b'; DROP TABLE vault",
                "SELECT $a$ $$ $b$ $a$, $b$ $a$ $b$; DROP TABLE vault",
                "SELECT E'\\\\'; DROP TABLE vault; --'",
                "SELECT e'\\047'; DROP TABLE vault; --'",
                "SELECT U&'\\0027'; DROP TABLE vault",
                "SELECT 'x'\n 'y'; DROP TABLE vault",
                "SELECT B'1', X'27'; DROP TABLE vault",
                "SELECT \"a;b\" FROM (SELECT 1 AS \"a;b\") q; DROP TABLE vault",
                "BEGIN; DELETE FROM vault; COMMIT",
                "WITH a AS (SELECT 1), d AS (UPDATE vault SET id = 1 RETURNING 1) SELECT * FROM a",
                "WITH m AS (MERGE INTO vault USING region ON true WHEN MATCHED THEN DELETE RETURNING 1) SELECT 1",
                "WITH o AS (WITH i AS (DELETE FROM vault RETURNING 1) SELECT 1) SELECT 1",
                "SELECT * FROM (WITH d AS (SELECT * FROM vault) SELECT 1) q",
                "EXPLAIN (ANALYZE true, COSTS off) UPDATE vault SET id = 1",
                "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1",
                "EXPLAIN ANALYZE VERBOSE MERGE INTO vault USING region ON true WHEN MATCHED THEN DELETE",
                "COPY (UPDATE vault SET id = 1 RETURNING *) TO STDOUT",
                "COPY (WITH d AS (DELETE FROM vault RETURNING 1) SELECT * FROM d) TO STDOUT",
                "COPY (SELECT 1) TO PROGRAM 'cat'",
                "COPY parcel FROM PROGRAM 'cat'",
                "COPY parcel FROM STDIN; DELETE FROM vault",
                "CREATE TABLE t AS SELECT 1",
                "CREATE TABLE t AS EXECUTE p",
                "CREATE MATERIALIZED VIEW t AS SELECT 1",
                "CREATE VIEW t AS SELECT * FROM vault",
                "SELECT 1 INTO t",
                "SELECT pg_read_binary_file('postgresql.conf')",
                "SELECT pg_stat_file('postgresql.conf')",
                "SELECT pg_ls_logdir()",
                "SELECT * FROM pg_ls_dir('.') AS f",
                "SELECT lo_get(1)",
                "SELECT lo_put(1, 0, 'x')",
                "SELECT lo_unlink(1)",
                "SELECT cursor_to_xml('c', 1, true, true, '')",
                "SELECT database_to_xml(true, true, '')",
                "SELECT query_to_xmlschema('SELECT 1', true, true, '')",
                "SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')",
                "SELECT ts_rewrite('a'::tsquery, 'SELECT 1')",
                "SELECT pg_logical_emit_message(true, 'a', 'b')",
                "SELECT pg_switch_wal()",
                "SELECT pg_create_restore_point('a')",
                "SELECT pg_export_snapshot()",
                "SELECT pg_rotate_logfile()",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM vault RETURNING 1'; SELECT f()",
                "CREATE AGGREGATE lower(text) (SFUNC = textcat, STYPE = text)",
                "CREATE CAST (text AS int) WITH INOUT AS IMPLICIT",
                "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
                "SELECT id FROM patron WHERE tell_ssn(id) = 'x'",
                "SET LOCAL SESSION AUTHORIZATION postgres",
                "SET \"role\" TO postgres",
                "SET SESSION ROLE NONE",
                "SET session_authorization = DEFAULT",
                "BEGIN; SET LOCAL role = 'postgres'; COMMIT",
                "SELECT set_config('session_authorization', 'postgres', true)",
                "SELECT set_config(U&'ro\\006ce', 'postgres', false)",
                "SELECT set_config(E'\\x72ole', 'postgres', false)",
                "SELECT set_config(lower('ROLE'), 'postgres', false)",
                "SELECT set_config($$role$$, 'postgres', false)",
                "UPDATE pg_catalog.pg_settings SET setting = 'postgres' WHERE name = 'role'",
                "PREPARE d AS SELECT 1; EXECUTE d; DELETE FROM vault",
                "SELEC 1",
                "DELETE",
                "DROP TABLE vault CASCADE; SELECT",
                "DROP TABLE");
    }

    @ParameterizedTest
    @MethodSource("denied")
    void runs_in_no_way(String sql) throws Exception {
        String mark = "denied_" + Integer.toHexString(sql.hashCode());
        for (String marked : List.of("/* " + mark + " */ " + sql, sql + " /* " + mark + " */")) {
            for (List<Message> answer : List.of(client.query(marked), Bait.extended(client, marked, 0))) {
                assertThat(Bait.refusal(answer)).as(answer.toString()).isEqualTo("42501");
                assertThat(RawClient.tags(answer)).as(answer.toString()).matches("1?2?EZ");
                assertThat(answer.getLast().text()).isEqualTo("I");
            }
        }
        assertThat(bait.reached(mark)).isFalse();
        assertThat(Bait.rows(client.query("SELECT 7"))).containsExactly(List.of("7"));
    }

    /** No condition in them can spare a row. */
    static Stream<String> unfiltered() {
        return Stream.of(
                "DELETE FROM parcel",
                "DELETE FROM parcel WHERE true",
                "DELETE FROM parcel WHERE 1=1",
                "DELETE FROM parcel WHERE id = id",
                "DELETE FROM parcel WHERE NOT false",
                "DELETE FROM parcel WHERE 'a' = 'a' OR id = 5",
                "DELETE FROM parcel WHERE id = 1 OR id <> 1 OR id IS NULL",
                "DELETE FROM parcel WHERE (id IS NULL) OR id IS NOT NULL",
                "DELETE FROM parcel WHERE EXISTS (SELECT 1)",
                "DELETE FROM parcel USING region WHERE region.id = 1",
                "DELETE FROM ONLY parcel p WHERE (1, 2) = (1, 2)",
                "UPDATE parcel SET memo = 'all'",
                "UPDATE parcel SET memo = 'all' WHERE true AND 1 = 1",
                "UPDATE parcel SET memo = 'all' FROM region WHERE region.id = 2",
                "WITH d AS (DELETE FROM parcel RETURNING 1) SELECT count(*) FROM d",
                "MERGE INTO parcel USING region ON true WHEN MATCHED THEN DELETE",
                "EXPLAIN ANALYZE DELETE FROM parcel WHERE true",
                "PREPARE d AS DELETE FROM parcel WHERE 1 = 1",
                "DELETE FROM parcel WHERE id = 1; DELETE FROM parcel");
    }

    @ParameterizedTest
    @MethodSource("unfiltered")
    void takes_a_condition_that_spares_no_row_for_none(String sql) throws Exception {
        String mark = " /* unfiltered_" + Integer.toHexString(sql.hashCode()) + " */";
        try (RawClient careful = bait.client(Bait.CAREFUL)) {
            for (List<Message> answer : List.of(careful.query(sql + mark), Bait.extended(careful, sql + mark, 0))) {
                assertThat(Bait.refusal(answer)).as(answer.toString()).isEqualTo("42501");
            }
            assertThat(Bait.refusal(careful.query("DELETE FROM parcel WHERE id = 1000 AND true")))
                    .isEmpty();
        }
        assertThat(bait.reached(mark)).isFalse();
    }

    @Test
    void refuses_what_prepare_and_execute_would_hide() throws Exception {
        client.query("PREPARE hidden AS SELECT id FROM parcel");

        assertThat(Bait.refusal(client.query("PREPARE hidden2 AS SELECT * FROM vault")))
                .isEqualTo("42501");
        assertThat(Bait.refusal(client.query("EXECUTE hidden2"))).isEqualTo("42501");
        assertThat(Bait.refusal(client.query("EXECUTE hidden"))).isEmpty();
        client.query("DEALLOCATE hidden");
    }

    @Test
    void refuses_a_text_with_a_zero_in_it() throws Exception {
        try (RawClient other = bait.client(Bait.WRITER)) {
            other.send(message('Q', utf8("SELECT 1 /* \0 */; DROP TABLE vault /* zero_byte */\0")));
            Message answer = other.readUntil('E').getLast();

            assertThat(answer.field('C')).isEqualTo("08P01");
            assertThat(bait.reached("zero_byte")).isFalse();
        }
    }

    @Test
    void refuses_a_text_in_another_encoding() throws Exception {
        try (RawClient other = bait.client(Bait.WRITER)) {
            byte[] half = {(byte) 0xbf, '\''};
            other.send(message('Q', utf8("SELECT '"), half, utf8("; DROP TABLE vault; --other_encoding"), new byte[1]));
            Message answer = other.readUntil('E').getLast();

            assertThat(answer.field('C')).isNotEmpty();
            assertThat(bait.gateway.server.query("SELECT count(*) FROM vault").getFirst())
                    .containsExactly("1");
        }
    }

    @Test
    void refuses_what_is_too_deep_or_too_long_in_bounded_time() throws Exception {
        String deep = "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
        String wide = "SELECT id FROM parcel WHERE id IN (" + "1,".repeat(5_000_000) + "1)";
        for (String sql : List.of(deep, wide, "SELECT '" + "x".repeat(10 << 20) + "'; DROP TABLE vault")) {
            long start = System.nanoTime();
            try (RawClient other = bait.client(Bait.WRITER)) {
                other.send(query(sql));

                assertThat(other.readUntil('E').getLast().field('C')).isIn("42501", "54000", "53400", "08P01");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            }
        }
        assertThat(Bait.rows(client.query("SELECT 7"))).containsExactly(List.of("7"));
    }

    @Test
    void rolls_back_what_came_before_a_denied_statement_in_its_pipeline() throws Exception {
        client.send(
                        parse("", "UPDATE parcel SET memo = 'rolled back' WHERE id = 1"),
                        bind("", ""),
                        execute("", 0),
                        parse("", "DELETE FROM vault"),
                        bind("", ""),
                        execute("", 0),
                        sync())
                .readUntilReady();

        assertThat(bait.gateway
                        .server
                        .query("SELECT memo FROM parcel WHERE id = 1")
                        .getFirst())
                .doesNotContain("rolled back");
    }

    @Test
    void runs_no_statement_that_only_its_older_meaning_allowed() throws Exception {
        client.send(parse("twice", "SELECT id FROM parcel"), sync()).readUntilReady();
        client.send(parse("twice", "DELETE FROM vault /* twice_denied */"), sync())
                .readUntilReady();

        List<Message> answer =
                client.send(bind("", "twice"), execute("", 1), sync()).readUntilReady();

        assertThat(Bait.refusal(answer)).isEmpty();
        assertThat(bait.reached("twice_denied")).isFalse();
    }

    @Test
    void refuses_names_in_the_temporary_schema() throws Exception {
        assertThat(Bait.refusal(client.query("SELECT * FROM pg_temp.patron"))).isEqualTo("42501");
        assertThat(Bait.refusal(client.query("SELECT pg_temp.lower('x')"))).isEqualTo("42501");
    }
}
