package dev.sallyport.core.policy;

import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.target.Target;

/**
 * A proof that an identity was admitted to a target. Only the {@link Gate} makes one, and only with one can a target be
 * dialled. It is kept for the session's life; whether it still holds under a newer revision is the gate's to say
 * ({@link Gate#stillAdmitted}).
 */
public final class Admission {
    private final Identity identity;
    private final Target target;

    /** The rules of the revision that was last asked, so that they are selected once a revision and not once a command. */
    private volatile ApplicableRules rules;

    Admission(Identity identity, Target target, ApplicableRules rules) {
        this.identity = identity;
        this.target = target;
        this.rules = rules;
    }

    public Identity identity() {
        return identity;
    }

    /** The target as it was configured when the identity was admitted. */
    public Target target() {
        return target;
    }

    ApplicableRules rules() {
        return rules;
    }

    void rules(ApplicableRules newer) {
        rules = newer;
    }

    @Override
    public String toString() {
        return identity + " at " + target.name();
    }
}
