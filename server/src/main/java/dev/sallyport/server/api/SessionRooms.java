package dev.sallyport.server.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.audit.SessionOrders.Outcome;
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
    private final SessionOrders orders;
    private final Supplier<Set<GroupName>> admins;
    private final Door door;

    SessionRooms(
            Supplier<List<? extends Map<String, ?>>> open,
            SessionOrders orders,
            Supplier<Set<GroupName>> admins,
            Door door) {
        this.open = open;
        this.orders = orders;
        this.admins = admins;
        this.door = door;
    }

    HttpResponse list(Visit visit) {
        return isAdmin(visit)
                ? Json.ok(Map.of("sessions", open.get()))
                : door.forbidden(visit, "not-an-admin", "Only admins may see the open sessions.");
    }

    HttpResponse erase(Visit visit) {
        return order(visit, Map.of(Outcome.DONE, "erased", Outcome.ERASED, "erased-before"), orders::erase);
    }

    HttpResponse hold(Visit visit) {
        return order(visit, Map.of(Outcome.DONE, "held"), orders::hold);
    }

    HttpResponse release(Visit visit) {
        return order(visit, Map.of(Outcome.DONE, "released"), orders::release);
    }

    /** What is done with the records of a session. */
    @FunctionalInterface
    private interface Order {
        Outcome carryOut(String session, String by, String reason) throws IOException;
    }

    /** @param done the outcomes that were wished for, and how they are told */
    private HttpResponse order(Visit visit, Map<Outcome, String> done, Order order) {
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
            return answer(
                    session, done, order.carryOut(session, visit.identity().principal(), reason.get()));
        } catch (IOException failed) {
            LOG.atError()
                    .addKeyValue("path", visit.context().path())
                    .setCause(failed)
                    .log("an order about a session's records failed");
            return Json.problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "It is not done, or not wholly: the audit log cannot be written. Ask again; an erasure that was"
                            + " begun is finished at the gateway's next start in any case.",
                    Optional.empty());
        }
    }

    private static HttpResponse answer(String session, Map<Outcome, String> done, Outcome outcome) {
        String told = done.get(outcome);
        return told == null ? refusal(outcome) : Json.ok(Map.of("session", session, "outcome", told));
    }

    private static HttpResponse refusal(Outcome outcome) {
        return switch (outcome) {
            case DONE -> conflict("The session is done with.");
            case OPEN -> conflict("The session is still open; it can be erased once it is closed.");
            case HELD -> conflict("The session is held; it can be erased once it is released.");
            case NOT_HELD -> conflict("The session is not held.");
            case ERASED -> conflict("The session was erased before.");
            case UNKNOWN -> Json.problem(HttpStatus.NOT_FOUND, "The audit log has no such session.", Optional.empty());
        };
    }

    private static HttpResponse conflict(String why) {
        return Json.problem(HttpStatus.CONFLICT, why, Optional.empty());
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
