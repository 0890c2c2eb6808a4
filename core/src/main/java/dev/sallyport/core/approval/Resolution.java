package dev.sallyport.core.approval;

import dev.sallyport.core.policy.Decision;

/** How a hold ended. Only the first two let the command run. */
public sealed interface Resolution {
    /**
     * Enough people approved it.
     *
     * @param grant to be used up before the command is forwarded
     * @param decision the decision that held it last, with what the command carries along
     */
    record Approved(Grant grant, Decision.Hold decision) implements Resolution {}

    /** A newer policy allows it without anybody's approval. */
    record Allowed(Decision.Allow decision) implements Resolution {}

    /**
     * Somebody said no.
     *
     * @param by who, as {@code issuer:subject}
     * @param comment what they had to say, empty where nothing
     */
    record Denied(String by, String comment) implements Resolution {}

    /** A newer policy denies it. */
    record PolicyDenied(Decision.Deny decision) implements Resolution {}

    /** Nobody decided in time. */
    record Expired() implements Resolution {}

    /** It is no longer wanted. */
    record Withdrawn(Withdrawal why) implements Resolution {}
}
