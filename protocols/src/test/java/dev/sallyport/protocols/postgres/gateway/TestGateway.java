package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.core.approval.ApprovalLimits;
import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.identity.Authentication;
import dev.sallyport.core.identity.Authenticator;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.identity.KeyFetcher;
import dev.sallyport.core.identity.KeySource;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.core.policy.Gate;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicySet;
import dev.sallyport.core.session.Redactor;
import dev.sallyport.core.session.Sessions;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.net.Dialer;
import dev.sallyport.net.KeepAlive;
import dev.sallyport.net.Listener;
import dev.sallyport.net.ServerTls;
import dev.sallyport.net.Transport;
import dev.sallyport.protocols.postgres.client.ListenerTerms;
import dev.sallyport.protocols.postgres.client.PostgresInitializer;
import dev.sallyport.protocols.postgres.client.PostgresServices;
import dev.sallyport.protocols.postgres.session.CancelKeys;
import dev.sallyport.protocols.postgres.session.PostgresSessions;
import dev.sallyport.protocols.postgres.session.PostgresTargets;
import dev.sallyport.protocols.postgres.session.Settings;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import dev.sallyport.testkit.audit.MemoryAuditLog;
import dev.sallyport.testkit.files.Scratch;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.issuer.TokenBuilder;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import dev.sallyport.testkit.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

/** A gateway in front of a PostgreSQL, by default the shared one, with one target {@code shop}, for tests. */
final class TestGateway implements AutoCloseable {
    static final TargetName SHOP = new TargetName("shop");
    private static final String ISSUER = "https://issuer.test";
    private static final PostgresAnalyzer ANALYZER = new PostgresAnalyzer(new PostgresParser());

    final MemoryAuditLog audit = new MemoryAuditLog();
    final PostgresServer server;
    final TestIssuer issuer = TestIssuer.offline(ISSUER);
    final Gate gate;
    final Approvals approvals;
    final PostgresSessions sessions;
    final TestCertificates certificates;
    private final Path directory;
    private final Target target;
    private final PostgresTargets targets;
    private final Transport transport = Transport.open();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Authenticator authenticator;
    private final ListenerTerms standardTerms;
    private final PostgresServices services;
    private final CancelKeys keys;
    private final List<Listener> listeners = new ArrayList<>();

