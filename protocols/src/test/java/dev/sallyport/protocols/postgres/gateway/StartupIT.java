package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.concat;
import static dev.sallyport.testkit.postgres.Messages.int32;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.startup;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.untagged;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the first byte to the first ReadyForQuery, and everything that must not get that far. */
class StartupIT {
    private static final byte[] SSL_REQUEST = untagged(int32(RawClient.SSL_REQUEST));
    private static final byte[] GSS_REQUEST = untagged(int32(80877104));

    @AutoClose
    private static final TestGateway gateway = TestGateway.allowingAll();

    private static RawClient tls() throws IOException {
        return RawClient.connectTls(gateway.port(), gateway.certificates.authority());
    }

    private static List<Message> enter(RawClient client, int version, String... parameters) throws IOException {
        return enter(client, gateway.bot("all").mint(), version, parameters);
    }

    private static List<Message> enter(RawClient client, String token, int version, String... parameters)
            throws IOException {
        client.send(startup(version, parameters));
        List<Message> seen = new ArrayList<>();
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            seen.add(next);
            if (next.tag() == 'R' && next.body()[3] == 3) {
                client.send(message('p', texts(token)));
            } else if (next.tag() == 'Z' || next.tag() == 'E') {
                break;
            }
        }
        return seen;
    }

    private static ConnectionRefused lastRefusal() {
        return gateway.audit.events(ConnectionRefused.class).getLast();
    }

    private static void assertClosed(RawClient client) {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        client.read();
                    }
                })
                .isInstanceOfAny(EOFException.class, SocketException.class);
    }

    // ---- TLS ------------------------------------------------------------------------------------------------------

    @Test
    void bytes_behind_a_request_for_encryption_are_never_read_as_if_they_were_encrypted() throws Exception {
        byte[] smuggled = startup(RawClient.V3_0, "user", "smuggled", "database", "shop");
        for (byte[] request : List.of(SSL_REQUEST, GSS_REQUEST)) {
            try (RawClient client = RawClient.connect(gateway.port())) {
                client.send(concat(request, smuggled));
                assertClosed(client);
            }
            assertThat(lastRefusal().reason()).isEqualTo("protocol-violation");
        }
        assertThat(gateway.audit.events(ConnectionRefused.class))
                .noneMatch(refused -> refused.claimedUser().equals("smuggled"));
    }

    @Test
    void a_start_up_without_tls_is_refused_before_any_token_is_asked_for() throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            List<Message> seen = enter(client, RawClient.V3_0, "user", "bot", "database", "shop");
            assertThat(tags(seen)).isEqualTo("E");
            assertThat(seen.getFirst().field('S')).isEqualTo("FATAL");
        }
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(GSS_REQUEST);
            assertThat(client.readByte()).isEqualTo('N');
            assertThat(tags(enter(client, RawClient.V3_0, "user", "bot", "database", "shop")))
                    .isEqualTo("E");
        }
    }

    @Test
    void encryption_is_asked_for_in_any_order_once() throws Exception {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(GSS_REQUEST);
            assertThat(client.readByte()).isEqualTo('N');
            client.send(SSL_REQUEST);
            assertThat(client.readByte()).isEqualTo('S');
            client.shakeHands(gateway.certificates.authority());
            assertThat(enter(client, RawClient.V3_0, "user", "bot", "database", "shop")
                            .getLast()
                            .tag())
                    .isEqualTo('Z');
        }
        try (RawClient client = tls()) {
            client.send(SSL_REQUEST);
            assertClosed(client);
        }
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.send(GSS_REQUEST);
            assertThat(client.readByte()).isEqualTo('N');
            client.send(GSS_REQUEST);
            assertClosed(client);
        }
    }

    @Test
    void direct_tls_needs_its_application_protocol() throws Exception {
        try (RawClient client =
                RawClient.connectDirectTls(gateway.port(), gateway.certificates.authority(), "postgresql")) {
            assertThat(enter(client, RawClient.V3_0, "user", "bot", "database", "shop")
                            .getLast()
                            .tag())
                    .isEqualTo('Z');
        }
        for (String[] protocols : List.of(new String[0], new String[] {"http/1.1"})) {
            assertThatThrownBy(() -> {
                        try (RawClient client = RawClient.connectDirectTls(
                                gateway.port(), gateway.certificates.authority(), protocols)) {
                            client.send(startup(RawClient.V3_0, "user", "bot", "database", "shop"));
                            client.read();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    // ---- lengths and deadlines --------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 4, 7, 10_001, 0x10_0000, Integer.MAX_VALUE})
    void a_start_up_of_impossible_length_is_refused_at_once(int length) throws Exception {
        try (RawClient plain = RawClient.connect(gateway.port());
                RawClient secured = tls()) {
            plain.send(int32(length));
            assertClosed(plain);
            secured.send(int32(length), int32(RawClient.V3_0));
            assertClosed(secured);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 1 << 20, Integer.MAX_VALUE})
    void a_message_of_impossible_length_ends_the_connection_before_and_after_login(int length) throws Exception {
        try (RawClient client = tls()) {
            client.send(startup(RawClient.V3_0, "user", "bot", "database", "shop"));
            client.read();
            client.send(new byte[] {'p'}, int32(length));
            assertThat(client.read().field('C')).isEqualTo("08P01");
            assertClosed(client);
        }
        if (length != 1 << 20) {
            try (RawClient client = gateway.raw(gateway.bot("all"))) {
                client.send(new byte[] {'Q'}, int32(length));
                assertThat(client.read().field('S')).isEqualTo("FATAL");
                assertClosed(client);
            }
        }
    }

    @Test
    void every_prefix_of_a_session_can_be_the_last_the_gateway_hears() throws Exception {
        byte[] start = startup(RawClient.V3_0, "user", "bot", "database", "shop");
        for (int end = 0; end < start.length; end += 7) {
            try (RawClient client = tls()) {
                client.send(Arrays.copyOf(start, end));
            }
        }
        byte[] text = query("SELECT 1");
        for (int end = 0; end < text.length; end += 5) {
            try (RawClient client = gateway.raw(gateway.bot("all"))) {
                client.send(Arrays.copyOf(text, end));
            }
        }
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void silence_and_slowness_before_login_end_while_others_get_in() throws Exception {
        byte[] slow = startup(RawClient.V3_0, "user", "bot", "database", "shop");
        try (RawClient silent = RawClient.connect(gateway.port());
                RawClient requested = RawClient.connect(gateway.port());
                RawClient withoutToken = tls();
                RawClient slowly = tls()) {
            requested.send(SSL_REQUEST);
            assertThat(requested.readByte()).isEqualTo('S');
            withoutToken.send(slow);
            withoutToken.read();
            assertThatThrownBy(() -> {
                        for (byte each : slow) {
                            slowly.send(new byte[] {each});
                            Thread.sleep(250);
                        }
                        slowly.read();
                    })
                    .isInstanceOf(IOException.class);
            try (RawClient other = gateway.raw(gateway.bot("all"))) {
                assertThat(tags(other.query("SELECT 1"))).isEqualTo("TDCZ");
            }
            assertThat(silent.readByte()).isEqualTo(-1);
            assertThat(requested.readByte()).isEqualTo(-1);
            assertClosed(withoutToken);
        }
    }

    // ---- versions and parameters
    // -------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"196608, RSSSZ, 4", "196610, RSSSZ, 32", "196617, vRZ, 32"})
    void each_version_is_spoken_or_negotiated(int version, String ignored, int keyBytes) throws Exception {
        try (RawClient client = tls()) {
            List<Message> seen = enter(client, version, "user", "bot", "database", "shop");
            assertThat(seen.getLast().tag()).isEqualTo('Z');
            boolean negotiated = seen.getFirst().tag() == 'v';
            assertThat(negotiated).isEqualTo(version > RawClient.V3_2);
            if (negotiated) {
                assertThat(ByteBuffer.wrap(seen.getFirst().body()).getInt()).isEqualTo(RawClient.V3_2);
            }
            Message key = seen.stream().filter(m -> m.tag() == 'K').findFirst().orElseThrow();
            assertThat(key.body()).hasSize(4 + keyBytes);
        }
    }

    @Test
    void unknown_protocol_options_are_reported_back() throws Exception {
        try (RawClient client = tls()) {
            List<Message> seen = enter(
                    client, RawClient.V3_0, "user", "bot", "database", "shop", "_pq_.x", "1", "_pq_.command", "2");
            assertThat(seen.getLast().tag()).isEqualTo('Z');
            assertThat(seen.getFirst().tag()).isEqualTo('v');
            assertThat(new String(seen.getFirst().body(), StandardCharsets.UTF_8))
                    .contains("_pq_.x", "_pq_.command");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2 << 16, 0, 4 << 16, 1234 << 16 | 1})
    void other_major_versions_are_refused(int version) throws Exception {
        try (RawClient client = tls()) {
            assertThat(tags(enter(client, version, "user", "bot", "database", "shop")))
                    .isEqualTo("E");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "options, -c geqo=off",
        "options, -d 5",
        "options, -c",
        "replication, database",
        "replication, true",
        "REPLICATION, 1",
        "search_path, evil",
        "role, postgres",
        "session_authorization, postgres",
        "default_transaction_read_only, on",
        "client_encoding, LATIN1",
        "geqo, off",
        "standard_conforming_strings, off",
        "Options, -e"
    })
    void a_parameter_that_is_not_on_the_list_is_refused_rather_than_dropped(String name, String value)
            throws Exception {
        String log = gateway.server.logDuring(() -> {
            try (RawClient client = tls()) {
                List<Message> seen = enter(client, RawClient.V3_0, "user", "bot", "database", "shop", name, value);
                Message error = seen.getLast();
                assertThat(error.tag()).isEqualTo('E');
                assertThat(error.field('S')).isEqualTo("FATAL");
                assertThat(error.field('M')).containsIgnoringCase(name);
                assertThat(error.field('D')).contains(lastRefusal().incident());
                assertThat(lastRefusal().reason()).isEqualTo("startup-parameter");
            }
        });
        assertThat(log).doesNotContain("evil");
    }

    @ParameterizedTest
    @CsvSource({
        "-c search_path=evil, search_path",
        "-c statement_timeout=5s --search-path=evil, search_path",
        "-c role=postgres, role",
        "-c\\ role=postgres, \" role\"",
        "-cclient_encoding=LATIN1, client_encoding",
        "-c user=postgres, user",
        "-c application_name=x -c session_authorization=evil, session_authorization"
    })
    void a_setting_inside_options_that_is_not_on_the_list_is_refused(String options, String named) throws Exception {
        String log = gateway.server.logDuring(() -> {
            try (RawClient client = tls()) {
                Message error = enter(client, RawClient.V3_0, "user", "bot", "database", "shop", "options", options)
                        .getLast();
                assertThat(error.tag()).isEqualTo('E');
                assertThat(error.field('S')).isEqualTo("FATAL");
                assertThat(error.field('M')).contains(named);
                assertThat(lastRefusal().reason()).isEqualTo("startup-parameter");
            }
        });
        assertThat(log).doesNotContain("evil");
    }

    /** As connection pools, ORMs and PGOPTIONS ask for them. */
    @Test
    void timeouts_and_formats_may_be_asked_for_at_the_start_also_inside_options() throws Exception {
        try (RawClient client = tls()) {
            List<Message> seen = enter(
                    client,
                    RawClient.V3_0,
                    "user",
                    "bot",
                    "database",
                    "shop",
                    "lock_timeout",
                    "7s",
                    "options",
                    "-c statement_timeout=5s --lock-timeout=1s -cDateStyle=German,\\ DMY -c application_name=in\\ it");
            assertThat(seen.getLast().tag()).isEqualTo('Z');
            assertThat(Answers.firstColumn(client.query("SHOW statement_timeout")))
                    .containsExactly("5s");
            assertThat(Answers.firstColumn(client.query("SHOW lock_timeout"))).containsExactly("7s");
            assertThat(Answers.firstColumn(client.query("SHOW DateStyle"))).containsExactly("German, DMY");
            assertThat(Answers.firstColumn(client.query("SHOW application_name")))
                    .containsExactly("sallyport/okta:bot/in it");
        }
    }

    @Test
    void harmless_parameters_reach_the_target_and_the_users_name_does_not() throws Exception {
        String log = gateway.server.logDuring(() -> {
            try (RawClient client = tls()) {
                List<Message> seen = enter(
                        client,
                        RawClient.V3_0,
                        "user",
                        "postgres",
                        "database",
                        "shop",
                        "TimeZone",
                        "Asia/Tokyo",
                        "DateStyle",
                        "German",
                        "client_encoding",
                        "'utf-8'",
                        "application_name",
                        "my app");
                assertThat(seen.getLast().tag()).isEqualTo('Z');
                assertThat(Answers.firstColumn(client.query("SHOW TimeZone"))).containsExactly("Asia/Tokyo");
                assertThat(Answers.firstColumn(client.query("SELECT current_user")))
                        .containsExactly("shop_app");
                assertThat(Answers.firstColumn(client.query("SELECT session_user")))
                        .containsExactly("shop_app");
            }
        });
        assertThat(log).contains("sallyport/okta:bot/my app").doesNotContain("user=postgres application_name=my app");
        SessionOpened opened = gateway.audit.events(SessionOpened.class).getLast();
        assertThat(opened.claimedUser()).isEqualTo("postgres");
        assertThat(opened.subject()).isEqualTo("bot");
    }

    @Test
    void a_database_that_is_no_target_is_refused_like_one_that_is_not_allowed() throws Exception {
        List<String> texts = new ArrayList<>();
        for (String database : List.of("nowhere", "../shop", "SHOP", "postgres")) {
            try (RawClient client = tls()) {
                Message error = enter(client, RawClient.V3_0, "user", "bot", "database", database)
                        .getLast();
                assertThat(error.field('C')).isEqualTo("28000");
                texts.add(error.field('M'));
            }
        }
        try (RawClient client = tls()) {
            String stranger = gateway.bot("strangers").mint();
            Message error = enter(client, stranger, RawClient.V3_0, "user", "bot", "database", "shop")
                    .getLast();
            texts.add(error.field('M'));
        }
        assertThat(texts).hasSize(5).allMatch(texts.getFirst()::equals);
    }

    @Test
    void a_start_up_packet_that_says_things_twice_or_ends_early_is_refused() throws Exception {
        for (byte[] packet : List.of(
                startup(RawClient.V3_0, "user", "bot", "user", "other", "database", "shop"),
                untagged(int32(RawClient.V3_0), texts("user", "bot", "database")),
                untagged(int32(RawClient.V3_0), new byte[] {'u', 's', 'e', 'r'}),
                untagged(int32(RawClient.V3_0), texts("user", "bot"), new byte[1], texts("trailing")))) {
            try (RawClient client = tls()) {
                client.send(packet);
                assertThat(client.read().field('C')).isEqualTo("08P01");
                assertClosed(client);
            }
        }
    }

    @Test
    void commands_sent_ahead_of_the_login_wait_for_it() throws Exception {
        try (RawClient client = tls()) {
            client.send(
                    startup(RawClient.V3_0, "user", "bot", "database", "shop"),
                    message('p', texts(gateway.bot("all").mint())),
                    query("SELECT 'early'"));
            client.readUntilReady();
            assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("early");
        }
    }

    @Test
    void a_listener_bound_to_a_target_takes_any_database_and_one_without_tls_says_so() throws Exception {
        int bound = gateway.listen(TestGateway::boundToShop);
        int plain = gateway.listen(TestGateway::withoutTls);
        try (RawClient client = RawClient.connectTls(bound, gateway.certificates.authority())) {
            assertThat(enter(client, RawClient.V3_0, "user", "bot", "database", "whatever")
                            .getLast()
                            .tag())
                    .isEqualTo('Z');
        }
        try (RawClient client = RawClient.connect(plain)) {
            client.send(SSL_REQUEST);
            assertThat(client.readByte()).isEqualTo('N');
            assertThat(enter(client, RawClient.V3_0, "user", "bot", "database", "shop")
                            .getLast()
                            .tag())
                    .isEqualTo('Z');
        }
    }
}
