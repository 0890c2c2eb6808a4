package dev.sallyport.core.approval;

/** What became of somebody's word on a held command. */
public sealed interface VoteResult {
    /** It counts; so many more are needed. */
    record Counted(int remaining) implements VoteResult {}

    /** It counts and decided. */
    record Resolved() implements VoteResult {}

    /** It does not count. */
    record NotEligible(String reason) implements VoteResult {}

    /** There is no such approval. */
    record NotFound() implements VoteResult {}

    /**
     * It came too late.
     *
     * @param outcome how it had ended, as the audit log has it
     */
    record AlreadyResolved(String outcome) implements VoteResult {}

    /** The audit log could not keep it, so it does not count. */
    record NotRecorded() implements VoteResult {}
}
