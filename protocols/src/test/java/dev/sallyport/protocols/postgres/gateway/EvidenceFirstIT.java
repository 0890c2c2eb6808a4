package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.flush;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.approval.VoteResult;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.target.Durability;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What waits for the audit log's disk, and what becomes of everything that is under way when it fails: nothing goes to the
 * target any more, no answer leaves, and a client hears whether something of its may have run.
 */
class EvidenceFirstIT {
    private static final Duration WINDOW = Duration.ofMillis(300);
    private static TestGateway gateway;
    private RawClient client;

    @BeforeAll
    static void open() throws Exception {
        PostgresServer server = PostgresServer.shared();
        Policy held = Policies.forGroup("held")
                .allow(EnumSet.of(Action.READ), "table:public.*")
                .approve(EnumSet.of(Action.INSERT), "oncall", Duration.ofMinutes(1), "table:public.*")
                .build();
        gateway = new TestGateway(
                server, Shop.durability(Shop.on(server), new Durability.Buffered(WINDOW)), List.of(Policies.ALL, held));
        server.run("CREATE TABLE evident (id int); GRANT ALL ON evident TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE evident");
        gateway.close();
    }

    @BeforeEach
    void login() throws Exception {
        client = gateway.raw(gateway.bot("all"));
    }

    @AfterEach
    void leave() throws Exception {
        gateway.audit.mendDisk();
        gateway.audit.releaseSyncs();
        client.close();
        gateway.server.run("TRUNCATE evident");
    }

    private static List<List<String>> stored() {
        return gateway.server.query("SELECT id FROM evident");
    }

