package dev.sallyport.core.policy;

/** What the {@link Gate} says of an identity that wants to reach a target. */
public sealed interface AdmissionResult {
    /** It may open a session; the proof is what dialling takes. */
    record Admitted(Admission admission) implements AdmissionResult {}

    /**
     * It may not.
     *
     * @param reason why, for the audit log; the client is told no more than that it may not, so that it cannot find out
     *     which targets exist
     */
    record Refused(String reason) implements AdmissionResult {}
}
