package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.concat;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.protocols.postgres.session.Settings;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** COPY in both directions and both protocols, whole and broken off. */
class CopyIT {
    private static final byte[] DONE = message('c');
    private static TestGateway gateway;
    private RawClient client;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(
                List.of(Policies.ALL),
                new Settings(1 << 20, 1 << 20, 64 << 10, 64 << 20, 100, Duration.ofSeconds(5)),
                terms -> terms);
        gateway.server.run("CREATE TABLE copied (id int PRIMARY KEY, note text); GRANT ALL ON copied TO shop_app;"
                + "CREATE VIEW copied_view AS SELECT id + 1 AS id FROM copied; GRANT ALL ON copied_view TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP VIEW copied_view; DROP TABLE copied");
        gateway.close();
    }

    @BeforeEach
    void login() throws Exception {
        client = gateway.raw(gateway.bot("all"));
    }

    @AfterEach
    void leave() throws Exception {
        client.close();
        gateway.server.run("TRUNCATE copied");
    }

    private static byte[] data(String text) {
        return message('d', utf8(text));
    }

    private static byte[] fail(String why) {
        return message('f', texts(why));
    }

    private static byte[] copyFrom(String table) {
        return concat(parse("", "COPY " + table + " FROM STDIN"), bind("", ""), execute("", 0));
    }

    private static long copied() {
        return Long.parseLong(
                gateway.server.query("SELECT count(*) FROM copied").getFirst().getFirst());
    }

    private void assertStillUsable() throws Exception {
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
    }

    @Test
    void data_goes_in_and_comes_out_again() throws Exception {
        client.send(query("COPY copied FROM STDIN"));
        assertThat(client.read().tag()).isEqualTo('G');
        client.send(data("1\tone\n2\ttwo\n"), data("3\tth"), data("ree\n"), DONE);
        assertThat(Answers.completions(client.readUntilReady())).containsExactly("COPY 3");

        var out = client.query("COPY copied TO STDOUT");
        assertThat(tags(out)).isEqualTo("HdddcCZ");
        client.send(parse("", "COPY copied TO STDOUT (FORMAT csv)"), bind("", ""), execute("", 0), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("12HdddcCZ");
        assertThat(Answers.endings(gateway, "COPY copied TO STDOUT (FORMAT csv)"))
                .containsExactly("COPY 3");
    }

    @Test
    void data_sent_behind_the_query_without_waiting_is_taken() throws Exception {
        client.send(query("COPY copied FROM STDIN"), data("1\tone\n"), data("2\ttwo\n"), DONE, query("SELECT 9"));

        assertThat(tags(client.readUntilReady())).isEqualTo("GCZ");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("9");
        assertThat(copied()).isEqualTo(2);
    }

    @Test
    void more_data_than_the_inbox_holds_is_taken_without_waiting() throws Exception {
        client.send(query("SELECT pg_sleep(0.7)"), query("COPY copied FROM STDIN -- much"));
        String chunk = "x".repeat(100_000);
        for (int i = 0; i < 60; i++) {
            client.send(data(i + "\t" + chunk + "\n"));
        }
        client.send(DONE);

        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("GCZ");
        assertThat(copied()).isEqualTo(60);
    }

    @Test
    void data_sent_behind_a_query_that_fails_is_dropped() throws Exception {
        client.send(query("COPY no_such_table FROM STDIN"), data("1\tone\n"), DONE, query("SELECT 9"));

        assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
    }

    @Test
    void a_sync_right_behind_the_execute_is_ignored_as_the_server_does() throws Exception {
        client.send(copyFrom("copied"), sync());
        assertThat(tags(client.readUntil('G'))).isEqualTo("12G");
        client.send(data("1\tone\n"), sync(), data("2\ttwo\n"), DONE, sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(copied()).isEqualTo(2);
        assertStillUsable();
    }

    @Test
    void a_copy_in_a_pipeline_sent_at_once_is_answered_once() throws Exception {
        client.send(copyFrom("copied"), sync(), data("1\tone\n"), DONE, sync(), query("SELECT 9"));

        assertThat(tags(client.readUntilReady())).isEqualTo("12GCZ");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("9");
    }

    @Test
    void a_copy_that_fails_before_it_reads_keeps_the_session() throws Exception {
        for (int i = 0; i < 5; i++) {
            // The server says CopyInResponse first and notices then that a view takes no rows.
            client.send(copyFrom("copied_view"), sync());
            assertThat(tags(client.readUntil('E'))).isEqualTo("12GE");
            client.send(data("1\n"), DONE, sync());
            client.readUntilReady();
            client.send(query("SELECT 'after it'"));
            List<Message> next = client.readUntilReady();
            while (next.size() == 1) {
                next = client.readUntilReady();
            }
            assertThat(Answers.firstColumn(next)).containsExactly("after it");
        }
    }

    @Test
    void a_client_that_fails_half_way_is_answered_and_nothing_is_kept() throws Exception {
        client.send(query("COPY copied FROM STDIN"));
        client.readUntil('G');
        client.send(data("1\tone\n"), fail("changed my mind"));
        var simple = client.readUntilReady();
        assertThat(Answers.sqlState(simple)).isEqualTo("57014");

        client.send(copyFrom("copied"), sync());
        client.readUntil('G');
        client.send(data("1\tone\n"), fail("changed my mind"), sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
        assertThat(copied()).isZero();
        assertStillUsable();
    }

    @Test
    void a_target_that_fails_half_way_ends_it_in_both_protocols() throws Exception {
        client.send(query("COPY copied FROM STDIN"));
        client.readUntil('G');
        client.send(data("1\tone\nno number\ttwo\n"), data("3\tthree\n"), DONE);
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("22P02");
        assertStillUsable();

        client.send(copyFrom("copied"), sync());
        client.readUntil('G');
        client.send(data("1\tone\nno number\ttwo\n"));
        assertThat(client.read().field('C')).isEqualTo("22P02");
        client.send(data("3\tthree\n"), DONE, sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(copied()).isZero();
        assertStillUsable();
    }

    @Test
    void what_went_into_a_failed_copy_is_on_record() throws Exception {
        client.send(query("COPY copied FROM STDIN -- recorded"));
        client.readUntil('G');
        client.send(data("1\tone\n"), data("2\ttwo\n"), fail("enough"));
        client.readUntilReady();

        long sequence = Answers.decided(gateway, "-- recorded").getFirst().sequence();
        String session = Answers.decided(gateway, "-- recorded").getFirst().session();
        Answered answer = gateway.audit.events(Answered.class).stream()
                .filter(a -> a.session().equals(session) && a.sequence() == sequence)
                .findFirst()
                .orElseThrow();
        assertThat(answer.status()).isEqualTo("error");
        assertThat(answer.rowCount()).isEqualTo(2);
        assertThat(new String(answer.rows(), StandardCharsets.UTF_8)).contains("two");
    }

    @Test
    void a_client_that_vanishes_half_way_leaves_nothing_behind() throws Exception {
        client.send(query("COPY copied FROM STDIN -- vanishing"));
        client.readUntil('G');
        client.send(data("1\tone\n"));
        client.close();

        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> Answers.endings(gateway, "-- vanishing").equals(List.of("lost")));
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !gateway.server.hasSession("query LIKE '%-- vanishing%'"));
        assertThat(copied()).isZero();
    }

    @Test
    void another_message_in_the_middle_of_a_copy_ends_the_session_and_runs_nothing() throws Exception {
        client.send(query("COPY copied FROM STDIN"));
        client.readUntil('G');
        client.send(query("INSERT INTO copied VALUES (77)"));

        Message last = null;
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            last = next;
        }
        assertThat(last).isNotNull();
        assertThat(last.field('S')).isEqualTo("FATAL");
        assertThat(copied()).isZero();
    }

    @Test
    void copy_data_outside_of_a_copy_is_ignored_as_the_server_does() throws Exception {
        client.send(data("stray"), DONE, fail("stray"), query("SELECT 9"));

        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
    }

    @Test
    void several_copies_in_one_message_follow_each_other() throws Exception {
        client.send(query("COPY copied FROM STDIN; COPY copied TO STDOUT; SELECT 9"));
        client.readUntil('G');
        client.send(data("1\tone\n"), DONE);

        assertThat(tags(client.readUntilReady())).isEqualTo("CHdcCTDCZ");
    }

    @Test
    void pgjdbc_copies_in_and_out() throws Exception {
        try (var jdbc = gateway.jdbc(gateway.bot("all"))) {
            var copies = jdbc.unwrap(PGConnection.class).getCopyAPI();
            assertThat(copies.copyIn("COPY copied FROM STDIN", new StringReader("1\tone\n2\ttwo\n")))
                    .isEqualTo(2);
            StringWriter out = new StringWriter();
            assertThat(copies.copyOut("COPY copied TO STDOUT", out)).isEqualTo(2);
            assertThat(out.toString()).isEqualTo("1\tone\n2\ttwo\n");
        }
    }
}