    private static void awaitAtTarget(String word) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> gateway.server.hasSession("query LIKE '%" + word + "%' AND state = 'active'"));
    }

    private void assertSilent() throws Exception {
        Thread.sleep(300);
        assertThat(client.socket().getInputStream().available()).isZero();
    }

    private List<Message> heardToTheEnd() throws Exception {
        List<Message> heard = new ArrayList<>();
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            heard.add(next);
        }
        return heard;
    }

    private static void assertWithheld(List<Message> heard, String saying) {
        Message last = heard.getLast();
        assertThat(last.tag()).isEqualTo('E');
        assertThat(last.field('S')).isEqualTo("FATAL");
        assertThat(last.field('C')).isEqualTo("58030");
        assertThat(last.field('M')).contains("withheld").contains(saying);
        assertThat(last.field('D')).startsWith("Incident ");
        assertThat(last.field('H')).isNotEmpty();
    }

    private static void assertNotRun(List<Message> heard) {
        Message error = Answers.error(heard);
        assertThat(error.field('S')).isEqualTo("ERROR");
        assertThat(error.field('C')).isEqualTo("58030");
        assertThat(error.field('M')).contains("nothing was run");
        assertThat(error.field('D')).startsWith("Incident ");
    }

    // ---- buffered -----------------------------------------------------------------------------------------------

    @Test
    void a_buffered_reads_answer_goes_ahead_of_its_sync_and_a_write_does_not() throws Exception {
        gateway.audit.holdSyncs();

        assertThat(tags(client.query("SELECT 'ahead'"))).isEqualTo("TDCZ");
        String log = gateway.server.logDuring(() -> {
            client.send(query("INSERT INTO evident VALUES (1)"));
            assertSilent();
        });

        assertThat(log).doesNotContain("INSERT INTO evident");
        gateway.audit.releaseSyncs();
        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
    }

    @Test
    void a_disk_that_stalls_does_not_stretch_the_window() throws Exception {
        gateway.audit.holdSyncs();
        assertThat(tags(client.query("SELECT 'first'"))).isEqualTo("TDCZ");
        Thread.sleep(WINDOW.plusMillis(50));

        client.send(query("SELECT 'second'"));

        assertSilent();
        gateway.audit.releaseSyncs();
        assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
    }

    @Test
    void the_end_of_a_transaction_waits_for_its_sync() throws Exception {
        client.query("BEGIN");
        client.query("INSERT INTO evident VALUES (2)");
        gateway.audit.holdSyncs();

        client.send(query("COMMIT"));

        assertSilent();
        gateway.audit.releaseSyncs();
        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
    }

    // ---- a log that fails -----------------------------------------------------------------------------------------

    @Test
    void a_write_that_runs_when_the_log_fails_has_an_unknown_outcome() throws Exception {
        client.send(query("INSERT INTO evident SELECT 3 FROM pg_sleep(0.5)"));
        awaitAtTarget("SELECT 3 FROM");

        gateway.audit.breakDisk();

        List<Message> heard = heardToTheEnd();
        assertThat(tags(heard)).isEqualTo("E");
        assertWithheld(heard, "outcome is unknown");
    }

    @Test
    void a_write_in_the_extended_protocol_has_an_unknown_outcome_too() throws Exception {
        client.send(parse("", "INSERT INTO evident SELECT 4 FROM pg_sleep(0.5)"), bind("", ""), execute("", 0), sync());
        awaitAtTarget("SELECT 4 FROM");

        gateway.audit.breakDisk();

        List<Message> heard = heardToTheEnd();
        assertThat(tags(heard)).doesNotContain("C");
        assertWithheld(heard, "outcome is unknown");
    }

    @Test
    void a_read_that_runs_when_the_log_fails_changed_nothing() throws Exception {
        client.send(query("SELECT count(*), 5 FROM generate_series(1, 5000000)"));
        awaitAtTarget("5 FROM generate_series");

        gateway.audit.breakDisk();

        List<Message> heard = heardToTheEnd();
        assertThat(tags(heard)).isEqualTo("E");
        assertWithheld(heard, "nothing was changed");
    }

    @Test
    void inside_a_transaction_nothing_more_runs_and_it_is_rolled_back() throws Exception {
        client.query("BEGIN");
        client.query("INSERT INTO evident VALUES (6)");
        gateway.audit.breakDisk();

        List<Message> heard = client.query("COMMIT");

        assertNotRun(heard);
        assertThat(Answers.status(heard)).isEqualTo('E');
        gateway.audit.mendDisk();
        assertThat(Answers.completions(client.query("COMMIT"))).containsExactly("ROLLBACK");
        assertThat(stored()).isEmpty();
    }

    @Test
    void a_sync_does_not_commit_what_ran_before_the_log_failed() throws Exception {
        client.send(parse("", "INSERT INTO evident VALUES (7)"), bind("", ""), execute("", 0), flush());
        assertThat(client.read().tag()).isEqualTo('1');
        assertThat(client.read().tag()).isEqualTo('2');
        assertThat(client.read().tag()).isEqualTo('C');
        gateway.audit.breakDisk();

        client.send(sync());

        List<Message> heard = client.readUntilReady();
        assertNotRun(heard);
        assertThat(tags(heard)).isEqualTo("EZ");
        assertThat(stored()).isEmpty();
    }

    @Test
    void what_only_prepares_is_not_forwarded_either() throws Exception {
        gateway.audit.breakDisk();

        client.send(parse("kept", "SELECT 8"), sync(), sync());

        assertNotRun(client.readUntilReady());
        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        gateway.audit.mendDisk();
        client.send(bind("", "kept"), sync());
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("26000");
    }

    @Test
    void a_pipeline_runs_nothing_of_what_had_no_evidence_and_skips_the_rest() throws Exception {
        gateway.audit.holdSyncs();
        client.send(
                parse("", "INSERT INTO evident VALUES (9)"),
                bind("", ""),
                execute("", 0),
                parse("", "SELECT 9"),
                bind("", ""),
                execute("", 0),
                sync());
        assertSilent();

        gateway.audit.breakDisk();

        List<Message> heard = client.readUntilReady();
        assertNotRun(heard);
        assertThat(tags(heard)).isEqualTo("EZ");
        assertThat(stored()).isEmpty();
    }

    @Test
    void a_copy_is_taken_no_further_and_leaves_nothing() throws Exception {
        client.send(query("COPY evident FROM STDIN"));
        assertThat(client.read().tag()).isEqualTo('G');
        client.send(message('d', utf8("10\n")));
        gateway.audit.breakDisk();

        client.send(message('d', utf8("11\n")), message('c'));

        assertWithheld(heardToTheEnd(), "outcome is unknown");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !gateway.server.hasSession("query LIKE 'COPY evident%' AND state = 'active'"));
        assertThat(stored()).isEmpty();
    }

    @Test
    void an_approval_that_is_not_on_record_runs_nothing() throws Exception {
        try (RawClient waiting = gateway.raw(gateway.bot("held"))) {
            waiting.send(query("INSERT INTO evident VALUES (12)"));
            assertThat(waiting.read().tag()).isEqualTo('N');
            var boss = gateway.identity(gateway.bot("oncall").subject("boss"));
            String id = gateway.approvals.list().getFirst().id();
            gateway.audit.holdSyncs();
            var vote = gateway.approvals.approve(id, boss, "fine");

            gateway.audit.breakDisk();

            assertThat(vote.join()).isInstanceOf(VoteResult.NotRecorded.class);
            gateway.audit.mendDisk();
            assertThat(stored()).isEmpty();
            assertThat(gateway.approvals.list()).hasSize(1);
        }
    }

    @Test
    void who_comes_anew_is_told_and_it_goes_on_when_the_disk_does() throws Exception {
        gateway.audit.breakDisk();

        assertThat(gateway.knock(gateway.bot("all")).field('C')).isEqualTo("58030");
        assertNotRun(client.query("SELECT 13"));
        gateway.audit.mendDisk();

        assertThat(tags(client.query("SELECT 13"))).isEqualTo("TDCZ");
        assertThat(gateway.knock(gateway.bot("all")).tag()).isEqualTo('Z');
    }
}
