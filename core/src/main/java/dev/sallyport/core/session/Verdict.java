package dev.sallyport.core.session;

/** What becomes of a command that a session submits. */
public sealed interface Verdict {

    /** It may be forwarded as soon as its evidence stands. */
    record Run(CommandRun run) implements Verdict {}

    /** It is not forwarded. */
    record Refuse(Refusal refusal) implements Verdict {}

    /** It waits for a person. */
    record Wait(HeldCommand held) implements Verdict {}
}
