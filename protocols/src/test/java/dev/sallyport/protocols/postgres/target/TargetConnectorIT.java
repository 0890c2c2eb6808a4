package dev.sallyport.protocols.postgres.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.target.TlsMode;
import dev.sallyport.net.Transport;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.testkit.ports.ClosedPort;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.tls.TestCertificates;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetConnectorIT {
    @TempDir
    private static Path directory;

    private static PostgresServer server;
    private static TestCertificates otherAuthority;
    private static Transport transport;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(directory);
        server.createUser("app", "secret");
        server.createMd5User("old", "secret");
        otherAuthority = TestCertificates.in(directory, "other-authority");
        transport = Transport.open();
    }

    @AfterAll
    static void stop() {
        transport.close();
        server.close();
    }

    @BeforeEach
    void reset() {
        server.authenticate("scram-sha-256");
        server.tls(true);
        server.present(server.certificates().forLocalhost());
    }

    @Test
    void the_server_proves_itself_by_scram_bound_to_its_certificate() throws Exception {
        TargetConnection connection = secured().connect(transport);

        assertThat(connection.protocolVersion()).isEqualTo(ProtocolVersion.V3_2);
        assertThat(connection.parameters()).containsEntry("client_encoding", "UTF8");
        assertThat(connection.parameters().get("server_version")).startsWith("18.");
        assertThat(connection.processId()).isPositive();
        assertThat((char) connection.transactionStatus()).isEqualTo('I');
        assertThat(connection.channel().config().isAutoRead()).isFalse();
        connection.close();
    }

    @ParameterizedTest
    @CsvSource({"scram-sha-256, app", "md5, old", "password, app", "trust, app"})
    void logs_in_over_tls_by_every_method(String method, String user) throws Exception {
        server.authenticate(method);

        secured().user(user).connect(transport).close();
    }

    @ParameterizedTest
    @CsvSource({"scram-sha-256, app", "md5, old", "trust, app"})
    void logs_in_without_tls_where_the_password_is_not_shown(String method, String user) throws Exception {
        server.authenticate(method);

        Targets.at(server.port()).user(user).connect(transport).close();
    }

    @Test
    void does_not_show_the_password_without_tls() throws Exception {
        server.authenticate("password");

        assertThat(Targets.at(server.port()).failure(transport)).isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @Test
    void logs_in_by_client_certificate() throws Exception {
        server.authenticate("cert");

        secured()
                .noPassword()
                .certificate(server.certificates().client("app"))
                .connect(transport)
                .close();

        assertThat(secured().noPassword().failure(transport)).isInstanceOf(TargetFailure.AuthenticationFailed.class);
    }

    @Test
    void a_client_certificate_of_another_authority_is_refused() throws Exception {
        server.authenticate("cert");

        assertThat(secured().certificate(otherAuthority.client("app")).failure(transport))
                .isInstanceOfAny(TargetFailure.TlsFailed.class, TargetFailure.AuthenticationFailed.class);
    }

    @ParameterizedTest
    @CsvSource({"scram-sha-256, app", "md5, old", "password, app"})
    void a_wrong_or_missing_password_is_refused_without_telling_the_client_whose(String method, String user)
            throws Exception {
        server.authenticate(method);

        for (Targets target : List.of(
                secured().user(user).password("wrong"), secured().user(user).noPassword())) {
            TargetFailure failure = target.failure(transport);
            assertThat(failure).isInstanceOf(TargetFailure.AuthenticationFailed.class);
            assertThat(failure.clientText()).doesNotContain(user, "localhost", "127.0.0.1");
            assertThat(failure.detail()).doesNotContain("wrong");
        }
    }

    @Test
    void another_certificate_authority_is_refused_and_no_password_is_sent() throws Exception {
        Targets target = Targets.at(server.port()).tls(TlsMode.VERIFY_CA, otherAuthority);

        String log = server.logDuring(
                () -> assertThat(target.failure(transport)).isInstanceOf(TargetFailure.TlsFailed.class));

        assertThat(log).doesNotContain("authenticat");
    }

    @Test
    void a_certificate_for_another_host_passes_verify_ca_but_not_verify_full() throws Exception {
        server.present(server.certificates().forAnotherHost());

        Targets.at(server.port())
                .tls(TlsMode.VERIFY_CA, server.certificates())
                .connect(transport)
                .close();
        assertThat(secured().failure(transport)).isInstanceOf(TargetFailure.TlsFailed.class);
    }

    @Test
    void an_expired_certificate_is_refused_unless_nothing_is_verified() throws Exception {
        server.present(server.certificates().expired());

        assertThat(secured().failure(transport)).isInstanceOf(TargetFailure.TlsFailed.class);
        Targets.at(server.port()).tls(TlsMode.REQUIRE).connect(transport).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"REQUIRE", "VERIFY_CA", "VERIFY_FULL"})
    void a_target_without_tls_is_refused(TlsMode mode) throws Exception {
        server.tls(false);

        assertThat(Targets.at(server.port()).tls(mode).failure(transport)).isInstanceOf(TargetFailure.TlsFailed.class);
    }

    @Test
    void a_refusal_keeps_the_sqlstate_and_not_the_text_of_the_target() throws Exception {
        server.run("ALTER DATABASE postgres CONNECTION LIMIT 0");
        try {
            TargetFailure failure = secured().failure(transport);

            assertThat(failure.sqlState()).isEqualTo("53300");
            assertThat(failure.clientText()).contains("53300").doesNotContain("postgres");
        } finally {
            server.run("ALTER DATABASE postgres CONNECTION LIMIT -1");
        }
    }

    @Test
    void sends_the_startup_parameters_of_the_session_and_refuses_those_that_are_not_its_own() throws Exception {
        TargetConnector connector = secured().connector(transport);
        EventLoop loop = transport.nextLoop();

        TargetConnection connection =
                Targets.await(connector.open(loop, Map.of("application_name", "bot", "TimeZone", "Asia/Tokyo")));

        assertThat(connection.parameters())
                .containsEntry("application_name", "bot")
                .containsEntry("TimeZone", "Asia/Tokyo");
        connection.close();
        for (String reserved : List.of("user", "database", "replication", "options", "_pq_.anything")) {
            assertThatThrownBy(() -> connector.open(loop, Map.of(reserved, "x")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void the_session_takes_over_and_talks() throws Exception {
        TargetConnection connection = secured().connect(transport);
        Talk talk = new Talk();

        connection.channel().eventLoop().submit(() -> connection.handTo(talk)).sync();
        connection.channel().config().setAutoRead(true);
        connection.channel().writeAndFlush(Unpooled.wrappedBuffer(Messages.query("SELECT 'spoken'")));

        await().untilAsserted(() -> assertThat(talk.heard()).contains("spoken"));
        assertThat(connection.channel().pipeline().names()).startsWith("tls", "session");
        connection.close();
    }

    @Test
    void cancels_what_runs() throws Exception {
        TargetConnection connection = secured().connect(transport);
        Talk talk = new Talk();
        connection.channel().eventLoop().submit(() -> connection.handTo(talk)).sync();
        connection.channel().config().setAutoRead(true);
        connection.channel().writeAndFlush(Unpooled.wrappedBuffer(Messages.query("SELECT pg_sleep(60)")));
        await().until(() -> server.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                        .size()
                == 1);

        connection.cancel().get(10, TimeUnit.SECONDS);

        await().untilAsserted(() -> assertThat(talk.heard()).contains("57014"));
        connection.close();
    }

    @Test
    void the_budget_makes_the_next_one_wait_until_a_connection_is_closed() throws Exception {
        TargetConnector connector = secured().maxConnections(1).connector(transport);
        TargetConnection first = Targets.await(connector.open(transport.nextLoop(), Map.of()));
        Future<TargetConnection> second = connector.open(transport.nextLoop(), Map.of());
        assertThat(second.await(300)).isFalse();

        first.close();

        Targets.await(second).close();
        await().until(() -> connector.budget().inUse() == 0);
    }

    @Test
    void who_waits_too_long_for_the_budget_is_told_so() throws Exception {
        TargetConnector connector =
                secured().maxConnections(1).timeout(Duration.ofSeconds(2)).connector(transport);
        TargetConnection first = Targets.await(connector.open(transport.nextLoop(), Map.of()));

        TargetFailure failure = Targets.failureOf(connector.open(transport.nextLoop(), Map.of()));

        assertThat(failure).isInstanceOf(TargetFailure.BudgetExhausted.class);
        first.close();
    }

    @Test
    void a_failed_login_gives_its_place_back() throws Exception {
        TargetConnector connector =
                secured().password("wrong").maxConnections(1).connector(transport);

        for (int i = 0; i < 3; i++) {
            assertThat(Targets.failureOf(connector.open(transport.nextLoop(), Map.of())))
                    .isInstanceOf(TargetFailure.AuthenticationFailed.class);
        }
        await().until(() -> connector.budget().inUse() == 0);
    }

    @Test
    void cancelling_the_future_gives_the_place_back() throws Exception {
        TargetConnector connector = secured().maxConnections(1).connector(transport);

        connector.open(transport.nextLoop(), Map.of()).cancel(false);

        await().until(() -> connector.budget().inUse() == 0);
        Targets.await(connector.open(transport.nextLoop(), Map.of())).close();
    }

    @Test
    void nobody_there_is_unreachable() throws Exception {
        try (ClosedPort port = new ClosedPort()) {
            assertThat(Targets.at(port.number()).failure(transport)).isInstanceOf(TargetFailure.Unreachable.class);
        }
    }

    private static Targets secured() {
        return Targets.at(server.port()).tls(TlsMode.VERIFY_FULL, server.certificates());
    }

    /** Remembers all that it hears. */
    private static final class Talk extends SimpleChannelInboundHandler<ByteBuf> {
        private volatile String heard = "";

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            String before = heard;
            heard = before + message.toString(StandardCharsets.ISO_8859_1);
        }

        String heard() {
            return heard;
        }
    }
}
