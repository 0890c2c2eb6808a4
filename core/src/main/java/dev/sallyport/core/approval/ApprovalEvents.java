package dev.sallyport.core.approval;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.policy.Decision;
import java.time.Instant;

/** What the audit log gets to read of approvals. */
final class ApprovalEvents {
    private ApprovalEvents() {}

    static AuditEvent requested(Pending pending) {
        Request request = pending.request();
        Decision.HoldTerms terms = pending.decision().terms();
        return new AuditEvent.ApprovalRequested(
                pending.requestedAt(),
                pending.id(),
                request.session(),
                request.sequence(),
                pending.digest().hex(),
                terms.approvers().stream().map(GroupName::toString).sorted().toList(),
                terms.count(),
                pending.expiresAt(),
                pending.decision().revision());
    }

    static AuditEvent voted(
            Instant at,
            String id,
            String session,
            Identity approver,
            boolean approve,
            boolean accepted,
            String detail) {
        return new AuditEvent.ApprovalVoted(at, id, session, approver.principal(), approve, accepted, detail);
    }

    static AuditEvent resolved(Instant at, String id, Request request, Resolution resolution) {
        return new AuditEvent.ApprovalResolved(
                at, id, request.session(), request.sequence(), outcome(resolution), detail(resolution));
    }

    static String outcome(Resolution resolution) {
        return switch (resolution) {
            case Resolution.Approved _ -> "approved";
            case Resolution.Allowed _ -> "allowed";
            case Resolution.Denied _, Resolution.PolicyDenied _ -> "denied";
            case Resolution.Expired _ -> "expired";
            case Resolution.Withdrawn _ -> "withdrawn";
        };
    }

    private static String detail(Resolution resolution) {
        return switch (resolution) {
            case Resolution.Approved _, Resolution.Expired _ -> "";
            case Resolution.Allowed(Decision.Allow allow) -> "by policy revision " + allow.revision();
            case Resolution.PolicyDenied(Decision.Deny deny) -> "by policy revision " + deny.revision();
            case Resolution.Denied(String by, String comment) -> comment.isEmpty() ? by : by + ": " + comment;
            case Resolution.Withdrawn(Withdrawal why) -> why.label();
        };
    }
}
