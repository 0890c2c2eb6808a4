package dev.sallyport.core.session;

/**
 * What a client is told when a command of its does not run. It is on record under the same incident.
 *
 * @param kind the kind of refusal, which each protocol maps to its own codes
 * @param message what happened; safe to show
 * @param hint what the client can do; safe to show, may be empty
 * @param incident the id under which the audit log has the reason
 */
public record Refusal(Kind kind, String message, String hint, String incident) {

    /** The kinds of refusal. */
    public enum Kind {
        /** A policy says no, or none says yes. */
        DENIED,
        /** The gateway does not do this for anybody. */
        UNSUPPORTED,
        /** It is no text in the encoding that it has to be in, so nobody can say what it asks for. */
        UNREADABLE,
        /** A person said no. */
        NOT_APPROVED,
        /** Nobody said anything in time. */
        APPROVAL_EXPIRED,
        /** The client took it back, or left, before it ran. */
        WITHDRAWN,
        /** Too much or too fast. */
        LIMITED,
        /** The gateway had no time to look at it; the same may run in a moment. */
        BUSY,
        /** The audit log cannot be written, so it was not forwarded. */
        EVIDENCE_UNAVAILABLE,
        /** The session has ended: the token expired, or a newer policy does not admit the identity. */
        SESSION_ENDED,
        /** The gateway is stopping. */
        STOPPING
    }
}
