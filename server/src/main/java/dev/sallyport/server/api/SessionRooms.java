package dev.sallyport.server.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import dev.sallyport.core.audit.SegmentedAuditLog.Erasure;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.server.api.Door.Visit;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Sessions: the open ones are seen, and what is recorded of them is held and erased, by admins alone. */
final class SessionRooms {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRooms.class);
    private static final int MAX_REASON = 1000;

    private final Supplier<List<? extends Map<String, ?>>> open;
    private final AdminApi.Records records;
    private final Supplier<Set<GroupName>> admins;
    private final Door door;

    SessionRooms(
            Supplier<List<? extends Map<String, ?>>> open,
            AdminApi.Records records,
            Supplier<Set<GroupName>> admins,
            Door door) {
        this.open = open;
        this.records = records;
        this.admins = admins;
        this.door = door;
    }

    HttpResponse list(Visit visit) {
        return isAdmin(visit)
                ? Json.ok(Map.of("sessions", open.get()))
                : door.forbidden(visit, "not-an-admin", "Only admins may see the open sessions.");
    }

    HttpResponse erase(Visit visit) {
        return order(visit, (session, by, reason) -> answer(session, records.erase(session, by, reason)));
    }

    HttpResponse hold(Visit visit) {
        return order(
                visit, (session, by, reason) -> records.hold(session, by, reason) ? done(session, "held") : none());
    }

    HttpResponse release(Visit visit) {
        return order(
                visit,
                (session, by, reason) -> records.release(session, by, reason)
                        ? done(session, "released")
                        : Json.problem(HttpStatus.CONFLICT, "The session is not held.", Optional.empty()));
    }

    /** What is done with the records of a session. */
    @FunctionalInterface
    private interface Order {
        HttpResponse carryOut(String session, String by, String reason) throws IOException;
    }

    private HttpResponse order(Visit visit, Order order) {
        if (!isAdmin(visit)) {
            return door.forbidden(visit, "not-an-admin", "Only admins may do this with a session.");
        }
        Optional<String> reason = Json.object(visit.body()).flatMap(SessionRooms::reason);
        if (reason.isEmpty()) {
            return Json.problem(
                    HttpStatus.BAD_REQUEST,
                    "The body must be a JSON object with nothing but a reason of 1 to " + MAX_REASON + " characters.",
                    Optional.empty());
        }
        String session = String.valueOf(visit.context().pathParam("id"));
        try {
            return order.carryOut(session, visit.identity().principal(), reason.get());
        } catch (IOException failed) {
            LOG.atError()
                    .addKeyValue("path", visit.context().path())
                    .setCause(failed)
                    .log("an order about a session's records failed");
            return Json.problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "It is not done yet: the audit log cannot be written. Ask again; an erasure that was begun is"
                            + " finished at the gateway's next start in any case.",
                    Optional.empty());
        }
    }

    private static HttpResponse done(String session, String outcome) {
        return Json.ok(Map.of("session", session, "outcome", outcome));
    }

    private static HttpResponse none() {
        return Json.problem(HttpStatus.NOT_FOUND, "The audit log has no such session.", Optional.empty());
    }

    private static HttpResponse answer(String session, Erasure erasure) {
        return switch (erasure) {
            case DONE -> done(session, "erased");
            case ERASED -> done(session, "erased-before");
            case HELD -> Json.problem(HttpStatus.CONFLICT, "The session is held.", Optional.empty());
            case OPEN -> Json.problem(HttpStatus.CONFLICT, "The session is still open.", Optional.empty());
            case UNKNOWN -> none();
        };
    }

    private boolean isAdmin(Visit visit) {
        return !Collections.disjoint(visit.identity().groups(), admins.get());
    }

    private static Optional<String> reason(JsonNode body) {
        JsonNode reason = body.path("reason");
        return body.size() == 1 && reason.isString()
                ? Optional.of(reason.asString("").strip())
                        .filter(text -> !text.isEmpty() && text.length() <= MAX_REASON)
                : Optional.empty();
    }
}
