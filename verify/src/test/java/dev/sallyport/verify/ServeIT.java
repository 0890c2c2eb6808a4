package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.issuer.TestIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./sallyport serve}, as an init system runs it. */
class ServeIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private Path configuration;

    @BeforeEach
    void configure() throws IOException {
        configuration = Files.createDirectories(directory.resolve("conf"));
        try (TestIssuer issuer = TestIssuer.offline("https://issuer.example.com")) {
            issuer.writeJwks(configuration.resolve("jwks.json"));
        }
        write(0);
    }

    @Test
    void ends_with_0_when_it_is_told_to_and_says_so_in_the_log() throws Exception {
        try (Program serve = serve()) {
            serve.await("the start", PATIENCE, () -> says(serve, "msg=\"started\""));
            serve.terminate();
            assertThat(serve.status(PATIENCE)).as(serve.output()).isZero();
            assertThat(serve.output()).contains("msg=\"stopped\"").doesNotContain("level=ERROR");
        }
        try (Program verify = Program.start(
                directory.resolve("verify"), Map.of(), "audit", "verify", "--config", configuration.toString())) {
            assertThat(verify.status(PATIENCE)).as(verify.output()).isZero();
        }
    }

    @Test
    void ends_with_2_and_a_line_for_each_fault_of_the_configuration() throws Exception {
        Path gateway = configuration.resolve("gateway.yaml");
        Files.writeString(
                gateway,
                Files.readString(gateway).replace("listeners", "listners").replace("jwks:", "jkws:"));
        try (Program serve = serve()) {
            assertThat(serve.status(PATIENCE)).isEqualTo(2);
            assertThat(serve.output().lines().filter(line -> line.matches("gateway\\.yaml:\\d+:\\d+: .*")))
                    .hasSizeGreaterThanOrEqualTo(2);
            assertThat(serve.output()).contains("did you mean").doesNotContain("Exception");
        }
    }

    @Test
    void ends_with_1_when_a_port_is_taken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write(taken.getLocalPort());
            try (Program serve = serve()) {
                assertThat(serve.status(PATIENCE)).isEqualTo(1);
                assertThat(serve.output()).contains("cannot listen on");
            }
        }
    }

    private Program serve() throws IOException {
        return Program.start(directory.resolve("output"), Map.of(), "serve", "--config", configuration.toString());
    }

    private void write(int port) throws IOException {
        Files.writeString(configuration.resolve("gateway.yaml"), """
                kind: Gateway
                name: test
                spec:
                  listeners:
                    - {name: postgres, protocol: postgres, address: "127.0.0.1:%d", tls: disable}
                  admin: {address: "127.0.0.1:0", tls: disable}
                  audit: {directory: ../audit}
                ---
                kind: Issuer
                name: corp
                spec:
                  issuer: https://issuer.example.com
                  audiences: [sallyport]
                  jwks: {file: jwks.json}
                ---
                kind: Target
                name: shop
                spec:
                  protocol: postgres
                  address: 127.0.0.1:1
                  database: shop
                  tls: disable
                  credential: {username: shop}
                ---
                kind: Policy
                name: readers
                spec:
                  identities: {groups: ["corp:readers"]}
                  targets: [shop]
                  allow:
                    - {actions: [read], objects: ["table:public.*"]}
                """.formatted(port));
    }

    private static boolean says(Program program, String text) {
        try {
            return program.output().contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
