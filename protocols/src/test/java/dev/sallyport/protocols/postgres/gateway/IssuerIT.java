package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.identity.KeySource;
import dev.sallyport.testkit.issuer.SigningKey;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.issuer.TokenBuilder;
import dev.sallyport.testkit.postgres.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Issuers that fail, mislead, or name their groups alike, as clients of the gateway find them. */
class IssuerIT {
    private static final int STRANGERS = 60;

    private final TestIssuer okta = TestIssuer.serving();
    private final TestIssuer keycloak = TestIssuer.serving();
    private final TestIssuer elsewhere = TestIssuer.serving();

    @AfterEach
    void stop() {
        okta.close();
        keycloak.close();
        elsewhere.close();
    }

    private static IssuerSettings discovered(String name, TestIssuer issuer) {
        return new IssuerSettings(
                name,
                issuer.url(),
                new KeySource.Discovery(),
                Set.of("sallyport"),
                IssuerSettings.DEFAULT_ALGORITHMS,
                IssuerSettings.DEFAULT_TYPES,
                IssuerSettings.Claims.DEFAULT,
                IssuerSettings.DEFAULT_LEEWAY,
                new IssuerSettings.Fetching(Optional.empty(), false, Set.of(), Duration.ofMillis(100)));
    }

    /** Trusts both, and admits one group of one of them. */
    private TestGateway gateway() throws Exception {
        return new TestGateway(
                List.of(Policies.ALL), List.of(discovered("okta", okta), discovered("keycloak", keycloak)));
    }

    /** Who waits for the issuer for too long is closed without a word. */
    private static boolean isLetIn(TestGateway gateway, TokenBuilder token) {
        try {
            return gateway.knock(token).tag() == 'Z';
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void tokens_by_unknown_keys_do_not_keep_known_ones_out_while_the_issuer_hangs() throws Exception {
        try (TestGateway gateway = gateway();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            gateway.raw(okta.token().groups("all")).close();
            int fetched = okta.fetches(TestIssuer.KEYS);
            okta.answer(TestIssuer.METADATA, exchange -> Thread.sleep(Duration.ofSeconds(30)));
            List<Future<Boolean>> strangers = new ArrayList<>();
            for (int i = 0; i < STRANGERS; i++) {
                SigningKey stranger = SigningKey.generate("stranger-" + i, "ES256");
                strangers.add(threads.submit(
                        () -> isLetIn(gateway, okta.token(stranger).groups("all"))));
            }

            for (int i = 0; i < 5; i++) {
                gateway.raw(okta.token().groups("all")).close();
            }

            okta.down();
            for (Future<Boolean> each : strangers) {
                assertThat(each.get()).isFalse();
            }
            assertThat(okta.fetches(TestIssuer.KEYS)).isEqualTo(fetched);
            assertThat(okta.fetches(TestIssuer.METADATA)).isLessThanOrEqualTo(3);
            gateway.raw(okta.token().groups("all")).close();
        }
    }

    @Test
    void metadata_that_leads_to_an_address_nobody_named_lets_nobody_in() throws Exception {
        List<String> places = List.of(
                "http://169.254.169.254/latest/meta-data",
                "http://10.0.0.1/keys",
                "http://[::1]:" + elsewhere.uri("/").getPort() + "/keys",
                "http://localhost:" + elsewhere.uri("/").getPort() + "/keys");
        for (String place : places) {
            try (TestGateway gateway = gateway()) {
                okta.answer(TestIssuer.METADATA, TestIssuer.metadata(okta.url(), place));

                Message heard = gateway.knock(okta.token().groups("all"));

                assertThat(heard.field('C')).as(place).isEqualTo("28P01");
                assertThat(heard.toString()).doesNotContain("169.254", "keys");
                assertThat(gateway.audit
                                .events(ConnectionRefused.class)
                                .getLast()
                                .toString())
                        .as(place)
                        .containsIgnoringCase("unavailable");
            }
        }
        assertThat(elsewhere.fetches("/keys")).isZero();
    }

    @Test
    void a_redirect_to_such_an_address_lets_nobody_in() throws Exception {
        okta.answer(
                TestIssuer.METADATA,
                exchange -> TestIssuer.send(
                        exchange,
                        302,
                        Map.of(
                                "Location",
                                "http://localhost:" + elsewhere.uri("/").getPort() + "/keys"),
                        ""));
        try (TestGateway gateway = gateway()) {
            assertThat(gateway.knock(okta.token().groups("all")).field('C')).isEqualTo("28P01");
        }
        assertThat(elsewhere.fetches("/keys")).isZero();
    }

    @Test
    void the_same_group_of_another_issuer_is_another_group() throws Exception {
        try (TestGateway gateway = gateway()) {
            Message refused = gateway.knock(keycloak.token().groups("all"));
            Message disguised = gateway.knock(keycloak.token().groups("okta:all", "keycloak:okta:all"));
            gateway.raw(okta.token().groups("all")).close();

            assertThat(refused.field('S')).isEqualTo("FATAL");
            assertThat(disguised.field('S')).isEqualTo("FATAL");
            assertThat(gateway.audit.events(SessionOpened.class))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("okta")
                    .doesNotContain("keycloak");
        }
    }
}
