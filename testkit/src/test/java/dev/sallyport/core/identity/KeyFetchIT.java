package dev.sallyport.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.identity.Authentication.Authenticated;
import dev.sallyport.core.identity.Authentication.Reason;
import dev.sallyport.core.identity.Authentication.Refused;
import dev.sallyport.core.target.Secret;
import dev.sallyport.testkit.issuer.SigningKey;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.tls.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys over real sockets: rows I3 and I4 of the threats. */
class KeyFetchIT {
    private static final Set<String> US = Set.of("sallyport");

    private final TestIssuer issuer = TestIssuer.serving();
    private final TestIssuer elsewhere = TestIssuer.serving();

    @AfterEach
    void stop() {
        issuer.close();
        elsewhere.close();
    }

    private IssuerSettings discovered() {
        return settings(new KeySource.Discovery(), IssuerSettings.Fetching.DEFAULT);
    }

    private IssuerSettings settings(KeySource keys, IssuerSettings.Fetching fetching) {
        return new IssuerSettings(
                "idp",
                issuer.url(),
                keys,
                US,
                IssuerSettings.DEFAULT_ALGORITHMS,
                IssuerSettings.DEFAULT_TYPES,
                IssuerSettings.Claims.DEFAULT,
                IssuerSettings.DEFAULT_LEEWAY,
                fetching);
    }

    private static IssuerSettings.Fetching trusting(String... hosts) {
        return new IssuerSettings.Fetching(Optional.empty(), false, Set.of(hosts), Duration.ofMillis(100));
    }

    private static Authenticator authenticator(IssuerSettings settings) {
        return new Authenticator(List.of(settings), KeyFetcher.standard(), Clock.systemUTC());
    }

    private Authentication authenticate(IssuerSettings settings) {
        return authenticator(settings).authenticate(Secret.of(issuer.token().mint()));
    }

    private void unavailable(IssuerSettings settings, String because) {
        Authentication result = authenticate(settings);
        assertThat(result).isInstanceOf(Refused.class);
        assertThat(((Refused) result).reason()).isEqualTo(Reason.KEYS_UNAVAILABLE);
        assertThat(((Refused) result).detail()).contains(because);
    }

    @Test
    void finds_keys_by_openid_discovery() {
        assertThat(authenticate(discovered())).isInstanceOf(Authenticated.class);
        assertThat(issuer.fetches(TestIssuer.METADATA)).isEqualTo(1);
        assertThat(issuer.fetches(TestIssuer.KEYS)).isEqualTo(1);
    }

    @Test
    void finds_keys_by_oauth_metadata_where_there_is_no_openid() {
        issuer.answer(TestIssuer.METADATA, exchange -> TestIssuer.send(exchange, 404, Map.of(), ""));
        issuer.answer(
                "/.well-known/oauth-authorization-server",
                TestIssuer.metadata(issuer.url(), issuer.url() + TestIssuer.KEYS));
        assertThat(authenticate(discovered())).isInstanceOf(Authenticated.class);
    }

    @Test
    void fetches_keys_from_a_fixed_address() {
        issuer.answer("/other", issuer.jwks());
        KeySource keys = new KeySource.JwksUri(issuer.uri("/other"));
        assertThat(authenticate(settings(keys, IssuerSettings.Fetching.DEFAULT)))
                .isInstanceOf(Authenticated.class);
        assertThat(issuer.fetches(TestIssuer.METADATA)).isZero();
    }

