package dev.sallyport.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.RetentionLimits;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.identity.KeySource;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Predicates;
import dev.sallyport.core.target.Durability;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.config.GatewaySettings.Address;
import dev.sallyport.server.config.GatewaySettings.ClientAuth;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.tls.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationLoaderTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("ORDERS_PASSWORD", "s3cret", "SALLYPORT_HASH_KEY", "0123456789abcdef0123456789abcdef");

    @TempDir
    Path directory;

    @TempDir
    Path authorities;

    @Test
    void how_much_of_the_audit_log_is_kept_is_a_duration_and_a_size() throws Exception {
        String gateway = """
                kind: Gateway
                name: g
                spec:
                  listeners: [{name: pg, protocol: postgres, address: "127.0.0.1:0", tls: disable}]
                  audit: {directory: audit, retention: {%s}}
                """;
        Files.writeString(directory.resolve("gateway.yaml"), gateway.formatted("maxAge: 365d, maxBytes: 500GB"));
        assertThat(ConfigurationLoader.load(directory))
                .isInstanceOfSatisfying(
                        Result.Loaded.class,
                        loaded -> assertThat(
                                        loaded.configuration().gateway().audit().retention())
                                .isEqualTo(new RetentionLimits(
                                        Optional.of(Duration.ofDays(365)), Optional.of(500_000_000_000L))));

        Files.writeString(directory.resolve("gateway.yaml"), gateway.formatted("maxAge: 1s, maxByte: 1GB"));
        assertThat(ConfigurationLoader.load(directory))
                .isInstanceOfSatisfying(
                        Result.Faulty.class,
                        faulty -> assertThat(faulty.faults())
                                .extracting(Fault::key)
                                .containsExactly("spec.audit.retention.maxAge", "spec.audit.retention.maxByte"));
    }

    @Test
    void reads_the_example() throws Exception {
        copyExample();

        Configuration configuration = loaded();

        GatewaySettings gateway = configuration.gateway();
        assertThat(gateway.listeners()).singleElement().satisfies(listener -> {
            assertThat(listener.address()).isEqualTo(new Address("0.0.0.0", 5432));
            assertThat(listener.auth()).isEqualTo(ClientAuth.PASSWORD);
            assertThat(listener.tls())
                    .contains(new GatewaySettings.Certificate(
                            directory.resolve("tls/gateway.crt"), directory.resolve("tls/gateway.key")));
        });
        assertThat(gateway.admin()).get().satisfies(admin -> {
            assertThat(admin.address()).isEqualTo(new Address("127.0.0.1", 8443));
            assertThat(admin.groups()).containsExactly(GroupName.parse("okta:sallyport-admins"));
        });
        assertThat(gateway.audit())
                .isEqualTo(new GatewaySettings.Audit(
                        Path.of("/var/lib/sallyport/audit"),
                        64 << 20,
                        64 << 10,
                        64 << 20,
                        Optional.empty(),
                        List.of(),
                        new GatewaySettings.Proofs(Optional.empty(), List.of()),
                        RetentionLimits.NONE));
        assertThat(gateway.store())
                .isEqualTo(new GatewaySettings.Store.Sqlite(Path.of("/var/lib/sallyport/audit/index.sqlite")));
        assertThat(gateway.limits()).isEqualTo(GatewaySettings.Limits.DEFAULT);
        assertThat(gateway.maskingKey()).contains(Secret.of("0123456789abcdef0123456789abcdef"));
        assertThat(configuration.issuers()).singleElement().satisfies(issuer -> {
            assertThat(issuer.issuer()).isEqualTo("https://acme.okta.com/oauth2/default");
            assertThat(issuer.keys()).isEqualTo(new KeySource.Discovery());
            assertThat(issuer.claims().client()).containsExactly("cid");
            assertThat(issuer.leeway()).isEqualTo(IssuerSettings.DEFAULT_LEEWAY);
        });
    }

    @Test
    void reads_the_examples_target_and_policies() throws Exception {
        copyExample();

        var policies = loaded().policies();

        assertThat(policies.hello()).isTrue();
        Target orders = policies.targets().get(new TargetName("orders"));
        assertThat(orders.host() + ":" + orders.port()).isEqualTo("orders.internal:5432");
        assertThat(orders.tls()).isEqualTo(TlsMode.VERIFY_FULL);
        assertThat(orders.credential().password()).contains(Secret.of("s3cret"));
        assertThat(orders.maxConnections()).isEqualTo(50);
        Policy bots = policies.policies().getFirst();
        assertThat(bots.targets()).containsExactly(new TargetName("orders"));
        assertThat(bots.limits()).isEqualTo(new Limits(10_000, 50_000_000, 200, 20));
        assertThat(bots.approve()).singleElement().satisfies(approve -> {
            assertThat(approve.approvers()).containsExactly(GroupName.parse("okta:orders-oncall"));
            assertThat(approve.hold()).isEqualTo(Duration.ofMinutes(10));
            assertThat(approve.match().actions()).containsOnly(Action.INSERT, Action.UPDATE, Action.DELETE);
        });
        assertThat(bots.masks())
                .contains(
                        new Policy.Masking.OfColumn(new ColumnMask("public", "customers", "ssn", new Mask.KeepLast(4))),
                        new Policy.Masking.OfValue(Detector.API_KEY, new Mask.Redact()));
        Policy guard = policies.policies().getLast();
        assertThat(guard.targets()).isEmpty();
        assertThat(guard.deny())
                .first()
                .extracting(Policy.Deny::message)
                .isEqualTo("Schema changes go through migrations.");
        assertThat(guard.deny().getLast().match().actions()).containsAll(Set.of(Action.values()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"okta", "keycloak"})
    void reads_the_example_of_each_issuer(String issuer) throws Exception {
        copy(Path.of("..", "examples", issuer, "sallyport"));
        certify("gateway", "tls/gateway.pem", "tls/gateway-key.pem");

        assertThat(loaded().issuers()).isNotEmpty();
    }

    @Test
    void reads_every_other_key() throws Exception {
        try (TestIssuer issuer = TestIssuer.offline("https://sso.acme.com/realms/bots")) {
            issuer.writeJwks(directory.resolve("keys.json"));
        }
        certify("client", "client.crt", "client.key");
        Files.copy(directory.resolve("client.crt"), directory.resolve("ca.pem"));
        write("password", "from a file\n");
        write("all.yaml", """
                kind: Gateway
                name: g
                spec:
                  hello: false
                  listeners:
                    - {name: plain, protocol: postgres, address: "[::1]:0", tls: disable, target: t}
                    - name: oauth
                      protocol: postgres
                      address: 10.0.0.1:5433
                      tls: disable
                      dangerouslyAllowPlaintext: true
                      auth: oauthbearer
                      oauth: {issuer: keycloak, scope: openid}
                  audit:
                    directory: audit
                    segmentBytes: 1MiB
                    rowsBytesPerCommand: 0
                    rowsBytesPerSession: 1MiB
                    stream: [{name: siem, file: out/events.jsonl}, {name: pipe, stdout: true}]
                  limits:
                    maxMessageBytes: 1MiB
                    maxRowBytes: 2MiB
                    authenticationTimeout: 5s
                    maxConnections: 10
                    maxConnectionsPerAddress: 5
                    drainTimeout: 1m
                    expiryGrace: 2s
                    holdInTransaction: 1m30s
                    maxHeld: 7
                    maxHeldPerIdentity: 3
                ---
                kind: Issuer
                name: keycloak
                spec:
                  issuer: https://sso.acme.com/realms/bots
                  jwks: {file: keys.json}
                  audiences: [a, b]
                  algorithms: [ES256]
                  types: ["", at+jwt]
                  leeway: 5s
                  claims: {groups: realm_access.roles, client: [azp, cid], required: {typ: Bearer}}
                  fetching: {trust: ca.pem, trustedHosts: [sso.acme.com], refreshInterval: 30s}
                ---
                kind: Target
                name: t
                spec:
                  protocol: postgres
                  address: "[fd00::1]:6432"
                  tls: verify-ca
                  trust: ca.pem
                  credential:
                    username: u
                    password: {file: password}
                    certificate: {certificate: client.crt, key: client.key}
                  connectTimeout: 2s
                  startupParameters: [search_path]
                  durability: {buffered: 20ms}
                ---
                kind: Policy
                name: p
                spec:
                  identities:
                    subjects: ["keycloak:bot"]
                    clients: ["keycloak:cli"]
                    when: identity.claims.azp == "cli"
                  targets: [t]
                  hello: false
                  allow:
                    - {actions: ["*"], when: command.inTransaction}
                  approve:
                    - {actions: [unknown], approvers: {groups: ["keycloak:a"]}, holdInTransaction: 5s}
                  deny:
                    - {actions: ["*"], objects: ["file:*"]}
                  mask:
                    - {columns: ["*.people.ssn"], with: null, predicates: allow, writeBack: allow}
                    - {columns: ["*.people.tax"], with: null, predicates: equality}
                    - {columns: ["*.people.pin"], with: null, predicates: equality, equalityPerMinute: 5}
                    - {columns: ["*.people.age"], with: null, exempt: [avg, sum]}
                    - {results: [pin], with: hash}
                    - {detect: [iban], with: {keepFirst: 2}}
                    - {open: [statements, definitions]}
                """);

        Configuration configuration = loaded();

        assertThat(configuration.policies().hello()).isFalse();
        assertThat(configuration.policies().holdInTransaction()).isEqualTo(Duration.ofSeconds(90));
        assertThat(configuration.gateway().listeners().getFirst().address()).isEqualTo(new Address("::1", 0));
        assertThat(configuration.gateway().listeners().getLast().discovery())
                .get()
                .satisfies(discovery -> assertThat(discovery.discovery())
                        .hasToString("https://sso.acme.com/realms/bots/.well-known/openid-configuration"));
        assertThat(configuration.gateway().limits().maxRowBytes()).isEqualTo(2 << 20);
        assertThat(configuration.gateway().audit().directory()).isEqualTo(directory.resolve("audit"));
        assertThat(configuration.gateway().audit().streams())
                .containsExactly(
                        new GatewaySettings.Stream(
                                "siem", new GatewaySettings.StreamTo.File(directory.resolve("out/events.jsonl"))),
                        new GatewaySettings.Stream("pipe", new GatewaySettings.StreamTo.StandardOutput()));
        IssuerSettings issuer = configuration.issuers().getFirst();
        assertThat(issuer.keys()).isEqualTo(new KeySource.JwksFile(directory.resolve("keys.json")));
        assertThat(issuer.types()).containsOnly("", "at+jwt");
        assertThat(issuer.claims().required()).containsEntry("typ", "Bearer");
        assertThat(issuer.fetching().trust()).contains(directory.resolve("ca.pem"));
        Target target = configuration.policies().targets().get(new TargetName("t"));
        assertThat(target.host()).isEqualTo("fd00::1");
        assertThat(target.database()).isEqualTo("t");
        assertThat(target.credential().password()).contains(Secret.of("from a file"));
        assertThat(target.credential().certificate()).isPresent();
        assertThat(target.startupParameters()).containsExactly("search_path");
        assertThat(target.durability()).isEqualTo(new Durability.Buffered(Duration.ofMillis(20)));
        Policy policy = configuration.policies().policies().getFirst();
        assertThat(policy.hello()).isFalse();
        assertThat(policy.identities().when()).isPresent();
        assertThat(policy.allow().getFirst().match().actions())
                .doesNotContain(Action.UNKNOWN)
                .hasSize(14);
        assertThat(policy.deny().getFirst().match().actions()).contains(Action.UNKNOWN);
        assertThat(policy.approve().getFirst().holdInTransaction()).isEqualTo(Optional.of(Duration.ofSeconds(5)));
        assertThat(policy.masks())
                .startsWith(
                        masked("ssn", Predicates.ANY, true),
                        masked("tax", new Predicates.Equality(30), false),
                        masked("pin", new Predicates.Equality(5), false),
                        new Policy.Masking.OfColumn(
                                new ColumnMask("*", "people", "age", new Mask.Null(), Set.of("avg", "sum"))))
                .endsWith(
                        new Policy.Masking.Opening(ServerCopies.Kind.STATEMENTS),
                        new Policy.Masking.Opening(ServerCopies.Kind.DEFINITIONS));
    }

    private static Policy.Masking masked(String column, Predicates predicates, boolean writeBack) {
        return new Policy.Masking.OfColumn(
                new ColumnMask("*", "people", column, new Mask.Null()), predicates, writeBack);
    }

    @Test
    void the_digest_follows_the_documents_and_nothing_else() throws Exception {
        copyExample();
        String first = loaded().digest();
        write("notes.txt", "not a document");
        write(".hidden.yaml", "neither: is this");
        assertThat(loaded().digest()).isEqualTo(first).hasSize(64);
        write("target.yaml", Files.readString(directory.resolve("target.yaml")) + "# a comment\n");
        assertThat(loaded().digest()).isNotEqualTo(first);
    }

    private Configuration loaded() {
        return switch (new ConfigurationLoader(ENVIRONMENT).read(directory)) {
            case Result.Loaded(Configuration configuration, Set<Path> files) -> configuration;
            case Result.Faulty(List<Fault> faults) -> throw new AssertionError(faults);
        };
    }

    private void copyExample() throws Exception {
        copy(Path.of("..", "examples", "orders"));
        certify("gateway", "tls/gateway.crt", "tls/gateway.key");
    }

    private void copy(Path example) throws Exception {
        try (Stream<Path> files = Files.list(example)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName().toString()));
            }
        }
        Files.createDirectory(directory.resolve("tls"));
    }

    private void certify(String name, String chain, String key) throws Exception {
        TestCertificates.Pair pair =
                TestCertificates.in(authorities, "ca-" + name).server(name, "localhost");
        Files.copy(pair.chain(), directory.resolve(chain));
        Files.copy(pair.key(), directory.resolve(key));
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name), text);
    }
}
