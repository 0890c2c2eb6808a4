package dev.sallyport.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerSettingsTest {
    private static final Set<String> US = Set.of("sallyport");

    @ParameterizedTest
    @ValueSource(strings = {"none", "HS256", "RS1", "ES256K", "rs256"})
    void takes_no_algorithm_that_is_not_known_and_asymmetric(String algorithm) {
        assertThatThrownBy(() -> new IssuerSettings(
                        "okta",
                        "https://acme.okta.com",
                        new KeySource.Discovery(),
                        US,
                        Set.of(algorithm),
                        IssuerSettings.DEFAULT_TYPES,
                        IssuerSettings.Claims.DEFAULT,
                        IssuerSettings.DEFAULT_LEEWAY,
                        IssuerSettings.Fetching.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("algorithms: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.example", "ftp://issuer.example", "issuer", "https://user@issuer.example",
                "https://issuer.example?tenant=1", "https://issuer.example#x", "http://localhost.example", " "
            })
    void discovers_over_https_only(String issuer) {
        assertThatThrownBy(() -> IssuerSettings.discovered("x", issuer, US))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://127.0.0.1:8080/realms/a", "http://localhost:1", "http://[::1]:80", "https://a.b/c/"})
    void discovers_on_this_machine_without_tls(String issuer) {
        assertThat(IssuerSettings.discovered("x", issuer, US).issuer()).isEqualTo(issuer);
    }

    @Test
    void takes_http_elsewhere_where_the_operator_says_the_dangerous_thing() {
        IssuerSettings.Fetching http =
                new IssuerSettings.Fetching(Optional.empty(), true, Set.of(), Duration.ofSeconds(10));
        IssuerSettings settings = new IssuerSettings(
                "kc",
                "http://keycloak:8080/realms/acme",
                new KeySource.Discovery(),
                US,
                IssuerSettings.DEFAULT_ALGORITHMS,
                IssuerSettings.DEFAULT_TYPES,
                IssuerSettings.Claims.DEFAULT,
                IssuerSettings.DEFAULT_LEEWAY,
                http);
        assertThat(settings.fetching().dangerouslyAllowHttp()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a b", ".a", "ä"})
    void keeps_names_free_of_what_separates_them_from_groups(String name) {
        assertThatThrownBy(() -> IssuerSettings.discovered(name, "https://a.example", US))
                .hasMessageStartingWith("name: ");
    }

    @Test
    void needs_an_audience() {
        assertThatThrownBy(() -> IssuerSettings.discovered("a", "https://a.example", Set.of()))
                .hasMessageStartingWith("audiences: ");
    }

    @Test
    void tells_clients_where_the_metadata_is() {
        assertThat(IssuerSettings.discovered("a", "https://a.example/oauth2/default/", US)
                        .openidConfiguration())
                .contains(URI.create("https://a.example/oauth2/default/.well-known/openid-configuration"));
        assertThat(IssuerSettings.of("k8s", "kubernetes/serviceaccount", new KeySource.JwksFile(Path.of("k")), US)
                        .openidConfiguration())
                .isEmpty();
    }

    @Test
    void looks_for_metadata_in_the_places_that_the_standards_name() {
        assertThat(MetadataAddresses.of("https://a.example/t/1"))
                .containsExactly(
                        URI.create("https://a.example/t/1/.well-known/openid-configuration"),
                        URI.create("https://a.example/.well-known/oauth-authorization-server/t/1"),
                        URI.create("https://a.example/t/1/.well-known/oauth-authorization-server"));
        assertThat(MetadataAddresses.of("https://a.example")).hasSize(2);
    }
}