    @Test
    void reads_keys_from_a_file_and_again_when_it_changes(@TempDir Path dir) {
        Path file = issuer.writeJwks(dir.resolve("keys.json"));
        IssuerSettings fromFile = settings(new KeySource.JwksFile(file), IssuerSettings.Fetching.DEFAULT);
        try (Authenticator authenticator = authenticator(fromFile)) {
            authenticator.start();
            String old = issuer.token().mint();
            assertThat(authenticator.authenticate(Secret.of(old))).isInstanceOf(Authenticated.class);
            issuer.rotate();
            issuer.writeJwks(file);
            String young = issuer.token().mint();
            assertThat(authenticator.authenticate(Secret.of(young))).isInstanceOf(Authenticated.class);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> authenticator.authenticate(Secret.of(old)) instanceof Refused);
        }
    }

    @Test
    void refuses_a_file_that_is_missing_or_too_large(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("keys.json");
        IssuerSettings fromFile = settings(new KeySource.JwksFile(file), IssuerSettings.Fetching.DEFAULT);
        unavailable(fromFile, "keys.json");
        Files.write(file, new byte[600 * 1024]);
        unavailable(fromFile, "more than 524288 bytes");
    }

    @Test
    void refuses_metadata_of_another_issuer() {
        issuer.answer(TestIssuer.METADATA, TestIssuer.metadata("https://evil.test", issuer.url() + TestIssuer.KEYS));
        unavailable(discovered(), "issuer 'https://evil.test'");
        assertThat(issuer.fetches(TestIssuer.KEYS)).isZero();
    }

    @Test
    void does_not_follow_metadata_to_an_address_that_the_operator_did_not_name() {
        elsewhere.answer(TestIssuer.KEYS, issuer.jwks());
        issuer.answer(TestIssuer.METADATA, TestIssuer.metadata(issuer.url(), elsewhere.url() + TestIssuer.KEYS));
        unavailable(discovered(), "without TLS");
        assertThat(elsewhere.fetches(TestIssuer.KEYS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1/keys", "https://localhost/keys", "https://169.254.169.254/latest/meta-data",
                "https://10.0.0.1/keys", "https://[::1]/keys", "https://[fd00:ec2::254]/keys",
                "https://[::ffff:169.254.169.254]/", "https://0.0.0.0/"
            })
    void does_not_follow_metadata_to_an_address_that_is_not_public(String jwks) {
        issuer.answer(TestIssuer.METADATA, TestIssuer.metadata(issuer.url(), jwks));
        unavailable(discovered(), "which is not public");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "jar:file:/x!/y", "ftp://a.example/", "", "keys", "https:///x"})
    void does_not_follow_metadata_to_what_is_no_web_address(String jwks) {
        issuer.answer(TestIssuer.METADATA, TestIssuer.metadata(issuer.url(), jwks));
        unavailable(discovered(), "is no web address");
    }

    @Test
    void follows_metadata_to_a_host_that_the_operator_named() {
        elsewhere.answer(TestIssuer.KEYS, issuer.jwks());
        issuer.answer(TestIssuer.METADATA, TestIssuer.metadata(issuer.url(), elsewhere.url() + TestIssuer.KEYS));
        String named = elsewhere.uri("/").getAuthority();
        assertThat(authenticate(settings(new KeySource.Discovery(), trusting(named))))
                .isInstanceOf(Authenticated.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {TestIssuer.METADATA, TestIssuer.KEYS})
    void follows_no_redirect(String path) {
        elsewhere.answer(path, issuer.jwks());
        issuer.answer(path, exchange -> TestIssuer.send(exchange, 302, Map.of("Location", elsewhere.url() + path), ""));
        unavailable(discovered(), "redirects to");
        assertThat(elsewhere.fetches(path)).isZero();
    }

    @Test
    void stops_reading_a_document_without_end() {
        issuer.answer(TestIssuer.KEYS, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write(new byte[64 * 1024]);
                }
            }
        });
        unavailable(discovered(), "/keys");
    }

    @Test
    void gives_up_on_an_issuer_that_dawdles() {
        issuer.answer(TestIssuer.KEYS, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                while (true) {
                    out.write(' ');
                    out.flush();
                    Thread.sleep(100);
                }
            }
        });
        long before = System.nanoTime();
        unavailable(discovered(), "no answer within 5 s");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void lives_through_an_outage_and_a_rotation() {
        IssuerSettings settings = settings(new KeySource.Discovery(), trusting());
        try (Authenticator authenticator = authenticator(settings)) {
            authenticator.start();
            String token = issuer.token().mint();
            assertThat(authenticator.authenticate(Secret.of(token))).isInstanceOf(Authenticated.class);

            issuer.down();
            SigningKey rotated = issuer.rotate();
            String young = issuer.token(rotated).mint();
            assertThat(authenticator.authenticate(Secret.of(young))).isInstanceOf(Refused.class);
            assertThat(authenticator.authenticate(Secret.of(token))).isInstanceOf(Authenticated.class);

            issuer.up();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> authenticator.authenticate(Secret.of(young)) instanceof Authenticated);
        }
    }

    @Test
    void has_the_keys_before_the_first_token_once_started() {
        try (Authenticator authenticator = authenticator(discovered())) {
            authenticator.start();
            await().atMost(Duration.ofSeconds(10)).until(() -> issuer.fetches(TestIssuer.KEYS) == 1);
        }
    }

    @Test
    void asks_a_flooded_issuer_only_now_and_then() {
        IssuerSettings.Fetching seldom =
                new IssuerSettings.Fetching(Optional.empty(), false, Set.of(), Duration.ofHours(1));
        Authenticator authenticator = authenticator(settings(new KeySource.Discovery(), seldom));
        for (int i = 0; i < 500; i++) {
            authenticator.authenticate(
                    Secret.of(issuer.token().header("kid", "k" + i).mint()));
        }
        int firstKeysAndOneUnknown = 2;
        assertThat(issuer.fetches(TestIssuer.KEYS)).isEqualTo(firstKeysAndOneUnknown);
        assertThat(authenticator.authenticate(Secret.of(issuer.token().mint()))).isInstanceOf(Authenticated.class);
    }

    @Test
    void trusts_only_the_certificates_that_it_was_given(@TempDir Path dir) {
        TestCertificates ours = TestCertificates.in(dir, "ours");
        TestCertificates others = TestCertificates.in(dir, "others");
        try (TestIssuer encrypted = TestIssuer.serving(ours.forLocalhost())) {
            assertThat(fetch(encrypted, Optional.of(ours.authority()))).contains("keys");
            assertThat(fetch(encrypted, Optional.of(others.authority()))).contains("SSLHandshakeException");
            assertThat(fetch(encrypted, Optional.empty())).contains("SSLHandshakeException");
        }
    }

    @Test
    void trusts_no_certificate_of_another_host_and_none_that_ran_out(@TempDir Path dir) {
        TestCertificates ours = TestCertificates.in(dir, "ours");
        for (TestCertificates.Pair wrong : List.of(ours.forAnotherHost(), ours.expired())) {
            try (TestIssuer encrypted = TestIssuer.serving(wrong)) {
                assertThat(fetch(encrypted, Optional.of(ours.authority()))).contains("SSLHandshakeException");
                assertThat(encrypted.fetches(TestIssuer.METADATA)).isZero();
            }
        }
    }

    @Test
    void refuses_a_file_of_certificates_without_one(@TempDir Path dir) throws IOException {
        Path empty = Files.writeString(dir.resolve("ca.pem"), "no certificate\n");
        assertThat(fetch(issuer, Optional.of(empty))).contains("ca.pem");
    }

    /** The key set's text, or what went wrong. */
    private static String fetch(TestIssuer from, Optional<Path> trust) {
        IssuerSettings.Fetching fetching = new IssuerSettings.Fetching(trust, false, Set.of(), Duration.ofSeconds(10));
        IssuerSettings settings = new IssuerSettings(
                "idp",
                from.url(),
                new KeySource.Discovery(),
                US,
                IssuerSettings.DEFAULT_ALGORITHMS,
                IssuerSettings.DEFAULT_TYPES,
                IssuerSettings.Claims.DEFAULT,
                IssuerSettings.DEFAULT_LEEWAY,
                fetching);
        try {
            return KeyFetcher.standard().fetch(settings).json();
        } catch (IOException e) {
            return e.getMessage();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
