package dev.sallyport.server.api;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.server.Server;
import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.identity.Authenticator;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.server.config.GatewaySettings;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The admin API, once it answers. */
public final class AdminApi {
    private final Server server;
    private final URI url;
    private final Optional<AdminCertificate> certificate;

    private AdminApi(Server server, URI url, Optional<AdminCertificate> certificate) {
        this.server = server;
        this.url = url;
        this.certificate = certificate;
    }

    /**
     * What the API shows and who may see it.
     *
     * @param authenticator checks tokens
     * @param refusals records who was turned away
     * @param approvals the held commands
     * @param sessions the open sessions as JSON values, one map each
     * @param orders takes what is to be done with what is recorded of sessions
     * @param admins who sees everything; asked each time, so that a change of configuration counts at once
     * @param healthy whether the gateway can do its work
     * @param searchIndex how the search index is: {@code current}, {@code behind} or {@code failing}
     * @param checkpoints how the publishing of the audit log's checkpoints is: {@code current} or {@code failing}
     * @param blocking runs what may block
     */
    public record Parts(
            Authenticator authenticator,
            Refusals refusals,
            Approvals approvals,
            Supplier<List<? extends Map<String, ?>>> sessions,
            SessionOrders orders,
            Supplier<Set<GroupName>> admins,
            BooleanSupplier healthy,
            Supplier<String> searchIndex,
            Supplier<String> checkpoints,
            Executor blocking) {}

    /** Binds and begins to answer. Blocks until bound. */
    public static AdminApi start(GatewaySettings.Admin settings, Parts parts) throws IOException {
        Door door = new Door(parts.authenticator, parts.refusals, parts.blocking);
        ApprovalRooms approvals = new ApprovalRooms(parts.approvals, parts.admins, door);
        SessionRooms sessions = new SessionRooms(parts.sessions, parts.orders, parts.admins, door);
        Optional<AdminCertificate> certificate = Optional.empty();
        if (settings.tls().isPresent()) {
            certificate = Optional.of(AdminCertificate.of(settings.tls().get()));
        }
        AdminServer builder = new AdminServer(settings, certificate)
                .health(parts.healthy, parts.searchIndex, parts.checkpoints)
                .serve(HttpMethod.GET, "/api/v1/approvals", door.to(approvals::list))
                .serve(HttpMethod.GET, "/api/v1/approvals/{id}", door.to(approvals::show))
                .serve(HttpMethod.POST, "/api/v1/approvals/{id}/approve", door.to(approvals::approve))
                .serve(HttpMethod.POST, "/api/v1/approvals/{id}/deny", door.to(approvals::deny))
                .serve(HttpMethod.GET, "/api/v1/sessions", door.to(sessions::list))
                .serve(HttpMethod.POST, "/api/v1/sessions/{id}/erasure", door.to(sessions::erase))
                .serve(HttpMethod.POST, "/api/v1/sessions/{id}/hold", door.to(sessions::hold))
                .serve(HttpMethod.POST, "/api/v1/sessions/{id}/release", door.to(sessions::release));
        Server server = builder.start();
        return new AdminApi(server, builder.url(server), certificate);
    }

    /** Where it is found, with the port that was taken. */
    public URI url() {
        return url;
    }

    /** Takes up a certificate that was renewed in its files. Blocks. */
    public void reload() throws IOException {
        if (certificate.isPresent()) {
            certificate.get().reload();
        }
    }

    /** Stops taking requests; done once its threads have ended, which takes some seconds. */
    public CompletableFuture<Void> stop() {
        return server.stop();
    }
}
