package dev.sallyport.server.gateway;

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
import dev.sallyport.server.config.Configuration;
import dev.sallyport.server.config.GatewaySettings;
import dev.sallyport.server.config.GatewaySettings.Certificate;
import dev.sallyport.server.config.GatewaySettings.ClientAuth;
import dev.sallyport.server.config.GatewaySettings.OAuthDiscovery;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of PostgreSQL's protocol: the parser, the ways to its targets, its sessions and its listeners. */
final class PostgresSide {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSide.class);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final int MAX_PREPARED = 10_000;
    /** What a client may ask for by ALPN when it speaks TLS at once (PostgreSQL 17). */
    private static final List<String> ALPN = List.of("postgresql");

    private final PostgresParser parser;
    private final PostgresTargets targets;
    private final PostgresSessions sessions;
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private final List<ServerTls> certificates = new ArrayList<>();

    private PostgresSide(PostgresParser parser, PostgresTargets targets, PostgresSessions sessions) {
        this.parser = parser;
        this.targets = targets;
        this.sessions = sessions;
    }

    /** Starts it, listeners last. */
    static PostgresSide start(Configuration configuration, Core core, Transport transport, Ending ending)
            throws IOException {
        GatewaySettings settings = configuration.gateway();
        PostgresParser parser = ending.later("sql parser", new PostgresParser());
        PostgresAnalyzer analyzer = ending.later("sql analyzer", new PostgresAnalyzer(parser));
        PostgresTargets targets = ending.later(
                "targets",
                new PostgresTargets(
                        transport, new Dialer(transport, KeepAlive.DEFAULT), core.clock(), analyzer::learn));
        targets.replace(configuration.policies().targets().values());
        CancelKeys keys = new CancelKeys(new SecureRandom());
        PostgresSessions sessions = new PostgresSessions(targets, analyzer, keys, settings(settings), core.clock());
        PostgresSide side = new PostgresSide(parser, targets, sessions);
        PostgresServices services = new PostgresServices(
                core.authenticator(),
                core.sessions(),
                sessions,
                core.blocking(),
                settings.limits().authenticationTimeout());
        for (GatewaySettings.Listener each : settings.listeners()) {
            side.listen(each, settings.limits(), transport, terms -> new PostgresInitializer(services, terms, keys));
        }
        return side;
    }

    @FunctionalInterface
    private interface Initializers {
        PostgresInitializer with(ListenerTerms terms);
    }

    private void listen(
            GatewaySettings.Listener settings,
            GatewaySettings.Limits limits,
            Transport transport,
            Initializers initializers)
            throws IOException {
        Optional<ServerTls> tls = Optional.empty();
        if (settings.tls().isPresent()) {
            Certificate certificate = settings.tls().get();
            tls = Optional.of(ServerTls.of(certificate.chain(), certificate.key(), ALPN));
            certificates.add(tls.get());
        }
        ListenerTerms terms = new ListenerTerms(
                tls,
                settings.target(),
                settings.auth() == ClientAuth.OAUTHBEARER,
                settings.discovery().map(found -> found.discovery().toString()).orElse(""),
                settings.discovery().map(OAuthDiscovery::scope).orElse(""));
        InetSocketAddress address = new InetSocketAddress(
                settings.address().host(), settings.address().port());
        Listener listener = Listener.bind(
                transport,
                new Listener.Settings(
                        address, limits.maxConnections(), limits.maxConnectionsPerAddress(), KeepAlive.DEFAULT),
                initializers.with(terms));
        listeners.put(settings.name(), listener);
        LOG.atInfo()
                .addKeyValue("listener", settings.name())
                .addKeyValue("protocol", settings.protocol())
                .addKeyValue("address", listener.address())
                .addKeyValue("tls", tls.isPresent())
                .log("listening");
    }

    /** Has the parser compiled in the background; called when everything else is up, which would otherwise wait for it. */
    void warmUp() {
        LOG.atInfo().addKeyValue("compiled", parser.compiles()).log("SQL parser warming up");
        parser.warmUp(WARM_UP);
    }

    /** The address of each listener, by its name. */
    Map<String, InetSocketAddress> addresses() {
        Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
        listeners.forEach((name, listener) -> addresses.put(name, listener.address()));
        return addresses;
    }

    /** The listeners' certificates. */
    List<ServerTls> certificates() {
        return List.copyOf(certificates);
    }

    /** Makes ready for a newer configuration's targets, before it is in force. Blocks. */
    void prepare(Configuration next) throws IOException {
        targets.replace(next.policies().targets().values());
    }

    /** A newer configuration is in force. */
    void revised() {
        sessions.revised();
    }

    /** Takes no more clients, has sessions end between two commands, and cuts off what is left after {@code grace}. */
    boolean drain(Duration grace) {
        List<Future<Boolean>> drained =
                listeners.values().stream().map(each -> each.drain(grace)).toList();
        sessions.drain();
        boolean gently = true;
        for (Future<Boolean> each : drained) {
            gently &= each.awaitUninterruptibly().getNow();
        }
        return gently;
    }

    private static Settings settings(GatewaySettings settings) {
        return new Settings(
                settings.limits().maxMessageBytes(),
                settings.limits().maxRowBytes(),
                settings.audit().rowsBytesPerCommand(),
                settings.audit().rowsBytesPerSession(),
                MAX_PREPARED,
                settings.limits().expiryGrace());
    }
}
