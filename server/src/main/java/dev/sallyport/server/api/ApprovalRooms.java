package dev.sallyport.server.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.approval.VoteResult;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.server.api.Door.Visit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Held commands: seen by those who may decide them, and by admins; decided by those whom the policy names. What somebody
 * may not see does not exist for them.
 */
final class ApprovalRooms {
    private static final long VOTE_SECONDS = 15;
    private static final int MAX_COMMENT = 1000;

    private final Approvals approvals;
    private final Supplier<Set<GroupName>> admins;
    private final Door door;

    ApprovalRooms(Approvals approvals, Supplier<Set<GroupName>> admins, Door door) {
        this.approvals = approvals;
        this.admins = admins;
        this.door = door;
    }

    HttpResponse list(Visit visit) {
        List<?> seen = approvals.list().stream()
                .filter(pending -> maySee(visit.identity(), pending))
                .map(ApprovalView::of)
                .toList();
        return Json.ok(Map.of("approvals", seen));
    }

    HttpResponse show(Visit visit) {
        return visible(visit).map(pending -> Json.ok(ApprovalView.of(pending))).orElseGet(ApprovalRooms::none);
    }

    HttpResponse approve(Visit visit) {
        return vote(visit, true);
    }

    HttpResponse deny(Visit visit) {
        return vote(visit, false);
    }

    private HttpResponse vote(Visit visit, boolean approve) {
        Optional<String> comment = Json.object(visit.body()).flatMap(ApprovalRooms::comment);
        if (comment.isEmpty()) {
            return Json.problem(
                    HttpStatus.BAD_REQUEST,
                    "The body must be a JSON object with nothing but a comment of at most " + MAX_COMMENT
                            + " characters.",
                    Optional.empty());
        }
        String id = id(visit);
        Optional<Pending> pending = approvals.find(id);
        if (pending.isPresent() && !maySee(visit.identity(), pending.get())) {
            return none();
        }
        CompletableFuture<VoteResult> voted = approve
                ? approvals.approve(id, visit.identity(), comment.get())
                : approvals.deny(id, visit.identity(), comment.get());
        return answer(visit, id, approve, await(voted));
    }

    private HttpResponse answer(Visit visit, String id, boolean approve, VoteResult result) {
        return switch (result) {
            case VoteResult.Resolved() ->
                Json.ok(Map.of("id", id, "outcome", approve ? "approved" : "denied", "remaining", 0));
            case VoteResult.Counted(int remaining) ->
                Json.ok(Map.of("id", id, "outcome", "counted", "remaining", remaining));
            case VoteResult.NotEligible(String reason) -> door.forbidden(visit, "vote-not-eligible", reason);
            case VoteResult.NotFound() -> none();
            case VoteResult.AlreadyResolved(String outcome) ->
                Json.problem(HttpStatus.CONFLICT, "It ended before: " + outcome + ".", Optional.empty());
            case VoteResult.NotRecorded() ->
                Json.problem(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "The audit log cannot be written, so the vote does not count.",
                        Optional.empty());
        };
    }

    private static VoteResult await(CompletableFuture<VoteResult> voted) {
        try {
            return voted.get(VOTE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new VoteResult.NotRecorded();
        } catch (ExecutionException | TimeoutException e) {
            return new VoteResult.NotRecorded();
        }
    }

    private Optional<Pending> visible(Visit visit) {
        return approvals.find(id(visit)).filter(pending -> maySee(visit.identity(), pending));
    }

    private boolean maySee(Identity identity, Pending pending) {
        return !Collections.disjoint(
                        identity.groups(), pending.decision().terms().approvers())
                || !Collections.disjoint(identity.groups(), admins.get());
    }

    private static String id(Visit visit) {
        return String.valueOf(visit.context().pathParam("id"));
    }

    private static HttpResponse none() {
        return Json.problem(HttpStatus.NOT_FOUND, "There is no such approval.", Optional.empty());
    }

    /** The comment, empty where there is none; absent where the body is not what it should be. */
    private static Optional<String> comment(JsonNode body) {
        if (body.isEmpty()) {
            return Optional.of("");
        }
        JsonNode comment = body.path("comment");
        return body.size() == 1 && comment.isString() && comment.asString("").length() <= MAX_COMMENT
                ? Optional.of(comment.asString(""))
                : Optional.empty();
    }
}