    /** With {@link Policies#ALL}, for tests of which the policy is no part. */
    static TestGateway allowingAll() {
        try {
            return new TestGateway(List.of(Policies.ALL));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TestGateway(List<Policy> policies) throws IOException {
        this(policies, Settings.DEFAULT, terms -> terms);
    }

    TestGateway(List<Policy> policies, Settings settings, UnaryOperator<ListenerTerms> change) throws IOException {
        this(PostgresServer.shared(), Shop.on(PostgresServer.shared()), policies, List.of(), settings, change);
    }

    /** That trusts these issuers in place of {@link #issuer}. */
    TestGateway(List<Policy> policies, List<IssuerSettings> issuers) throws IOException {
        this(
                PostgresServer.shared(),
                Shop.on(PostgresServer.shared()),
                policies,
                issuers,
                Settings.DEFAULT,
                terms -> terms);
    }

    /** That understands statements by an analyzer of its own. */
    TestGateway(List<Policy> policies, PostgresAnalyzer analyzer) throws IOException {
        this(
                PostgresServer.shared(),
                Shop.on(PostgresServer.shared()),
                policies,
                List.of(),
                Settings.DEFAULT,
                terms -> terms,
                analyzer);
    }

    /** In front of another server, and reaching it by whatever {@code target} says; {@link Shop} makes such targets. */
    TestGateway(PostgresServer server, Target target, List<Policy> policies) throws IOException {
        this(server, target, policies, List.of(), Settings.DEFAULT, terms -> terms);
    }

    private TestGateway(
            PostgresServer server,
            Target target,
            List<Policy> policies,
            List<IssuerSettings> issuers,
            Settings settings,
            UnaryOperator<ListenerTerms> change)
            throws IOException {
        this(server, target, policies, issuers, settings, change, ANALYZER);
    }

    private TestGateway(
            PostgresServer server,
            Target target,
            List<Policy> policies,
            List<IssuerSettings> issuers,
            Settings settings,
            UnaryOperator<ListenerTerms> change,
            PostgresAnalyzer analyzer)
            throws IOException {
        this.server = server;
        this.target = target;
        directory = Scratch.directory("sallyport-gateway");
        certificates = TestCertificates.in(directory, "gateway-authority");
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        gate = new Gate(PolicySet.of(List.of(target), policies));
        approvals = new Approvals(ApprovalLimits.DEFAULT, audit, clock, random, timer);
        authenticator = new Authenticator(issuers.isEmpty() ? List.of(okta()) : issuers, KeyFetcher.standard(), clock);
        Sessions core = new Sessions(
                gate,
                authenticator::stillTrusts,
                audit,
                approvals,
                new Redactor(new Masker(Secret.of("0123456789abcdef"))),
                clock,
                random);
        keys = new CancelKeys(random);
        targets = new PostgresTargets(transport, new Dialer(transport, KeepAlive.DEFAULT), clock, analyzer::learn);
        targets.replace(List.of(target));
        sessions = new PostgresSessions(targets, analyzer, keys, settings, clock);
        gate.onChange(revision -> {
            core.revised();
            sessions.revised();
        });
        ServerTls tls = ServerTls.of(
                certificates.forLocalhost().chain(), certificates.forLocalhost().key(), List.of("postgresql"));
        standardTerms = new ListenerTerms(Optional.of(tls), Optional.empty(), false, "", "");
        services = new PostgresServices(
                authenticator, core, sessions, Executors.newVirtualThreadPerTaskExecutor(), Duration.ofSeconds(5));
        listen(change);
    }

    private IssuerSettings okta() {
        KeySource keys = new KeySource.JwksFile(issuer.writeJwks(directory.resolve("jwks.json")));
        return IssuerSettings.of("okta", ISSUER, keys, Set.of("sallyport"));
    }

    /**
     * Opens one more listener.
     *
     * @param change what differs from one with TLS, the token as the password, and the target by the database's name
     * @return its port
     */
    int listen(UnaryOperator<ListenerTerms> change) throws IOException {
        Listener listener = Listener.bind(
                transport,
                Listener.Settings.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                new PostgresInitializer(services, change.apply(standardTerms), keys));
        listeners.add(listener);
        return listener.address().getPort();
    }

    static ListenerTerms withoutTls(ListenerTerms terms) {
        return new ListenerTerms(
                Optional.empty(), terms.target(), terms.oauthBearer(), terms.discoveryUrl(), terms.scope());
    }

    static ListenerTerms oauthBearer(ListenerTerms terms) {
        return new ListenerTerms(terms.tls(), terms.target(), true, ISSUER + "/.well-known/openid-configuration", "db");
    }

    static ListenerTerms boundToShop(ListenerTerms terms) {
        return new ListenerTerms(
                terms.tls(), Optional.of(SHOP), terms.oauthBearer(), terms.discoveryUrl(), terms.scope());
    }

    Target shop() {
        return target;
    }

    int port() {
        return listeners.getFirst().address().getPort();
    }

    TokenBuilder bot(String... groups) {
        return issuer.token().subject("bot").groups(groups);
    }

    Identity identity(TokenBuilder token) {
        try (Secret secret = Secret.of(token.mint())) {
            return ((Authentication.Authenticated) authenticator.authenticate(secret)).identity();
        }
    }

    /** pgjdbc, as a user would set it up. */
    Connection jdbc(TokenBuilder token, String... options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "bot");
        properties.setProperty("password", token.mint());
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", certificates.authority().toString());
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + port() + "/shop", properties);
    }

    /** A client that speaks byte by byte, logged in. */
    RawClient raw(TokenBuilder token) throws IOException {
        RawClient client = RawClient.connectTls(port(), certificates.authority());
        var seen = client.login("bot", "shop", token.mint());
        if (seen.getLast().tag() != 'Z') {
            client.close();
            throw new IOException("not let in: " + seen.getLast());
        }
        return client;
    }

    /** What a client hears last of an attempt to log in: ReadyForQuery or an error. */
    Message knock(TokenBuilder token) throws IOException {
        try (RawClient client = RawClient.connectTls(port(), certificates.authority())) {
            return client.login("bot", "shop", token.mint()).getLast();
        }
    }

    @Override
    public void close() {
        listeners.forEach(Listener::close);
        approvals.stop();
        targets.close();
        transport.close();
        timer.shutdownNow();
        authenticator.close();
        Scratch.delete(directory);
    }
}
