package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.testkit.ports.ClosedPort;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import dev.sallyport.testkit.tls.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the gateway and a target convince each other, and how little of it a bot learns when they do not. */
class TargetCredentialIT {
    private static final String OLD_ROLE = "shop_old";

    @TempDir
    private static Path directory;

    private static PostgresServer server;
    private static TestCertificates otherAuthority;
    private static Target shop;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(directory);
        otherAuthority = TestCertificates.in(directory, "other-authority");
        shop = Shop.on(server);
        server.createMd5User(OLD_ROLE, Shop.PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void reset() {
        server.authenticate("scram-sha-256");
        server.tls(true);
        server.present(server.certificates().forLocalhost());
    }

    @ParameterizedTest
    @CsvSource({"scram-sha-256, shop_app", "md5, shop_old", "password, shop_app"})
    void logs_in_by_password_in_every_form(String method, String role) throws Exception {
        server.authenticate(method);

        String log = server.logDuring(() -> answers(Shop.password(shop, role, Shop.PASSWORD)));

        assertThat(log)
                .contains("connection authenticated: identity=\"" + role + "\" method=" + method)
                .contains("SSL enabled");
    }

    @Test
    void logs_in_by_client_certificate_alone() throws Exception {
        server.authenticate("cert");

        String log = server.logDuring(() ->
                answers(Shop.certificate(shop, Shop.ROLE, server.certificates().client(Shop.ROLE))));

        assertThat(log).contains("connection authenticated: identity=\"CN=" + Shop.ROLE + "\" method=cert");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DISABLE", "REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void secures_the_connection_as_the_target_says(TlsMode mode) throws Exception {
        Optional<Path> trust = Optional.of(server.certificates().authority());

        String log = server.logDuring(() -> answers(Shop.tls(shop, mode, trust)));

        assertThat(log).contains("connection authorized: user=" + Shop.ROLE);
        assertThat(log.contains("SSL enabled")).isEqualTo(mode != TlsMode.DISABLE);
    }

    private static void answers(Target target) throws Exception {
        try (TestGateway gateway = new TestGateway(server, target, List.of(Policies.ALL));
                RawClient client = gateway.raw(gateway.bot("all"))) {
            assertThat(RawClient.tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void scram_is_bound_to_the_certificate_so_that_nobody_stands_in_between() throws Exception {
        String log = server.logDuring(() -> {
            try (ManInTheMiddle middle =
                    new ManInTheMiddle(server, otherAuthority.forLocalhost(), UnaryOperator.identity())) {
                refused(inBetween(middle), "08004", "target_authentication");
            }
        });

        assertThat(log).contains("SCRAM channel binding check failed").doesNotContain("connection authorized");
    }

    @Test
    void scram_notices_who_hides_that_the_server_offers_to_be_bound() throws Exception {
        String log = server.logDuring(() -> {
            try (ManInTheMiddle middle = new ManInTheMiddle(
                    server, otherAuthority.forLocalhost(), TargetCredentialIT::withoutChannelBinding)) {
                refused(inBetween(middle), "08004", "target_authentication");
            }
        });

        assertThat(log).contains("SCRAM channel binding negotiation error").doesNotContain("connection authorized");
    }

    /** Even where nothing about the certificate is verified. */
    private static Target inBetween(ManInTheMiddle middle) {
        return Shop.tls(Shop.at(shop, "localhost", middle.port()), TlsMode.REQUIRE, Optional.empty());
    }

    private static Message withoutChannelBinding(Message offer) {
        assertThat(new String(offer.body(), StandardCharsets.US_ASCII)).contains("SCRAM-SHA-256-PLUS");
        return new Message('R', Messages.concat(Messages.int32(10), Messages.texts("SCRAM-SHA-256", "")));
    }

    @ParameterizedTest
    @CsvSource({"scram-sha-256, shop_app", "md5, shop_old", "password, shop_app", "scram-sha-256, nobody_at_all"})
    void a_password_that_is_not_accepted_is_told_neutrally(String method, String role) throws Exception {
        server.authenticate(method);

        refused(Shop.password(shop, role, "not " + Shop.PASSWORD), "08004", "target_authentication");
    }

    @Test
    void a_missing_password_is_told_neutrally() throws Exception {
        refused(
                Shop.certificate(shop, Shop.ROLE, server.certificates().client(Shop.ROLE)),
                "08004",
                "target_authentication");
    }

    @Test
    void a_client_certificate_that_is_not_accepted_is_told_neutrally() throws Exception {
        server.authenticate("cert");

        refused(
                Shop.certificate(shop, Shop.ROLE, server.certificates().client("somebody_else")),
                "08004",
                "target_authentication");
        refused(Shop.certificate(shop, Shop.ROLE, otherAuthority.client(Shop.ROLE)), "08004", "target_authentication");
    }

    @Test
    void a_password_is_not_shown_in_clear_text_without_tls() throws Exception {
        server.authenticate("password");

        refused(Shop.tls(shop, TlsMode.DISABLE, Optional.empty()), "08004", "target_authentication");
    }

    @Test
    void a_certificate_of_another_authority_is_told_neutrally_and_nothing_is_sent_to_it() throws Exception {
        Optional<Path> trust = Optional.of(otherAuthority.authority());

        String log = server.logDuring(() -> {
            refused(Shop.tls(shop, TlsMode.VERIFY_CA, trust), "08001", "target_tls");
            refused(Shop.tls(shop, TlsMode.VERIFY_FULL, trust), "08001", "target_tls");
        });

        assertThat(log).doesNotContain(Shop.ROLE);
    }

    @Test
    void a_certificate_for_another_host_or_out_of_date_is_told_neutrally() throws Exception {
        server.present(server.certificates().forAnotherHost());
        refused(shop, "08001", "target_tls");
        server.present(server.certificates().expired());
        refused(shop, "08001", "target_tls");
    }

    @Test
    void a_target_without_tls_is_told_neutrally() throws Exception {
        server.tls(false);

        refused(shop, "08001", "target_tls");
    }

    @Test
    void nobody_there_is_told_neutrally() throws Exception {
        refused(Shop.at(shop, "nowhere.invalid", server.port()), "08001", "target_unreachable");
        try (ClosedPort port = new ClosedPort()) {
            refused(Shop.at(shop, "localhost", port.number()), "08001", "target_unreachable");
        }
    }

    /** The bot gets one FATAL that tells nothing of the target; the log tells the operator. */
    private static void refused(Target target, String sqlState, String code) throws IOException {
        try (TestGateway gateway = new TestGateway(server, target, List.of(Policies.ALL));
                RawClient client = RawClient.connectTls(gateway.port(), gateway.certificates.authority())) {
            List<Message> seen = client.login("bot", "shop", gateway.bot("all").mint());

            Message error = seen.getLast();
            assertThat(error.tag()).isEqualTo('E');
            assertThat(error.field('V')).isEqualTo("FATAL");
            assertThat(error.field('C')).isEqualTo(sqlState);
            assertThat(error.field('M')).startsWith("sallyport: ");
            assertThat(client.readOrEnd()).isNull();
            for (Message message : seen) {
                assertThat(new String(message.body(), StandardCharsets.UTF_8))
                        .doesNotContainIgnoringCase(
                                target.host(),
                                "127.0.0.1",
                                String.valueOf(target.port()),
                                target.credential().username(),
                                Shop.PASSWORD,
                                "certificate",
                                "scram");
            }
            recorded(gateway, code);
        }
    }

    private static void recorded(TestGateway gateway, String code) {
        AuditEvent.SessionOpened opened =
                gateway.audit.events(AuditEvent.SessionOpened.class).getFirst();
        assertThat(gateway.audit.events(AuditEvent.Noticed.class))
                .singleElement()
                .satisfies(noticed -> {
                    assertThat(noticed.session()).isEqualTo(opened.session());
                    assertThat(noticed.kind()).isEqualTo("target-failure");
                    assertThat(noticed.fields()).contains("code=" + code);
                    assertThat(noticed.fields().get(1)).startsWith("detail=").hasSizeGreaterThan("detail=".length());
                });
        assertThat(gateway.audit.events(AuditEvent.SessionClosed.class))
                .singleElement()
                .satisfies(closed -> {
                    assertThat(closed.session()).isEqualTo(opened.session());
                    assertThat(closed.reason()).isEqualTo(code);
                });
        assertThat(gateway.audit.events().toString()).doesNotContain(Shop.PASSWORD);
    }
}
