package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.describeStatement;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.flush;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicySet;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is denied, wherever it stands: the target never sees it, and does not keep what it would have taken along. */
class DenialIT {
    private static TestGateway gateway;
    private RawClient client;

    private static Policy policy() {
        return Policies.forGroup("careful")
                .allow(EnumSet.of(Action.READ, Action.INSERT, Action.UPDATE, Action.CREATE), "table:public.*", "type:*")
                .deny(EnumSet.of(Action.DELETE, Action.DROP), "Nothing is removed here.")
                .build();
    }

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(policy()));
        gateway.server.run("CREATE TABLE deny (id int PRIMARY KEY, note text); GRANT ALL ON deny TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE deny");
        gateway.close();
    }

    @BeforeEach
    void login() throws Exception {
        client = gateway.raw(gateway.bot("careful"));
    }

    @AfterEach
    void leave() throws Exception {
        client.close();
        gateway.server.run("TRUNCATE deny");
    }

    private static List<String> ids() {
        return gateway.server.query("SELECT id FROM deny ORDER BY 1").stream()
                .map(List::getFirst)
                .toList();
    }

    @Test
    void a_denied_query_says_why_under_an_incident_that_is_on_record_and_never_arrives() throws Exception {
        String log = gateway.server.logDuring(() -> {
            Message error = Answers.error(client.query("DELETE FROM deny WHERE id = 4711"));
            assertThat(error.field('S')).isEqualTo("ERROR");
            assertThat(error.field('C')).isEqualTo("42501");
            assertThat(error.field('M')).contains("Nothing is removed here.");
            CommandDecided decided = Answers.decided(gateway, "4711").getFirst();
            assertThat(decided.outcome()).isEqualTo("deny");
            assertThat(error.field('D')).contains(decided.incident());
            assertThat(decided.incident()).isNotEmpty();
        });

        assertThat(log).doesNotContain("4711");
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO deny VALUES (1); DELETE FROM deny",
                "SELECT 1; DROP TABLE deny; SELECT 2",
                "DELETE FROM deny; SELECT 1",
                "BEGIN; INSERT INTO deny VALUES (2); COMMIT; DELETE FROM deny"
            })
    void one_denied_statement_denies_its_whole_message(String sql) throws Exception {
        var seen = client.query(sql);

        assertThat(tags(seen)).isEqualTo("EZ");
        assertThat(Answers.status(seen)).isEqualTo('I');
        assertThat(ids()).isEmpty();
    }

    @Test
    void what_came_before_a_denied_parse_in_its_pipeline_is_rolled_back() throws Exception {
        client.send(
                parse("", "INSERT INTO deny VALUES (1)"),
                bind("", ""),
                execute("", 0),
                parse("", "DELETE FROM deny"),
                bind("", ""),
                execute("", 0),
                parse("", "INSERT INTO deny VALUES (2)"),
                bind("", ""),
                execute("", 0),
                sync(),
                parse("", "INSERT INTO deny VALUES (3)"),
                bind("", ""),
                execute("", 0),
                sync());

        var denied = client.readUntilReady();
        assertThat(tags(denied)).isEqualTo("12CEZ");
        assertThat(Answers.sqlState(denied)).isEqualTo("42501");
        assertThat(Answers.status(denied)).isEqualTo('I');
        assertThat(tags(client.readUntilReady())).isEqualTo("12CZ");
        assertThat(ids()).containsExactly("3");
    }

    @Test
    void what_was_flushed_before_a_denied_message_is_rolled_back_too() throws Exception {
        client.send(parse("", "INSERT INTO deny VALUES (1)"), bind("", ""), execute("", 0), flush());
        assertThat(tags(client.readUntil('C'))).isEqualTo("12C");
        client.send(parse("", "DELETE FROM deny"), flush());
        assertThat(client.read().field('C')).isEqualTo("42501");
        client.send(bind("", ""), execute("", 0), sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(ids()).isEmpty();
    }

    @Test
    void a_denied_parse_is_the_only_error_of_its_pipeline_and_describes_nothing() throws Exception {
        client.send(parse("bad", "DELETE FROM deny"), describeStatement("bad"), flush());
        assertThat(client.read().tag()).isEqualTo('E');
        client.send(sync(), bind("", "bad"), execute("", 0), sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
    }

    @Test
    void a_denied_statement_fails_the_transaction_on_the_target_in_both_protocols() throws Exception {
        client.query("BEGIN");
        client.query("INSERT INTO deny VALUES (1)");
        assertThat(Answers.status(client.query("DELETE FROM deny"))).isEqualTo('E');
        assertThat(Answers.sqlState(client.query("SELECT 1"))).isEqualTo("25P02");
        assertThat(Answers.completions(client.query("COMMIT"))).containsExactly("ROLLBACK");

        client.query("BEGIN");
        client.query("INSERT INTO deny VALUES (2)");
        client.send(parse("", "DELETE FROM deny"), bind("", ""), execute("", 0), sync());
        assertThat(Answers.status(client.readUntilReady())).isEqualTo('E');
        assertThat(Answers.completions(client.query("COMMIT"))).containsExactly("ROLLBACK");
        assertThat(ids()).isEmpty();
    }

    @Test
    void a_savepoint_saves_what_came_before_it() throws Exception {
        client.query("BEGIN");
        client.query("INSERT INTO deny VALUES (1)");
        client.query("SAVEPOINT here");
        assertThat(Answers.status(client.query("DROP TABLE deny"))).isEqualTo('E');
        assertThat(Answers.status(client.query("ROLLBACK TO here"))).isEqualTo('T');
        client.query("COMMIT");

        assertThat(ids()).containsExactly("1");
    }

    @Test
    void denials_in_a_failed_transaction_keep_the_order() throws Exception {
        client.query("BEGIN");
        client.query("SELECT 1/0");
        var seen = client.query("DELETE FROM deny");
        assertThat(tags(seen)).isEqualTo("EZ");
        assertThat(Answers.status(seen)).isEqualTo('E');
        client.send(parse("", "DELETE FROM deny"), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
        assertThat(Answers.status(client.query("ROLLBACK"))).isEqualTo('I');
    }

    @Test
    void a_new_policy_counts_for_what_was_prepared_before() throws Exception {
        client.send(parse("ins", "INSERT INTO deny VALUES ($1)"), sync());
        client.readUntilReady();
        client.query("BEGIN");
        client.query("DECLARE c CURSOR FOR SELECT generate_series(1, 10)");
        try {
            gateway.gate.replace(PolicySet.of(
                    List.of(gateway.shop()),
                    List.of(Policies.forGroup("careful")
                            .allow(EnumSet.of(Action.READ), "table:public.other")
                            .build())));
            client.send(bind("", "ins", "1"), execute("", 0), sync());
            assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("42501");
        } finally {
            gateway.gate.replace(PolicySet.of(List.of(gateway.shop()), List.of(policy())));
        }
        client.query("ROLLBACK");
        client.send(bind("", "ins", "7"), execute("", 0), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("2CZ");
        assertThat(ids()).containsExactly("7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT pg_terminate_backend(1)",
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity",
                "COMMIT PREPARED 'of another'",
                "ROLLBACK PREPARED 'of another'",
                "SELECT pg_advisory_lock(1)",
                "SELECT pg_advisory_unlock_all(), pg_try_advisory_lock(1)",
                "SELECT query FROM pg_stat_activity",
                "SELECT * FROM pg_stat_get_activity(NULL)",
                "SET ROLE postgres",
                "SET SESSION AUTHORIZATION postgres",
                "RESET ROLE",
                "SELECT set_config('role', 'postgres', false)",
                "SELECT pg_reload_conf()",
                "LISTEN others",
                "NOTIFY others",
                "DO $$ BEGIN DELETE FROM deny; END $$",
                "COPY deny TO PROGRAM 'cat'",
                "SELECT pg_read_file('/etc/passwd')"
            })
    void what_reaches_beyond_the_session_is_denied_unless_named(String sql) throws Exception {
        String log = gateway.server.logDuring(() -> {
            assertThat(Answers.sqlState(client.query(sql))).isEqualTo("42501");
            client.send(parse("", sql), bind("", ""), execute("", 0), sync());
            assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("42501");
        });

        assertThat(log).doesNotContain(sql);
    }

    @Test
    void a_denial_behind_a_pipeline_of_simple_queries_keeps_its_place() throws Exception {
        client.send(
                query("INSERT INTO deny VALUES (1)"), query("DELETE FROM deny"), query("INSERT INTO deny VALUES (2)"));

        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(ids()).containsExactly("1", "2");
    }
}
