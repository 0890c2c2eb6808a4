package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.closePortal;
import static dev.sallyport.testkit.postgres.Messages.closeStatement;
import static dev.sallyport.testkit.postgres.Messages.concat;
import static dev.sallyport.testkit.postgres.Messages.describePortal;
import static dev.sallyport.testkit.postgres.Messages.describeStatement;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.flush;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients may say on the wire, answered as the server itself would answer it. */
class PipelineIT {
    @AutoClose
    private static final TestGateway gateway = TestGateway.allowingAll();

    private RawClient client;

    @BeforeAll
    static void open() throws Exception {
        gateway.server.run("CREATE TABLE pipe (id int PRIMARY KEY, note text); GRANT ALL ON pipe TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE pipe");
    }

    @BeforeEach
    void login() throws Exception {
        client = gateway.raw(gateway.bot("all"));
    }

    @AfterEach
    void leave() throws Exception {
        client.close();
        gateway.server.run("TRUNCATE pipe");
    }

    @Test
    void a_simple_message_with_several_statements_gives_their_results_in_order() throws Exception {
        var seen = client.query("SELECT 1; SELECT 2 WHERE false; INSERT INTO pipe VALUES (1, 'a'); SELECT 3");

        assertThat(tags(seen)).isEqualTo("TDCTCCTDCZ");
        assertThat(Answers.completions(seen)).containsExactly("SELECT 1", "SELECT 0", "INSERT 0 1", "SELECT 1");
    }

    @Test
    void an_empty_query_is_answered_as_one_in_both_protocols() throws Exception {
        for (String empty : List.of("", " ", ";", "-- nothing", "/* nothing */;;")) {
            assertThat(tags(client.query(empty))).isEqualTo("IZ");
            client.send(parse("", empty), bind("", ""), describePortal(""), execute("", 0), sync());
            assertThat(tags(client.readUntilReady())).isEqualTo("12nIZ");
        }
    }

    @Test
    void hundred_pipelines_sent_ahead_are_answered_one_by_one() throws Exception {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(concat(parse("", "SELECT " + i), bind("", ""), describePortal(""), execute("", 0), sync()));
        }
        client.send(all.toArray(byte[][]::new));

