package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.protocols.postgres.session.Settings;
import dev.sallyport.testkit.issuer.TokenBuilder;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens that end while something runs: it may go on for the grace and no longer, and nothing behind it begins. */
class ExpiryIT {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static TestGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(
                List.of(Policies.ALL), new Settings(1 << 20, 1 << 20, 64 << 10, 64 << 20, 100, GRACE), terms -> terms);
        gateway.server.run("CREATE TABLE expiring (id int); GRANT ALL ON expiring TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE expiring");
        gateway.close();
    }

    /** Of its leeway of 30 seconds this one has five left. */
    private static TokenBuilder fiveSeconds() {
        return gateway.bot("all").expiresIn(Duration.ofSeconds(-25));
    }

    private static void toldOfTheExpiry(RawClient client) throws Exception {
        Message last = null;
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            last = next;
        }
        assertThat(last).isNotNull();
        assertThat(last.tag()).isEqualTo('E');
        assertThat(last.field('S')).isEqualTo("FATAL");
        assertThat(last.field('C')).isEqualTo("28000");
        assertThat(last.field('M')).contains("expired");
    }

    private static void onRecord(String mark) {
        assertThat(Answers.endings(gateway, mark)).containsExactly("lost");
        String session = Answers.decided(gateway, mark).getFirst().session();
        assertThat(gateway.audit.events(SessionClosed.class).stream()
                        .filter(closed -> closed.session().equals(session))
                        .map(SessionClosed::reason))
                .hasSize(1)
                .allMatch(reason -> reason.contains("expired"));
    }

    private static void targetHasStopped(String mark) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .until(() -> !gateway.server.hasSession("query LIKE '%" + mark + "'"));
    }

    /** More than anybody reads, in rows large enough for few of them to fill the buffers on the way. */
    private static String copyOut(String mark) {
        return "COPY (SELECT repeat('x', 8000) FROM generate_series(1, 1000000)) TO STDOUT -- " + mark;
    }

    private static long expiring() {
        return Long.parseLong(
                gateway.server.query("SELECT count(*) FROM expiring").getFirst().getFirst());
    }

    @Test
    void a_command_that_outlives_its_token_is_ended_after_the_grace_and_none_behind_it_begins() throws Exception {
        try (RawClient client = gateway.raw(fiveSeconds())) {
            client.send(query("SELECT pg_sleep(60) -- too long"), query("INSERT INTO expiring VALUES (1)"));

            toldOfTheExpiry(client);

            onRecord("-- too long");
            targetHasStopped("-- too long");
            assertThat(expiring()).isZero();
        }
    }

    @Test
    void a_copy_from_the_client_is_ended_and_nothing_of_it_is_kept() throws Exception {
        try (RawClient client = gateway.raw(fiveSeconds())) {
            client.send(query("COPY expiring FROM STDIN -- poured in")).readUntil('G');
            Thread pouring = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.send(message('d', utf8("1\n")));
                        Thread.sleep(20);
                    }
                } catch (Exception ended) {
                    // The session has ended, as it should.
                }
            });

            toldOfTheExpiry(client);

            pouring.interrupt();
            onRecord("-- poured in");
            targetHasStopped("-- poured in");
            assertThat(expiring()).isZero();
        }
    }

    @Test
    void a_copy_to_the_client_is_ended_behind_a_whole_message() throws Exception {
        try (RawClient client = gateway.raw(fiveSeconds())) {
            client.send(query(copyOut("poured out"))).readUntil('H');

            toldOfTheExpiry(client);

            onRecord("-- poured out");
            targetHasStopped("-- poured out");
        }
    }

    @Test
    void a_client_that_reads_nothing_cannot_keep_what_has_ended() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.send(query(copyOut("unread")));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.server.hasSession("query LIKE '%-- unread' AND wait_event = 'ClientWrite'"));

            gateway.sessions.drain();

            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> gateway.sessions.count() == 0);
            targetHasStopped("-- unread");
        }
    }
}
