package dev.sallyport.core.approval;

import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Decision;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands that wait for somebody's approval. Each ends in exactly one {@link Resolution}, whoever comes first: its
 * approvers, its time, its client, a newer policy. Everything that happens to it is in the audit log before it has any
 * effect; an approval counts once it is on disk.
 *
 * <p>Safe to call from any thread; nothing here waits. Resolutions are told on whatever thread brought them about, outside
 * of any lock, and must not keep it waiting.
 *
 * <p>A request may come just behind a change of policy that it was not decided by. It then waits like any other, but a
 * {@link Grant} is good only under the revision it was approved by, so that the command is decided again.
 */
public final class Approvals {
    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
    private static final int REMEMBERED = 1_000;
    private static final int MOST_COMMENT = 1_000;
    /** Crockford's base 32, whose letters nobody mistakes for digits. */
    private static final String ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

    private static final int ID_LENGTH = 10;
    private static final Resolution STOPPING = new Resolution.Withdrawn(Withdrawal.STOPPING);

    private final ApprovalLimits limits;
    private final AuditLog audit;
    private final Clock clock;
    private final SecureRandom random;
    private final ScheduledExecutorService timer;

    private final Object lock = new Object();
    private final Map<String, Hold> holds = new LinkedHashMap<>();
    private final Map<Hold.Person, Integer> heldByPerson = new HashMap<>();
    private final Map<String, String> outcomes = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > REMEMBERED;
        }
    };

    private boolean stopped;

    /** Uses {@code timer} for the end of holds; it is the caller's to shut down, after {@link #stop}. */
    public Approvals(
            ApprovalLimits limits, AuditLog audit, Clock clock, SecureRandom random, ScheduledExecutorService timer) {
        this.limits = limits;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
        this.timer = timer;
    }

    /**
     * Holds a command.
     *
     * @param whenResolved told once how it ended, possibly before this returns; never where it was rejected
     */
    public Held request(Request request, Consumer<Resolution> whenResolved) {
        if (!audit.isHealthy()) {
            return new Held.Rejected("the audit log cannot be written");
        }
        Digest digest = CommandDigest.of(request.identity(), request.target(), request.command());
        synchronized (lock) {
            Optional<String> objection = objection(request.identity());
            if (objection.isPresent()) {
                return new Held.Rejected(objection.get());
            }
            Hold hold = new Hold(newId(), request, digest, clock.instant(), whenResolved);
            holds.put(hold.id, hold);
            heldByPerson.merge(Hold.Person.of(request.identity()), 1, Integer::sum);
            Pending pending = hold.snapshot();
            audit.append(ApprovalEvents.requested(pending));
            if (startTimer(hold)) {
                return new Held.Waiting(pending);
            }
            finish(hold, STOPPING);
            return new Held.Rejected("the gateway is stopping");
        }
    }

    private Optional<String> objection(Identity identity) {
        if (stopped) {
            return Optional.of("the gateway is stopping");
        }
        if (holds.size() >= limits.held()) {
            return Optional.of("too many commands wait for approval");
        }
        int held = heldByPerson.getOrDefault(Hold.Person.of(identity), 0);
        return held >= limits.heldPerIdentity()
                ? Optional.of("too many commands of this identity wait for approval")
                : Optional.empty();
    }

    /** Starts the timer that ends a hold, under the lock; false where there are no timers any more. */
    private boolean startTimer(Hold hold) {
        long millis =
                Math.max(0, Duration.between(clock.instant(), hold.expiresAt()).toMillis());
        try {
            hold.timer(timer.schedule(() -> resolve(hold, new Resolution.Expired()), millis, TimeUnit.MILLISECONDS));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** All that wait, oldest first. */
    public List<Pending> list() {
        synchronized (lock) {
            return holds.values().stream().map(Hold::snapshot).toList();
        }
    }

    /** One that waits. */
    public Optional<Pending> find(String id) {
        synchronized (lock) {
            return Optional.ofNullable(holds.get(id)).map(Hold::snapshot);
        }
    }

    /** Whether {@code approver} may decide on it, votes apart. */
    public boolean isEligible(Pending pending, Identity approver) {
        return Eligibility.objection(
                        pending.request().identity(),
                        approver,
                        pending.decision().terms(),
                        clock.instant())
                .isEmpty();
    }

    /** Gives one person's yes. The result comes when the audit log has it on disk. */
    public CompletableFuture<VoteResult> approve(String id, Identity approver, String comment) {
        return vote(id, approver, true, bounded(comment));
    }

    /** Gives one person's no, which ends it. */
    public CompletableFuture<VoteResult> deny(String id, Identity approver, String comment) {
        return vote(id, approver, false, bounded(comment));
    }

    private CompletableFuture<VoteResult> vote(String id, Identity approver, boolean approve, String comment) {
        Instant now = clock.instant();
        Hold hold;
        int round;
        boolean late;
        Optional<String> objection;
        synchronized (lock) {
            hold = holds.get(id);
            if (hold == null) {
                return CompletableFuture.completedFuture(gone(id));
            }
            round = hold.round();
            late = !now.isBefore(hold.expiresAt());
            objection = hold.objection(approver, approve, now);
        }
        if (late) {
            // The timer is on its way.
            resolve(hold, new Resolution.Expired());
            return CompletableFuture.completedFuture(gone(id));
        }
        if (objection.isPresent()) {
            return CompletableFuture.completedFuture(refused(hold, approver, approve, objection.get()));
        }
        CompletableFuture<VoteResult> result = new CompletableFuture<>();
        audit.appendSynced(ApprovalEvents.voted(now, id, hold.request.session(), approver, approve, true, comment))
                .whenSynced(synced -> result.complete(
                        approve ? approved(hold, round, approver, comment, synced) : denied(hold, approver, comment)));
        return result;
    }

    private VoteResult refused(Hold hold, Identity approver, boolean approve, String why) {
        audit.append(
                ApprovalEvents.voted(clock.instant(), hold.id, hold.request.session(), approver, approve, false, why));
        return new VoteResult.NotEligible(why);
    }

    private VoteResult approved(Hold hold, int round, Identity approver, String comment, boolean synced) {
        if (!synced) {
            return new VoteResult.NotRecorded();
        }
        Instant now = clock.instant();
        Resolution resolution;
        synchronized (lock) {
            if (hold.isResolved()) {
                return gone(hold.id);
            }
            // Things may have changed while the disk was waited for.
            Optional<String> objection = hold.round() == round
                    ? hold.objection(approver, true, now)
                    : Optional.of("the policy changed; look at the new terms");
            if (objection.isPresent()) {
                return refused(hold, approver, true, objection.get());
            }
            int remaining = hold.approved(approver, comment, now);
            if (remaining > 0) {
                return new VoteResult.Counted(remaining);
            }
            resolution = new Resolution.Approved(
                    new Grant(hold.snapshot(), grantEnd(hold, now), audit, clock), hold.decision());
            finish(hold, resolution);
        }
        tell(hold, resolution);
        return new VoteResult.Resolved();
    }

    private Instant grantEnd(Hold hold, Instant now) {
        Instant end = now.plus(limits.grantLife());
        Instant tokenEnd = hold.request.identity().expiresAt();
        return tokenEnd.isBefore(end) ? tokenEnd : end;
    }

    /** A no counts also where the log failed: it lets nothing run. */
    private VoteResult denied(Hold hold, Identity approver, String comment) {
        return resolve(hold, new Resolution.Denied(approver.principal(), comment))
                ? new VoteResult.Resolved()
                : gone(hold.id);
    }

    private VoteResult gone(String id) {
        synchronized (lock) {
            @Nullable String outcome = outcomes.get(id);
            return outcome == null ? new VoteResult.NotFound() : new VoteResult.AlreadyResolved(outcome);
        }
    }

    /**
     * Takes a held command back.
     *
     * @return whether it was still waiting; from then on nothing makes it run
     */
    public boolean withdraw(String id, Withdrawal why) {
        Hold hold;
        synchronized (lock) {
            hold = holds.get(id);
        }
        return hold != null && resolve(hold, new Resolution.Withdrawn(why));
    }

    /** Takes back all and holds no more. */
    public void stop() {
        List<Hold> all;
        synchronized (lock) {
            stopped = true;
            all = List.copyOf(holds.values());
        }
        all.forEach(hold -> resolve(hold, STOPPING));
    }

    /**
     * Decides all held commands again, to be called when a new revision of the policy is in force. A failure to decide
     * denies.
     */
    public void redecide(Function<Pending, Decision> decide) {
        for (Pending pending : list()) {
            Hold hold;
            synchronized (lock) {
                hold = holds.get(pending.id());
            }
            if (hold == null) {
                continue;
            }
            switch (decideAgain(decide, pending)) {
                case Decision.Allow allow -> resolve(hold, new Resolution.Allowed(allow));
                case Decision.Deny deny -> resolve(hold, new Resolution.PolicyDenied(deny));
                case Decision.Hold held -> holdBy(hold, held);
            }
        }
    }

    private static Decision decideAgain(Function<Pending, Decision> decide, Pending pending) {
        try {
            return decide.apply(pending);
        } catch (RuntimeException e) {
            LOG.error("approval={} failure={}", pending.id(), e.getClass().getName());
            return new Decision.Deny(
                    Decision.Reason.FAILURE,
                    "The gateway failed while deciding.",
                    "Give the gateway's operator the incident's id.",
                    List.of(),
                    pending.decision().revision());
        }
    }

    private void holdBy(Hold hold, Decision.Hold newer) {
        synchronized (lock) {
            if (hold.isResolved() || newer.revision() < hold.decision().revision()) {
                return;
            }
            Instant before = hold.expiresAt();
            hold.holdBy(newer);
            if (hold.expiresAt().equals(before) || startTimer(hold)) {
                return;
            }
        }
        resolve(hold, STOPPING);
    }

    private boolean resolve(Hold hold, Resolution resolution) {
        synchronized (lock) {
            if (hold.isResolved()) {
                return false;
            }
            finish(hold, resolution);
        }
        tell(hold, resolution);
        return true;
    }

    /** Ends a hold for everybody who asks, and writes it down; under the lock. */
    private void finish(Hold hold, Resolution resolution) {
        hold.resolve();
        holds.remove(hold.id);
        outcomes.put(hold.id, ApprovalEvents.outcome(resolution));
        heldByPerson.computeIfPresent(
                Hold.Person.of(hold.request.identity()), (person, held) -> held == 1 ? null : held - 1);
        audit.append(ApprovalEvents.resolved(clock.instant(), hold.id, hold.request, resolution));
    }

    private static void tell(Hold hold, Resolution resolution) {
        try {
            hold.whenResolved.accept(resolution);
        } catch (RuntimeException e) {
            LOG.error("approval={} failure={}", hold.id, e.getClass().getName());
        }
    }

    private String newId() {
        String id;
        do {
            StringBuilder letters = new StringBuilder(ID_LENGTH);
            for (int i = 0; i < ID_LENGTH; i++) {
                letters.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
            }
            id = letters.toString();
        } while (holds.containsKey(id) || outcomes.containsKey(id));
        return id;
    }

    private static String bounded(String comment) {
        return comment.length() <= MOST_COMMENT ? comment : comment.substring(0, MOST_COMMENT);
    }
}
