package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever calls a function in SQL does what its body does, and sees what the body may show. */
class FunctionBodiesIT {
    private static final String CANARY = "731-55-0199";
    private static TestGateway gateway;

    private RawClient client;

    @BeforeAll
    static void start() throws Exception {
        PostgresServer.shared().run("""
                CREATE SCHEMA bodies; SET search_path = bodies;
                CREATE TABLE patient (id int, name text, ssn text);
                INSERT INTO patient VALUES (1, ' Ada ', '731-55-0199');
                CREATE TABLE visit (id int, note text);
                INSERT INTO visit VALUES (1, 'first');
                CREATE FUNCTION tidy(text) RETURNS text LANGUAGE sql AS 'SELECT lower(btrim($1))';
                CREATE FUNCTION tidy_bound(value text) RETURNS text LANGUAGE sql RETURN lower(btrim(value));
                CREATE TABLE tidied (id int, note text DEFAULT bodies.tidy(' X ') CHECK (bodies.tidy(note) = note));
                CREATE FUNCTION visits() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM bodies.visit';
                CREATE FUNCTION forget(int) RETURNS void LANGUAGE sql AS 'DELETE FROM bodies.visit WHERE id = $1';
                CREATE PROCEDURE forget_all() LANGUAGE sql AS 'DELETE FROM bodies.visit';
                CREATE FUNCTION ssn_of(int) RETURNS text LANGUAGE sql AS 'SELECT ssn FROM bodies.patient WHERE id = $1';
                CREATE FUNCTION all_of() RETURNS SETOF patient LANGUAGE sql AS 'SELECT * FROM bodies.patient';
                CREATE FUNCTION full_line(patient) RETURNS text LANGUAGE sql AS $$SELECT $1.name || $1.ssn$$;
                CREATE FUNCTION cleverly(int) RETURNS text LANGUAGE plpgsql
                    AS 'BEGIN RETURN (SELECT ssn FROM bodies.patient WHERE id = $1); END';
                CREATE FUNCTION as_owner(int) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT tidy($1::text)';
                """);
        PostgresServer.shared()
                .run("CREATE FUNCTION bodies.some_of(OUT who text, OUT what text) LANGUAGE sql"
                        + " BEGIN ATOMIC DELETE FROM bodies.tidied; SELECT name, ssn FROM bodies.patient; END");
        gateway = new TestGateway(List.of(
                Policies.forGroup("reader")
                        .allow(Set.of(Action.READ), "table:bodies.visit", "table:bodies.patient")
                        .allow(Set.of(Action.CALL), "function:bodies.*")
                        .allow(Set.of(Action.INSERT), "table:bodies.tidied")
                        .allow(Set.of(Action.SESSION), "setting:search_path")
                        .build(),
                Policies.forGroup("masked")
                        .allow(EnumSet.allOf(Action.class))
                        .mask("bodies", "patient", "ssn", new Mask.Redact())
                        .build()));
        PostgresServer.shared()
                .run("GRANT ALL ON SCHEMA bodies TO " + Shop.ROLE + "; GRANT ALL ON ALL TABLES IN SCHEMA bodies TO "
                        + Shop.ROLE + "; ALTER FUNCTION bodies.tidy(text) OWNER TO " + Shop.ROLE);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        PostgresServer.shared().run("DROP SCHEMA bodies CASCADE");
    }

    @BeforeEach
    void connect() throws Exception {
        client = gateway.raw(gateway.bot("reader"));
        client.query("SET search_path = bodies");
    }

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    private static String text(List<Message> answer) {
        StringBuilder text = new StringBuilder();
        answer.forEach(message -> text.append(new String(message.body(), StandardCharsets.UTF_8)));
        return text.toString();
    }

    private List<String> values(String sql) throws Exception {
        return Answers.firstColumn(client.query(sql));
    }

    private String refusal(String sql) throws Exception {
        List<Message> answer = client.query(sql);
        assertThat(RawClient.tags(answer)).isEqualTo("EZ");
        return text(answer);
    }

    @Test
    void a_function_that_only_computes_needs_no_more_than_what_it_is_used_on() throws Exception {
        assertThat(values("SELECT tidy(name) FROM patient")).containsExactly("ada");
        assertThat(values("SELECT tidy_bound(name) FROM patient")).containsExactly("ada");
        assertThat(RawClient.tags(client.query("INSERT INTO tidied (id) VALUES (1)")))
                .isEqualTo("CZ");
    }