        for (int i = 0; i < 100; i++) {
            var seen = client.readUntilReady();
            assertThat(tags(seen)).isEqualTo("12TDCZ");
            assertThat(Answers.firstColumn(seen)).containsExactly(String.valueOf(i));
        }
    }

    @Test
    void many_syncs_in_a_row_are_each_answered() throws Exception {
        client.send(sync(), sync(), query("SELECT 1"), sync(), sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
    }

    @Test
    void an_error_in_the_middle_skips_to_its_own_sync_only() throws Exception {
        client.send(
                parse("", "INSERT INTO pipe VALUES (1, 'kept')"),
                bind("", ""),
                execute("", 0),
                sync(),
                parse("", "INSERT INTO pipe VALUES (2, 'lost')"),
                bind("", ""),
                execute("", 0),
                parse("", "SELECT 1 / (random() * 0)::int"),
                bind("", ""),
                execute("", 0),
                parse("", "INSERT INTO pipe VALUES (3, 'skipped')"),
                bind("", ""),
                execute("", 0),
                sync(),
                parse("", "INSERT INTO pipe VALUES (4, 'kept')"),
                bind("", ""),
                execute("", 0),
                sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("12CZ");
        var failed = client.readUntilReady();
        assertThat(tags(failed)).isEqualTo("12C12EZ");
        assertThat(Answers.sqlState(failed)).isEqualTo("22012");
        assertThat(Answers.status(failed)).isEqualTo('I');
        assertThat(tags(client.readUntilReady())).isEqualTo("12CZ");
        assertThat(gateway.server.query("SELECT id FROM pipe ORDER BY 1")).containsExactly(List.of("1"), List.of("4"));
    }

    @Test
    void what_waits_for_the_disk_is_skipped_when_what_went_ahead_of_it_fails() throws Exception {
        gateway.audit.holdSyncs();
        client.send(
                parse("", "SELECT no_such_column FROM pipe"),
                flush(),
                parse("", "INSERT INTO pipe VALUES (1, 'skipped')"),
                bind("", ""),
                execute("", 0),
                sync());
        client.readUntil('E');
        gateway.audit.releaseSyncs();

        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        assertThat(gateway.server.query("SELECT id FROM pipe")).isEmpty();
    }

    @Test
    void a_message_cut_into_single_bytes_is_understood() throws Exception {
        byte[] whole = concat(
                parse("", "SELECT 7"), bind("", ""), describePortal(""), execute("", 0), sync(), query("SELECT 8"));
        for (byte each : whole) {
            client.send(new byte[] {each});
        }

        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("7");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("8");
    }

    @Test
    void a_client_that_flushes_rather_than_syncs_is_answered_at_once() throws Exception {
        client.send(parse("stmt", "SELECT id FROM pipe WHERE id = $1"), describeStatement("stmt"), flush());
        assertThat(tags(client.readUntil('T'))).isEqualTo("1tT");
        client.send(bind("", "stmt", "5"), execute("", 0), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("2CZ");
    }

    @Test
    void a_flush_between_the_steps_does_not_end_what_they_belong_to() throws Exception {
        for (String moves : List.of(
                "SET search_path TO public",
                "SELECT set_config('search_path', 'pub' || 'lic', false)",
                "RESET search_path",
                "DO $$ BEGIN END $$",
                "CREATE TABLE pipe_new (id int)")) {
            client.send(
                    parse("", "INSERT INTO pipe VALUES (1, 'not committed')"),
                    bind("", ""),
                    execute("", 0),
                    parse("", moves),
                    bind("", ""),
                    execute("", 0),
                    flush());
            client.readUntil('C');
            client.readUntil('C');
            // What names mean may have changed; finding that out must neither commit nor lose what is open.
            client.send(parse("", "SELECT no_such_column"), bind("", ""), execute("", 0), sync());

            assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
            assertThat(gateway.server.query("SELECT id FROM pipe")).as(moves).isEmpty();
        }
    }

    @Test
    void the_text_on_record_is_that_of_the_statement_that_ran() throws Exception {
        client.query("BEGIN");
        client.send(parse("", "INSERT INTO pipe VALUES (10, 'first')"), bind("", ""), execute("", 0), sync());
        client.readUntilReady();
        client.send(parse("", "INSERT INTO pipe VALUES ($1, 'second')"), bind("", "", "11"), execute("", 0), sync());
        client.readUntilReady();
        client.query("COMMIT");

        assertThat(Answers.outcomes(gateway, "'first'")).containsExactly("allow");
        List<CommandDecided> second = Answers.decided(gateway, "'second'");
        assertThat(second).hasSize(1);
        assertThat(second.getFirst().parameters().getFirst().value().map(v -> new String(v, StandardCharsets.UTF_8)))
                .contains("11");
    }

    @Test
    void a_named_statement_is_replaced_only_after_it_was_closed() throws Exception {
        client.send(parse("s", "SELECT 'one'"), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("1Z");
        client.send(parse("s", "SELECT 'two'"), bind("", "s"), execute("", 0), sync());
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("42P05");
        client.send(bind("", "s"), execute("", 0), sync());
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("one");
        client.send(closeStatement("s"), parse("s", "SELECT 'two'"), bind("", "s"), execute("", 0), sync());
        var replaced = client.readUntilReady();
        assertThat(tags(replaced)).isEqualTo("312DCZ");
        assertThat(Answers.firstColumn(replaced)).containsExactly("two");
        assertThat(Answers.endings(gateway, "'two'")).containsExactly("skipped", "SELECT 1");
    }

    @Test
    void a_statement_whose_parse_failed_keeps_its_name_free() throws Exception {
        client.send(parse("f", "SELECT * FROM no_such_table_here"), sync());
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("42P01");
        client.send(parse("f", "SELECT 'works'"), sync(), bind("", "f"), execute("", 0), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("1Z");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("works");
    }

    @Test
    void a_name_made_and_used_across_pipelines_sent_at_once_is_what_the_server_has() throws Exception {
        client.send(
                parse("x", "SELECT 'old'"),
                sync(),
                closeStatement("x"),
                sync(),
                parse("x", "SELECT 1/0"),
                sync(),
                parse("x", "SELECT 'never'"),
                sync(),
                bind("", "x"),
                execute("", 0),
                sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("1Z");
        assertThat(tags(client.readUntilReady())).isEqualTo("3Z");
        client.readUntilReady();
        client.readUntilReady();
        var last = client.readUntilReady();
        assertThat(Answers.firstColumn(last)).doesNotContain("never");
    }

    @Test
    void both_kinds_of_describe_tell_parameters_and_columns() throws Exception {
        client.send(
                parse("d", "SELECT id, note FROM pipe WHERE id = $1"),
                describeStatement("d"),
                bind("p", "d", "1"),
                describePortal("p"),
                parse("n", "INSERT INTO pipe VALUES ($1, $2)"),
                describeStatement("n"),
                bind("q", "n", "50", "x"),
                describePortal("q"),
                sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("1tT2T1tn2nZ");
    }

    @Test
    void a_portal_with_a_row_limit_is_suspended_and_goes_on() throws Exception {
        client.query("BEGIN");
        client.send(
                parse("", "SELECT * FROM generate_series(1, 5)"),
                bind("c", ""),
                describePortal("c"),
                execute("c", 2),
                sync());
        var first = client.readUntilReady();
        assertThat(tags(first)).isEqualTo("12TDDsZ");
        client.send(execute("c", 2), execute("c", 2), execute("c", 2), sync());
        var rest = client.readUntilReady();
        assertThat(tags(rest)).isEqualTo("DDsDCCZ");
        assertThat(Answers.firstColumn(rest)).containsExactly("3", "4", "5");
        client.send(closePortal("c"), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("3Z");
        client.query("ROLLBACK");
    }

    @Test
    void rows_come_in_a_known_shape_also_where_the_client_did_not_ask_for_it() throws Exception {
        client.send(parse("", "SELECT 'undescribed'"), bind("", ""), execute("", 0), sync());

        var seen = client.readUntilReady();

        assertThat(tags(seen)).isEqualTo("12DCZ");
        assertThat(Answers.endings(gateway, "'undescribed'")).containsExactly("SELECT 1");
    }

    @Test
    void a_portal_ends_with_its_transaction() throws Exception {
        client.send(parse("", "SELECT 1"), bind("gone", ""), sync());
        client.readUntilReady();
        client.send(execute("gone", 0), sync());

        var seen = client.readUntilReady();

        assertThat(tags(seen)).isEqualTo("EZ");
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
    }

    @Test
    void a_simple_query_in_the_middle_of_a_pipeline_is_answered_in_its_place() throws Exception {
        client.send(
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                query("SELECT 2"),
                parse("", "SELECT 3"),
                bind("", ""),
                execute("", 0),
                sync());

        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("1", "2");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("3");
    }

    @Test
    void an_error_at_the_commit_of_a_sync_comes_before_its_ready() throws Exception {
        client.query("CREATE TEMP TABLE late (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
        client.send(
                parse("", "INSERT INTO late VALUES (1), (1)"),
                bind("", ""),
                execute("", 0),
                sync(),
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                sync());

        var failed = client.readUntilReady();
        assertThat(tags(failed)).isEqualTo("12CEZ");
        assertThat(Answers.sqlState(failed)).isEqualTo("23505");
        assertThat(tags(client.readUntilReady())).isEqualTo("12DCZ");
    }

    @Test
    void notices_and_notifications_reach_the_client() throws Exception {
        var noticed = client.query("DO $$ BEGIN RAISE NOTICE 'hear this'; END $$");
        assertThat(noticed.getFirst().tag()).isEqualTo('N');
        assertThat(noticed.getFirst().field('M')).isEqualTo("hear this");

        client.query("LISTEN news");
        gateway.server.run("NOTIFY news, 'from outside'");
        assertThat(client.read().tag()).isEqualTo('A');
        var own = client.query("NOTIFY news, 'own'");
        assertThat(own.stream().map(Message::tag)).contains('A');
        client.query("UNLISTEN *");
    }

    @Test
    void transaction_states_are_told_as_they_are() throws Exception {
        assertThat(Answers.status(client.query("BEGIN"))).isEqualTo('T');
        assertThat(Answers.status(client.query("SELECT 1/0"))).isEqualTo('E');
        assertThat(Answers.sqlState(client.query("SELECT 1"))).isEqualTo("25P02");
        assertThat(Answers.status(client.query("ROLLBACK"))).isEqualTo('I');
    }

    @Test
    void function_calls_are_refused_and_the_session_goes_on() throws Exception {
        byte[] call =
                Messages.message('F', Messages.int32(1299), Messages.int16(0), Messages.int16(0), Messages.int16(0));

        var seen = client.send(call).readUntilReady();

        assertThat(tags(seen)).isEqualTo("EZ");
        assertThat(Answers.sqlState(seen)).isEqualTo("0A000");
        assertThat(Answers.error(seen).field('D')).contains("Incident");
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
    }

    /** Finding out what they do would keep the event loop, so it is done elsewhere, and the messages behind them wait. */
    @Test
    void large_statements_are_judged_in_their_turn() throws Exception {
        String wide = "SELECT " + "id || note, ".repeat(1000) + "1 FROM pipe";
        String many = "SELECT 1;".repeat(300);
        gateway.server.run("INSERT INTO pipe VALUES (1, 'a')");
        client.send(
                query("CREATE TEMP TABLE own (id int)"),
                query(wide),
                query("PREPARE wide AS " + wide),
                query("EXECUTE wide"),
                query(many),
                Messages.message('P', Messages.texts("w", wide), Messages.int16(0)),
                bind("", "w"),
                execute("", 0),
                bind("", "w"),
                execute("", 0),
                sync(),
                query(wide + "; DROP DATABASE shop"),
                query("SELECT 7"));

        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("TDC".repeat(300) + "Z");
        assertThat(tags(client.readUntilReady())).isEqualTo("12DC2DCZ");
        assertThat(tags(client.readUntilReady())).endsWith("EZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
    }

    @Test
    void a_large_parameter_and_a_large_row_go_through_unchanged() throws Exception {
        String large = "x".repeat(3_000_000);
        client.send(parse("", "SELECT $1::text"), bind("", "", large), execute("", 0), sync());

        var seen = client.readUntilReady();

        assertThat(Answers.firstColumn(seen)).containsExactly(large);
    }
}
