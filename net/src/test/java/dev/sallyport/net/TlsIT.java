package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.target.TlsMode;
import dev.sallyport.testkit.tls.TestCertificates;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TlsIT {
    @TempDir
    private static Path directory;

    private static Transport transport;
    private static TestCertificates authority;
    private static TestCertificates otherAuthority;

    @BeforeAll
    static void open() {
        transport = Transport.open();
        authority = TestCertificates.in(directory, "authority");
        otherAuthority = TestCertificates.in(directory, "other-authority");
    }

    @AfterAll
    static void close() {
        transport.close();
    }

    @ParameterizedTest
    @CsvSource({
        "REQUIRE,     localhost, none,  true",
        "REQUIRE,     elsewhere, none,  true",
        "REQUIRE,     localhost, other, false",
        "VERIFY_CA,   localhost, right, true",
        "VERIFY_CA,   elsewhere, right, true",
        "VERIFY_CA,   localhost, other, false",
        "VERIFY_CA,   localhost, none,  false",
        "VERIFY_CA,   expired,   right, false",
        "VERIFY_FULL, localhost, right, true",
        "VERIFY_FULL, elsewhere, right, false",
        "VERIFY_FULL, expired,   right, false",
        "VERIFY_FULL, localhost, other, false",
    })
    void accepts_a_certificate_exactly_as_the_mode_says(
            TlsMode mode, String certificate, String trust, boolean accepted) throws Exception {
        for (String host : List.of("localhost", "127.0.0.1")) {
            ServerTls server = serverWith(certificate);
            ClientTls client = ClientTls.of(mode, trusted(trust), Optional.empty());

            assertThat(handshake(server, client, host).isSuccess()).as(host).isEqualTo(accepted);
        }
    }

    @Test
    void a_changed_certificate_is_used_from_the_next_connection_on() throws Exception {
        TestCertificates.Pair first = authority.server("first", "localhost");
        TestCertificates.Pair second = authority.server("second", "localhost");
        ServerTls server = ServerTls.of(first.chain(), first.key(), List.of());
        assertThat(server.reload()).isFalse();

        Files.copy(second.chain(), first.chain(), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(server::reload).isInstanceOf(IOException.class);
        assertThat(subjectShownBy(server)).isEqualTo("CN=first");

        Files.copy(second.key(), first.key(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(server.reload()).isTrue();
        assertThat(subjectShownBy(server)).isEqualTo("CN=second");
    }

    @Test
    void a_file_without_a_certificate_is_an_error() throws Exception {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");

        assertThatThrownBy(() -> ServerTls.of(empty, empty, List.of())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ClientTls.of(TlsMode.VERIFY_FULL, Optional.of(empty), Optional.empty()))
                .isInstanceOf(IOException.class);
    }

    private static String subjectShownBy(ServerTls server) throws Exception {
        Future<Channel> shaken =
                handshake(server, ClientTls.of(TlsMode.VERIFY_CA, trusted("right"), Optional.empty()), "localhost");
        SslHandler tls = shaken.getNow().pipeline().get(SslHandler.class);
        X509Certificate shown = (X509Certificate) tls.engine().getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }

    private static Future<Channel> handshake(ServerTls server, ClientTls client, String host) throws Exception {
        Listener listener =
                Loopback.listen(transport, channel -> channel.pipeline().addLast(server.newHandler(channel.alloc())));
        int port = listener.address().getPort();
        Channel channel = new Dialer(transport, KeepAlive.DEFAULT)
                .dial(transport.nextLoop(), host, port, Duration.ofSeconds(5))
                .sync()
                .getNow();
        SslHandler tls = client.newHandler(channel.alloc(), host, port);
        channel.pipeline().addLast(tls);
        Future<Channel> shaken = tls.handshakeFuture().await();
        listener.close().sync();
        return shaken;
    }

    private static ServerTls serverWith(String certificate) throws IOException {
        TestCertificates.Pair pair = switch (certificate) {
            case "localhost" -> authority.forLocalhost();
            case "elsewhere" -> authority.forAnotherHost();
            case "expired" -> authority.expired();
            default -> throw new IllegalArgumentException(certificate);
        };
        return ServerTls.of(pair.chain(), pair.key(), List.of("postgresql"));
    }

    private static Optional<Path> trusted(String trust) {
        return switch (trust) {
            case "none" -> Optional.empty();
            case "right" -> Optional.of(authority.authority());
            case "other" -> Optional.of(otherAuthority.authority());
            default -> throw new IllegalArgumentException(trust);
        };
    }
}
