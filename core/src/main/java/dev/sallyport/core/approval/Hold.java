package dev.sallyport.core.approval;

import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One held command's state. Guarded by the lock of the {@link Approvals} that made it. */
final class Hold {
    final String id;
    final Request request;
    final Consumer<Resolution> whenResolved;
    private final Digest digest;
    private final Instant requestedAt;
    private final Map<Person, Pending.Vote> votes = new LinkedHashMap<>();
    private Decision.Hold decision;
    private Instant expiresAt;
    private int round;
    private @Nullable Future<?> timer;
    private boolean resolved;

    Hold(String id, Request request, Digest digest, Instant now, Consumer<Resolution> whenResolved) {
        this.id = id;
        this.request = request;
        this.digest = digest;
        this.requestedAt = now;
        this.whenResolved = whenResolved;
        this.decision = request.decision();
        this.expiresAt = end(decision);
    }

    Pending snapshot() {
        List<Pending.Vote> counted = new ArrayList<>(votes.values());
        return new Pending(id, request, digest, decision, requestedAt, expiresAt, counted);
    }

    Decision.Hold decision() {
        return decision;
    }

    Instant expiresAt() {
        return expiresAt;
    }

    /** Which set of terms votes are given on; those on earlier terms do not count. */
    int round() {
        return round;
    }

    boolean isResolved() {
        return resolved;
    }

    /** Ends it; its timer is of no more use. */
    void resolve() {
        resolved = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** The timer that expires it, in place of an earlier one. */
    void timer(Future<?> next) {
        if (timer != null) {
            timer.cancel(false);
        }
        timer = next;
        if (resolved) {
            next.cancel(false);
        }
    }

    /** Why somebody's word would not count, or empty. Nobody approves twice, but who approved may still deny. */
    Optional<String> objection(Identity approver, boolean approve, Instant now) {
        Optional<String> objection = Eligibility.objection(request.identity(), approver, decision.terms(), now);
        boolean again = approve && votes.containsKey(Person.of(approver));
        return objection.or(() -> again ? Optional.of("has approved this already") : Optional.empty());
    }

    /** Counts an approval and says how many are missing then. */
    int approved(Identity approver, String comment, Instant now) {
        votes.put(Person.of(approver), new Pending.Vote(approver.principal(), comment, now));
        return snapshot().remaining();
    }

    /** Holds it by a newer decision; other terms start the count anew and may only shorten the wait. */
    void holdBy(Decision.Hold newer) {
        if (!newer.terms().equals(decision.terms())) {
            votes.clear();
            round++;
            Instant end = end(newer);
            expiresAt = end.isBefore(expiresAt) ? end : expiresAt;
        }
        decision = newer;
    }

    private Instant end(Decision.Hold held) {
        Duration wait = request.command().inTransaction()
                ? held.terms().holdInTransaction()
                : held.terms().hold();
        Instant end = requestedAt.plus(wait);
        Instant tokenEnd = request.identity().expiresAt();
        return tokenEnd.isBefore(end) ? tokenEnd : end;
    }

    /** A person, whatever client they use. */
    record Person(String issuer, String subject) {
        static Person of(Identity identity) {
            return new Person(identity.issuer(), identity.subject());
        }
    }
}
