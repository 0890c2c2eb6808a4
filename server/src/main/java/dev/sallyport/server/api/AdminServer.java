package dev.sallyport.server.api;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sallyport.server.config.GatewaySettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The HTTP server of the admin API: bounded in size, time and number, and saying no in one form only. */
final class AdminServer {
    /** A token of the largest size that is taken, and what else is in a request's head. */
    private static final int MAX_HEAD_BYTES = 24 << 10;

    private static final int MAX_BODY_BYTES = 16 << 10;
    private static final int MAX_CONNECTIONS = 256;
    private static final long MAX_STREAMS = 32;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_QUIET = Duration.ofMillis(50);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final ServerBuilder builder;
    private final GatewaySettings.Admin settings;
    private final Optional<AdminCertificate> certificate;

    AdminServer(GatewaySettings.Admin settings, Optional<AdminCertificate> certificate) {
        this.settings = settings;
        this.certificate = certificate;
        this.builder = Server.builder()
                .workerGroup(1)
                .maxNumConnections(MAX_CONNECTIONS)
                .http1MaxHeaderSize(MAX_HEAD_BYTES)
                .http2MaxHeaderListSize(MAX_HEAD_BYTES)
                .http2MaxStreamsPerConnection(MAX_STREAMS)
                .maxRequestLength(MAX_BODY_BYTES)
                .requestTimeout(REQUEST_TIMEOUT)
                .idleTimeout(IDLE_TIMEOUT)
                .gracefulShutdownTimeout(STOP_QUIET, STOP_TIMEOUT)
                .disableServerHeader()
                .errorHandler(new Problems());
    }

    /** Answers anybody whether the gateway can do its work, for which neither the search index nor published checkpoints matter. */
    AdminServer health(BooleanSupplier healthy, Supplier<String> searchIndex, Supplier<String> checkpoints) {
        return serve(HttpMethod.GET, "/healthz", (context, request) -> {
            boolean well = healthy.getAsBoolean();
            Map<String, String> health = new LinkedHashMap<>();
            health.put("status", well ? "ok" : "audit-log-unavailable");
            health.put("searchIndex", searchIndex.get());
            health.put("checkpoints", checkpoints.get());
            return well ? Json.ok(health) : Json.status(HttpStatus.SERVICE_UNAVAILABLE, health);
        });
    }

    AdminServer serve(HttpMethod method, String path, HttpService service) {
        builder.service(Route.builder().path(path).methods(method).build(), service);
        return this;
    }

    /** Binds and begins to answer. Blocks until bound. */
    Server start() throws IOException {
        GatewaySettings.Address address = settings.address();
        InetSocketAddress local = new InetSocketAddress(address.host(), address.port());
        if (certificate.isPresent()) {
            builder.https(local).tlsProvider(certificate.get());
        } else {
            builder.http(local);
        }
        Server server = builder.build();
        try {
            server.start().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("the admin API cannot listen on " + address + ": " + cause.getMessage(), cause);
        }
        return server;
    }

    /** Where clients find {@code server}, which listens at one port. */
    URI url(Server server) {
        String scheme = settings.tls().isPresent() ? "https" : "http";
        GatewaySettings.Address address = settings.address();
        return URI.create(scheme + "://" + new GatewaySettings.Address(address.host(), server.activeLocalPort()) + "/");
    }

    /** What no service answered, and what went wrong in one, without a word of the cause. */
    private static final class Problems implements ServerErrorHandler {
        @Override
        public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
            return null;
        }

        @Override
        public AggregatedHttpResponse renderStatus(
                @Nullable ServiceRequestContext context,
                ServiceConfig config,
                @Nullable RequestHeaders headers,
                HttpStatus status,
                @Nullable String description,
                @Nullable Throwable cause) {
            return Json.problem(status, status.reasonPhrase(), Optional.empty())
                    .aggregate()
                    .join();
        }
    }
}
