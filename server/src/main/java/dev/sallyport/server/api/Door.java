package dev.sallyport.server.api;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.sallyport.core.identity.Authentication;
import dev.sallyport.core.identity.Authentication.Authenticated;
import dev.sallyport.core.identity.Authentication.Refused;
import dev.sallyport.core.identity.Authenticator;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.target.Secret;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request but the health check passes: its bearer token (RFC 6750) is checked as those of clients are, on a
 * virtual thread, since an issuer may have to be asked. Why a token was refused goes to the audit log; who sent it
 * learns an incident's id.
 */
final class Door {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final String SCHEME = "Bearer ";

    private final Authenticator authenticator;
    private final Refusals refusals;
    private final Executor blocking;

    Door(Authenticator authenticator, Refusals refusals, Executor blocking) {
        this.authenticator = authenticator;
        this.refusals = refusals;
        this.blocking = blocking;
    }

    /** What is behind the door. May block. */
    @FunctionalInterface
    interface Room {
        HttpResponse enter(Visit visit);
    }

    /** One authenticated request. */
    record Visit(Identity identity, ServiceRequestContext context, String body) {
        String remote() {
            return remoteOf(context);
        }
    }

    HttpService to(Room room) {
        return (context, request) ->
                HttpResponse.of(request.aggregate().thenApplyAsync(whole -> open(context, whole, room), blocking));
    }

    /** Records that a request was turned away although its token is good. */
    HttpResponse forbidden(Visit visit, String reason, String detail) {
        String incident = refusals.record(visit.remote(), Optional.of(visit.identity()), reason, detail);
        return Json.problem(HttpStatus.FORBIDDEN, detail, Optional.of(incident));
    }

    private HttpResponse open(ServiceRequestContext context, AggregatedHttpRequest request, Room room) {
        try {
            Optional<Secret> token = token(request.headers().get("authorization", ""));
            if (token.isEmpty()) {
                return refused(context, "token-missing", "no bearer token", "A bearer token is needed.");
            }
            try (Secret secret = token.get()) {
                return switch (authenticator.authenticate(secret)) {
                    case Authenticated(Identity identity) ->
                        room.enter(new Visit(identity, context, request.contentUtf8()));
                    case Refused(Authentication.Reason reason, String detail) ->
                        refused(
                                context,
                                reason.code(),
                                detail,
                                reason.told() ? "The token has expired." : "The token was not accepted.");
                };
            }
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("path", context.path()).setCause(e).log("the admin API failed");
            return Json.problem(HttpStatus.INTERNAL_SERVER_ERROR, "The gateway failed.", Optional.empty());
        }
    }

    private HttpResponse refused(ServiceRequestContext context, String reason, String detail, String told) {
        String incident = refusals.record(remoteOf(context), Optional.empty(), reason, detail);
        return Json.problem(HttpStatus.UNAUTHORIZED, told, Optional.of(incident));
    }

    private static Optional<Secret> token(String header) {
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(Secret.of(header.substring(SCHEME.length()).strip()))
                : Optional.empty();
    }

    private static String remoteOf(ServiceRequestContext context) {
        var remote = context.remoteAddress();
        return remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }
}
