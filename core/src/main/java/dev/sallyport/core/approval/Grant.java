package dev.sallyport.core.approval;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.Evidence;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The proof that one held command was approved, good for running it once. Only {@link Approvals} makes one. The first
 * attempt to use it uses it up, whatever comes of it.
 */
public final class Grant {
    private final String approval;
    private final Request request;
    private final Digest digest;
    private final long revision;
    private final Instant expiresAt;
    private final AuditLog audit;
    private final Clock clock;
    private final AtomicBoolean used = new AtomicBoolean();

    Grant(Pending pending, Instant expiresAt, AuditLog audit, Clock clock) {
        this.approval = pending.id();
        this.request = pending.request();
        this.digest = pending.digest();
        this.revision = pending.decision().revision();
        this.expiresAt = expiresAt;
        this.audit = audit;
        this.clock = clock;
    }

    /** The approval's id. */
    public String approval() {
        return approval;
    }

    /**
     * Uses it up for a command.
     *
     * @param now the digest of what is about to be forwarded
     * @param revisionNow the policy's revision in force; under a newer one than it was approved by, the command has to be
     *     decided again
     */
    public Use use(Digest now, long revisionNow) {
        if (!used.compareAndSet(false, true)) {
            return new Use.Refused("the approval was used before");
        }
        if (!digest.equals(now)) {
            return new Use.Refused("the approval is for another command");
        }
        if (revision != revisionNow) {
            return new Use.Refused("the policy changed since it was approved");
        }
        Instant at = clock.instant();
        if (!at.isBefore(expiresAt)) {
            return new Use.Refused("the approval has expired");
        }
        return new Use.Granted(audit.appendSynced(
                new AuditEvent.GrantUsed(at, approval, request.session(), request.sequence(), digest.hex())));
    }

    @Override
    public String toString() {
        return "Grant[" + approval + "]";
    }

    /** What came of using a grant. */
    public sealed interface Use {
        /**
         * The command may run once the evidence is synced.
         *
         * @param evidence of the grant's use
         */
        record Granted(Evidence evidence) implements Use {}

        /** It may not. */
        record Refused(String reason) implements Use {}
    }
}
