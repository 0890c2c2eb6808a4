package dev.sallyport.core.session;

import dev.sallyport.core.approval.Approvals;
import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Admission;
import dev.sallyport.core.policy.AdmissionResult;
import dev.sallyport.core.policy.Decision;
import dev.sallyport.core.policy.Gate;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** All sessions of this gateway, and what they need to decide, record and hold. Safe to call from any thread. */
public final class Sessions {
    private static final char[] ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();
    private static final int ID_LENGTH = 16;
    private static final int INCIDENT_LENGTH = 10;
    private static final Duration FORGETTING = Duration.ofMinutes(1);

    final Gate gate;
    final Predicate<Identity> trusted;
    final AuditLog audit;
    final Approvals approvals;
    final Redactor redactor;
    final Clock clock;
    final ReadWindow readWindow = new ReadWindow();
    private final SecureRandom random;
    private final Map<String, Session> open = new ConcurrentHashMap<>();
    private final Map<String, Usage> usages = new ConcurrentHashMap<>();
    private final AtomicReference<Instant> forgotten = new AtomicReference<>(Instant.MIN);

    /** @param trusted whether tokens of an identity's issuer are still taken */
    public Sessions(
            Gate gate,
            Predicate<Identity> trusted,
            AuditLog audit,
            Approvals approvals,
            Redactor redactor,
            Clock clock,
            SecureRandom random) {
        this.gate = gate;
        this.trusted = trusted;
        this.audit = audit;
        this.approvals = approvals;
        this.redactor = redactor;
        this.clock = clock;
        this.random = random;
    }

    /** How an attempt to open a session ended. */
    public sealed interface Opening {
        record Opened(Session session) implements Opening {}

        record Refused(Refusal refusal) implements Opening {}
    }

    /**
     * Where a connection comes from and what it says of itself before anybody believes it.
     *
     * @param protocol the protocol's name
     * @param remote the client's address and port
     * @param claimedUser the user name it gave
     * @param application the application name it gave
     */
    public record Caller(String protocol, String remote, String claimedUser, String application) {}

    /** Opens and records a session of an admitted identity. The caller closes it. */
    public Opening open(Admission admission, Caller caller) {
        if (!audit.isHealthy()) {
            return new Opening.Refused(unrecorded());
        }
        int most = gate.limits(admission).sessions();
        Optional<Usage> usage = usage(admission, most);
        if (usage.isEmpty()) {
            String message = "sallyport: too many sessions of this identity on this target (" + most + ")";
            return new Opening.Refused(refuse(
                    caller,
                    admission.target().name().value(),
                    Optional.of(admission.identity()),
                    new Refused(Refusal.Kind.LIMITED, "too-many-sessions", message, message, "Close some of them.")));
        }
        Session session = new Session(this, newId(ID_LENGTH), admission, caller, usage.get());
        open.put(session.id(), session);
        audit.append(opened(session, caller));
        return new Opening.Opened(session);
    }

    /**
     * Why a connection does not become a session.
     *
     * @param kind what the client is told, as a kind
     * @param reason a stable code for the audit log
     * @param detail more for the operator; never a secret
     * @param message what the client is told
     * @param hint what the client can do
     */
    public record Refused(Refusal.Kind kind, String reason, String detail, String message, String hint) {}

    /** Records that a connection was refused, and gives what its client is told. */
    public Refusal refuse(Caller caller, String target, Optional<Identity> identity, Refused why) {
        String incident = newIncident();
        audit.append(new AuditEvent.ConnectionRefused(
                clock.instant(),
                incident,
                caller.protocol(),
                caller.remote(),
                target,
                caller.claimedUser(),
                identity.map(Identity::principal),
                why.reason(),
                why.detail()));
        return new Refusal(why.kind(), why.message(), why.hint(), incident);
    }

    /** All that are open now. */
    public Collection<Session> all() {
        return List.copyOf(open.values());
    }

    public Gate gate() {
        return gate;
    }

    /** To be called when a new revision of the policy is in force: decides all held commands again. */
    public void revised() {
        approvals.redecide(this::decideAgain);
    }

    private Decision decideAgain(Pending pending) {
        return switch (gate.admit(
                pending.request().identity(), pending.request().target())) {
            case AdmissionResult.Admitted(Admission admission) ->
                gate.decide(admission, pending.request().command());
            case AdmissionResult.Refused refused ->
                new Decision.Deny(
                        Decision.Reason.ADMISSION,
                        "sallyport: this identity is no longer admitted to this target",
                        "The policy has changed.",
                        List.of(),
                        gate.revision());
        };
    }

    Refusal unrecorded() {
        return new Refusal(
                Refusal.Kind.EVIDENCE_UNAVAILABLE,
                "sallyport: the audit log cannot be written, so nothing was run",
                "Try again once the gateway's disk is in order.",
                newIncident());
    }

    String newIncident() {
        return newId(INCIDENT_LENGTH);
    }

    void closed(Session session, Usage usage) {
        open.remove(session.id());
        usage.closed();
    }

    /** What counts a session that is opened, empty where it would be one too many. */
    private Optional<Usage> usage(Admission admission, int most) {
        forgetIdle();
        String key = admission.identity().principal() + " " + admission.target().name();
        AtomicBoolean opened = new AtomicBoolean();
        Usage usage = usages.compute(key, (k, known) -> {
            Usage counting = known == null ? new Usage() : known;
            opened.set(counting.tryOpen(most));
            return counting;
        });
        return opened.get() ? Optional.of(usage) : Optional.empty();
    }

    /** Identities come and go; of those that are gone nothing has to be kept once what they used up is made up for. */
    private void forgetIdle() {
        Instant now = clock.instant();
        Instant before = forgotten.get();
        if (now.isBefore(before.plus(FORGETTING)) || !forgotten.compareAndSet(before, now)) {
            return;
        }
        for (String key : usages.keySet()) {
            usages.computeIfPresent(key, (k, usage) -> usage.isIdle(now) ? null : usage);
        }
    }

    private AuditEvent opened(Session session, Caller caller) {
        Identity identity = session.identity();
        return new AuditEvent.SessionOpened(
                clock.instant(),
                session.id(),
                caller.protocol(),
                caller.remote(),
                session.admission().target().name().value(),
                identity.issuer(),
                identity.subject(),
                identity.client(),
                identity.groups().stream().map(GroupName::toString).sorted().toList(),
                identity.actors(),
                caller.claimedUser(),
                caller.application(),
                gate.revision(),
                identity.expiresAt());
    }

    private String newId(int length) {
        char[] id = new char[length];
        for (int i = 0; i < length; i++) {
            id[i] = ID_LETTERS[random.nextInt(ID_LETTERS.length)];
        }
        return new String(id);
    }
}
