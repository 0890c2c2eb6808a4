package dev.sallyport.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawClientIT {
    @Test
    void speaks_both_query_protocols_with_a_real_server(@TempDir Path directory) throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            server.authenticate("password");
            server.createUser("app", "secret");
            try (RawClient client =
                    RawClient.connectTls(server.port(), server.certificates().authority())) {
                assertThat(RawClient.tags(client.login("app", "postgres", "secret")))
                        .isEqualTo("RRKZ");

                List<Message> simple = client.query("SELECT 1 AS one, NULL AS nothing; SELECT 'é'");
                assertThat(RawClient.tags(simple)).isEqualTo("TDCTDCZ");
                assertThat(simple.getFirst().columns()).containsExactly("one", "nothing");
                assertThat(simple.get(1).row()).containsExactly("1", null);
                assertThat(simple.get(4).row()).containsExactly("é");

                client.send(
                        Messages.parse("s", "SELECT $1::text"),
                        Messages.describeStatement("s"),
                        Messages.bind("", "s", "x"),
                        Messages.describePortal(""),
                        Messages.execute("", 0),
                        Messages.closeStatement("s"),
                        Messages.parse("", "SELECT broken"),
                        Messages.sync());
                List<Message> extended = client.readUntilReady();
                assertThat(RawClient.tags(extended)).isEqualTo("1tT2TDC3EZ");
                assertThat(extended.get(8).field('C')).isEqualTo("42703");

                client.send(Messages.terminate());
                assertThat(client.readOrEnd()).isNull();
            }
            assertThat(server.log()).contains("SELECT 1 AS one").contains("SELECT $1::text");
        }
    }

    @Test
    void says_that_a_wrong_password_was_refused(@TempDir Path directory) throws Exception {
        try (PostgresServer server = PostgresServer.start(directory)) {
            server.authenticate("password");
            server.createUser("app", "secret");
            try (RawClient client = RawClient.connect(server.port())) {
                List<Message> seen = client.login("app", "postgres", "wrong");

                assertThat(seen.getLast().field('C')).isEqualTo("28P01");
                assertThat(seen.getLast().toString()).contains("FATAL");
            }
        }
    }
}
