package dev.sallyport.core.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CheckpointEndpointIT {
    private final SigningKey signer = SigningKey.parse(SigningKey.generate("log.example", new SecureRandom()));
    private final List<String> got = new CopyOnWriteArrayList<>();
    private volatile int status = 204;
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/checkpoints", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            got.add(exchange.getRequestMethod() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + "\n" + body);
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private CheckpointEndpoint endpoint() {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/checkpoints?log=a");
        return new CheckpointEndpoint(uri, Optional.of(Secret.of("s3cret")));
    }

    private SignedCheckpoint checkpoint() throws IOException {
        return SignedCheckpoint.of(
                new Checkpoint("00112233445566778899aabbccddeeff", 3, new byte[32], Instant.EPOCH), signer);
    }

    @Test
    void posts_the_note_with_the_token() throws Exception {
        endpoint().put(checkpoint());

        assertThat(got)
                .containsExactly("POST Bearer s3cret text/plain; charset=utf-8\n"
                        + checkpoint().note());
    }

    @Test
    void takes_nothing_but_success_for_success_and_follows_nowhere() {
        for (int other : new int[] {301, 307, 400, 401, 503}) {
            status = other;
            assertThatThrownBy(() -> endpoint().put(checkpoint()))
                    .isInstanceOf(IOException.class)
                    .hasMessage("it answered with status " + other);
        }
        assertThat(got).hasSize(5);
    }

    @Test
    void says_when_nobody_is_there_and_never_the_token() {
        server.stop(0);
        assertThatThrownBy(() -> endpoint().put(checkpoint()))
                .isInstanceOf(IOException.class)
                .hasMessageNotContaining("s3cret");
        assertThat(endpoint().name()).doesNotContain("log=a").startsWith("http://127.0.0.1:");
    }
}