    @Test
    void a_function_that_reads_a_table_needs_the_right_to_read_it() throws Exception {
        assertThat(values("SELECT visits()")).containsExactly("1");
        try (RawClient other = gateway.raw(gateway.bot("masked"))) {
            other.query("SET search_path = bodies");
            assertThat(Answers.firstColumn(other.query("SELECT visits()"))).containsExactly("1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT forget(1)",
                "SELECT * FROM forget(1)",
                "CALL forget_all()",
                "EXPLAIN SELECT forget(1)",
                "SELECT 1 WHERE forget(1) IS NULL",
                "SELECT id FROM visit ORDER BY forget(id)::text",
            })
    void a_function_that_deletes_is_a_delete(String sql) throws Exception {
        assertThat(refusal(sql)).contains("delete table:bodies.visit");
        assertThat(values("SELECT count(*) FROM visit")).containsExactly("1");
    }

    @Test
    void another_language_or_anothers_rights_are_unknown() throws Exception {
        assertThat(refusal("SELECT cleverly(1)")).contains("could not be determined: function:bodies.cleverly");
        assertThat(refusal("SELECT as_owner(1)")).contains("could not be determined: function:bodies.as_owner");
    }

    @Test
    void a_function_that_the_session_replaced_is_unknown_until_that_is_known() throws Exception {
        try (RawClient owner = gateway.raw(gateway.bot("masked", "reader"))) {
            owner.query("SET search_path = bodies");
            owner.query("BEGIN");
            owner.query("CREATE OR REPLACE FUNCTION tidy(text) RETURNS text LANGUAGE sql"
                    + " AS 'SELECT ssn FROM bodies.patient'");
            String inside = text(owner.query("SELECT tidy(note) FROM visit"));
            assertThat(inside).doesNotContain(CANARY);
            owner.query("ROLLBACK");
        }
        assertThat(values("SELECT tidy(name) FROM patient")).containsExactly("ada");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT ssn_of(1)",
                "SELECT 'x' || ssn_of(1)",
                "SELECT ssn_of(id) FROM visit",
                "SELECT * FROM ssn_of(1)",
                "SELECT x.y FROM ssn_of(1) AS x(y)",
                "SELECT all_of()",
                "SELECT (all_of()).ssn",
                "SELECT (all_of()).*",
                "SELECT * FROM all_of()",
                "SELECT a.ssn FROM all_of() a",
                "SELECT row_to_json(a) FROM all_of() a",
                "SELECT a.ssn FROM visit v, LATERAL all_of() a",
                "SELECT * FROM ROWS FROM (all_of(), generate_series(1, 2))",
                "SELECT some_of()",
                "SELECT (some_of()).what",
                "SELECT s.what FROM some_of() s",
                "SELECT full_line(p) FROM patient p",
                "SELECT p.full_line FROM patient p",
                "SELECT (p).full_line FROM patient p",
                "SELECT full_line(a) FROM all_of() a",
                "SELECT cleverly(1)",
                "SELECT tidy(ssn) FROM patient",
                "SELECT max(ssn_of(id)) FROM patient",
                "WITH w AS (SELECT ssn_of(1) AS s) SELECT s FROM w",
                "SELECT CASE WHEN true THEN ssn_of(1) END",
                "INSERT INTO visit VALUES (7, ssn_of(1)) RETURNING note",
                "COPY (SELECT ssn_of(1)) TO STDOUT",
                "COPY (SELECT * FROM all_of()) TO STDOUT",
                "BEGIN; DECLARE c CURSOR FOR SELECT ssn_of(1); FETCH c; COMMIT",
                "PREPARE s AS SELECT ssn_of($1); EXECUTE s(1)",
                "SELECT 1 / (length(ssn_of(1)) - 11)",
                "SELECT ssn_of(1)::int",
                "SELECT 1 WHERE ssn_of(1) LIKE '731%'",
            })
    void a_masked_column_stays_masked_behind_a_function(String sql) throws Exception {
        try (RawClient masked = gateway.raw(gateway.bot("masked"))) {
            masked.query("SET search_path = bodies");
            String answer = text(masked.query(sql));
            assertThat(answer).doesNotContain(CANARY, "731", "0199");
        }
    }

    @Test
    void what_a_function_shows_beside_a_masked_column_is_shown() throws Exception {
        try (RawClient masked = gateway.raw(gateway.bot("masked"))) {
            masked.query("SET search_path = bodies");
            assertThat(Answers.firstColumn(masked.query("SELECT tidy(name) FROM patient")))
                    .containsExactly("ada");
            assertThat(Answers.firstColumn(masked.query("SELECT ssn_of(1)"))).containsExactly("[redacted]");
        }
    }
}
