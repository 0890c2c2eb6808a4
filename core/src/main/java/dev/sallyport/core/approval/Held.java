package dev.sallyport.core.approval;

/** Whether a command could be held. */
public sealed interface Held {
    /** It waits; its resolution is told once. */
    record Waiting(Pending pending) implements Held {}

    /**
     * It cannot be held, so it does not run.
     *
     * @param reason safe to show to the client
     */
    record Rejected(String reason) implements Held {}
}
