package dev.sallyport.server.gateway;

import dev.sallyport.core.audit.AuditEvent.GatewayStarted;
import dev.sallyport.core.audit.AuditEvent.GatewayStopped;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.core.session.Session;
import dev.sallyport.core.session.Sessions;
import dev.sallyport.net.Transport;
import dev.sallyport.server.api.AdminApi;
import dev.sallyport.server.config.Configuration;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.config.ConfigurationWatcher;
import dev.sallyport.server.config.GatewaySettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running gateway. */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

    private final Ending ending;
    private final Core core;
    private final PostgresSide postgres;
    private final Optional<AdminApi> admin;
    private final Duration drainTimeout;
    private boolean stopped;

    private Gateway(Ending ending, Core core, PostgresSide postgres, Optional<AdminApi> admin, Duration drainTimeout) {
        this.ending = ending;
        this.core = core;
        this.postgres = postgres;
        this.admin = admin;
        this.drainTimeout = drainTimeout;
    }

    /**
     * Starts all of it. Blocks until every listener is bound.
     *
     * @param version what the audit log is told that runs
     * @throws IOException when a port is taken, a file cannot be used, or the audit log cannot be opened; nothing is left
     *     running then
     */
    public static Gateway start(Result.Loaded loaded, String version) throws IOException {
        return start(loaded, version, UnaryOperator.identity());
    }

    /**
     * The same for measurements of what recording costs.
     *
     * @param recording what evidence goes to, given the audit log
     */
    static Gateway start(Result.Loaded loaded, String version, UnaryOperator<AuditLog> recording) throws IOException {
        Ending ending = new Ending();
        try {
            return start(loaded, version, recording, ending);
        } catch (IOException | RuntimeException e) {
            ending.run();
            throw e;
        }
    }

    private static Gateway start(Result.Loaded loaded, String version, UnaryOperator<AuditLog> recording, Ending ending)
            throws IOException {
        Configuration configuration = loaded.configuration();
        Core core = Core.of(configuration, recording, ending);
        core.audit().appendSynced(new GatewayStarted(core.clock().instant(), version));
        core.authenticator().start();
        Transport transport = ending.later("event loops", Transport.open());
        PostgresSide postgres = PostgresSide.start(configuration, core, transport, ending);
        Revisions revisions = new Revisions(core, postgres, configuration);
        postgres.certificates().forEach(tls -> revisions.renews(tls::reload));
        Optional<AdminApi> admin = Optional.empty();
        if (configuration.gateway().admin().isPresent()) {
            admin = Optional.of(AdminApi.start(configuration.gateway().admin().get(), parts(core, revisions)));
            revisions.renews(admin.get()::reload);
            LOG.atInfo().addKeyValue("url", admin.get().url()).log("admin API listening");
        }
        ConfigurationWatcher watcher = ending.later(
                "configuration watcher",
                new ConfigurationWatcher(new ConfigurationLoader(System.getenv()), loaded, revisions::changed));
        watcher.start(core.timer(), WATCH_INTERVAL);
        LOG.atInfo()
                .addKeyValue("gateway", configuration.gateway().name())
                .addKeyValue("version", version)
                .addKeyValue("transport", transport.kind())
                .addKeyValue("revision", core.gate().revision())
                .log("started");
        postgres.warmUp();
        GatewaySettings.Limits limits = configuration.gateway().limits();
        return new Gateway(ending, core, postgres, admin, limits.drainTimeout());
    }

    /** The address of each listener, by its name. */
    public Map<String, InetSocketAddress> listeners() {
        return postgres.addresses();
    }

    /** Where the admin API is, if there is one. */
    public Optional<URI> admin() {
        return admin.map(AdminApi::url);
    }

    /**
     * Stops: takes nobody in, takes back what is held, lets sessions end between two commands, and ends what is left when
     * the drain's time is over. Blocks until all is ended; again does nothing.
     */
    public synchronized void stop(String reason) {
        if (stopped) {
            return;
        }
        stopped = true;
        LOG.atInfo().addKeyValue("reason", reason).log("stopping");
        admin.ifPresent(AdminApi::stop);
        core.approvals().stop();
        boolean gently = postgres.drain(drainTimeout);
        core.audit().appendSynced(new GatewayStopped(core.clock().instant(), reason));
        ending.run();
        LOG.atInfo().addKeyValue("drained", gently).log("stopped");
    }

    private static AdminApi.Parts parts(Core core, Revisions revisions) {
        return new AdminApi.Parts(
                core.authenticator(),
                (remote, identity, reason, detail) -> core.sessions()
                        .refuse(
                                new Sessions.Caller("admin", remote, "", ""),
                                "",
                                identity,
                                new Sessions.Refused(Refusal.Kind.DENIED, reason, detail, "", ""))
                        .incident(),
                core.approvals(),
                () -> core.sessions().all().stream().map(Gateway::view).toList(),
                core.orders(),
                revisions::admins,
                core.audit()::isHealthy,
                () -> core.index().state().name().toLowerCase(Locale.ROOT),
                () -> core.published().faults().isEmpty() ? "current" : "failing",
                core.blocking());
    }

    private static Map<String, Object> view(Session session) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("session", session.id());
        view.put("target", session.admission().target().name().value());
        view.put("identity", session.identity().principal());
        view.put("client", session.identity().client().orElse(""));
        view.put("expiresAt", session.identity().expiresAt().toString());
        return view;
    }
}
