package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.int32;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.startup;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.untagged;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** CancelRequest: with the right key it stops what runs, with any other nothing, and never what comes after. */
class CancelIT {
    @AutoClose
    private static final TestGateway gateway = TestGateway.allowingAll();

    /** Sends a CancelRequest over TLS and waits for the gateway to close. */
    static void cancel(TestGateway gateway, byte[] key) throws IOException {
        try (RawClient client = RawClient.connectTls(gateway.port(), gateway.certificates.authority())) {
            client.send(untagged(int32(RawClient.CANCEL_REQUEST), key));
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }

    private static void cancelPlain(byte[] key) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(untagged(int32(RawClient.CANCEL_REQUEST), key));
            assertThat(client.readByte()).isEqualTo(-1);
        }
    }

    /** Logs in, and returns process id and secret as BackendKeyData has them. */
    private static byte[] login(RawClient client, int version) throws IOException {
        client.send(startup(version, "user", "bot", "database", "shop"));
        client.readUntil('R');
        client.send(message('p', texts(gateway.bot("all").mint())));
        return client.readUntilReady().stream()
                .filter(m -> m.tag() == 'K')
                .findFirst()
                .orElseThrow()
                .body();
    }

    private static RawClient tls() throws IOException {
        return RawClient.connectTls(gateway.port(), gateway.certificates.authority());
    }

    private static void untilRunning(String mark) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> gateway.server.hasSession("state = 'active' AND query LIKE '%" + mark + "'"));
    }

    @Test
    void short_and_long_keys_cancel_with_and_without_tls() throws Exception {
        for (int version : List.of(RawClient.V3_0, RawClient.V3_2)) {
            for (boolean plain : List.of(true, false)) {
                try (RawClient client = tls()) {
                    byte[] key = login(client, version);
                    client.send(query("SELECT pg_sleep(30) -- runs"));
                    untilRunning("-- runs");
                    if (plain) {
                        cancelPlain(key);
                    } else {
                        cancel(gateway, key);
                    }
                    assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("57014");
                    assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
                }
            }
        }
    }

    /** As drivers with a deadline do (lib/pq's contexts, node-postgres's timers), however short it is. */
    @Test
    void a_command_that_is_still_being_read_is_cancelled_too() throws Exception {
        String slowToRead = "SELECT pg_sleep(30)" + ", 1".repeat(20_000);
        try (RawClient client = tls()) {
            byte[] key = login(client, RawClient.V3_0);
            client.send(query(slowToRead));
            cancelPlain(key);
            assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("57014");

            client.send(parse("", slowToRead + ", 2"), bind("", ""), execute("", 0), sync());
            cancelPlain(key);
            assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("57014");
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_command_whose_evidence_is_still_being_written_is_cancelled_too() throws Exception {
        try (RawClient client = tls()) {
            byte[] key = login(client, RawClient.V3_0);
            gateway.audit.holdSyncs();
            try {
                client.send(query("CREATE TEMPORARY TABLE late AS SELECT 1 FROM pg_sleep(30)"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> !Answers.decided(gateway, "TABLE late").isEmpty());
                cancelPlain(key);
            } finally {
                gateway.audit.releaseSyncs();
            }
            assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("57014");
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void the_keys_are_the_gateways_own() throws Exception {
        try (RawClient client = tls()) {
            byte[] key = login(client, RawClient.V3_0);
            String backend =
                    Answers.firstColumn(client.query("SELECT pg_backend_pid()")).getFirst();
            assertThat(ByteBuffer.wrap(key).getInt()).isNotEqualTo(Integer.parseInt(backend));
            // The gateway's key means nothing to the target itself.
            client.send(query("SELECT pg_sleep(1) -- untouched"));
            untilRunning("-- untouched");
            try (RawClient target = RawClient.connect(gateway.server.port())) {
                target.send(untagged(int32(RawClient.CANCEL_REQUEST), key));
                target.readByte();
            }
            assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        }
    }

    @Test
    void guessed_cut_and_lengthened_keys_do_nothing() throws Exception {
        try (RawClient client = tls()) {
            byte[] key = login(client, RawClient.V3_2);
            byte[] flipped = key.clone();
            flipped[flipped.length - 1] ^= 1;
            client.send(query("SELECT pg_sleep(1.5) -- guessed"));
            untilRunning("-- guessed");
            for (byte[] wrong : List.of(
                    flipped, Arrays.copyOf(key, 8), Arrays.copyOf(key, key.length + 1), new byte[8], new byte[36])) {
                cancelPlain(wrong);
            }
            assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_late_cancel_hits_neither_the_next_command_nor_another_session() throws Exception {
        byte[] gone;
        try (RawClient client = tls()) {
            gone = login(client, RawClient.V3_0);
        }
        try (RawClient client = tls()) {
            byte[] key = login(client, RawClient.V3_0);
            for (int i = 0; i < 20; i++) {
                client.send(query("SELECT 1"));
                cancelPlain(key);
                List<Message> first = client.readUntilReady();
                assertThat(tags(first)).isIn("TDCZ", "EZ", "TEZ");
                cancelPlain(gone);
                assertThat(tags(client.query("SELECT pg_sleep(0.02)"))).isEqualTo("TDCZ");
            }
        }
    }

    @Test
    void cancel_requests_of_impossible_size_are_refused() throws Exception {
        for (byte[] key : List.of(new byte[0], new byte[4], new byte[7], new byte[4 + 257], new byte[9000])) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send(untagged(int32(RawClient.CANCEL_REQUEST), key));
                while (client.readOrEnd() != null) {
                    // What it says does not matter; it has to end.
                }
            }
        }
    }
}
