package dev.sallyport.core.approval;

import java.time.Duration;

/**
 * How much may wait at once.
 *
 * @param held the commands held in all
 * @param heldPerIdentity the commands held for one issuer and subject
 * @param grantLife how long an approval stays good for its command to start
 */
public record ApprovalLimits(int held, int heldPerIdentity, Duration grantLife) {
    public static final ApprovalLimits DEFAULT = new ApprovalLimits(10_000, 20, Duration.ofMinutes(1));

    public ApprovalLimits {
        if (held < 1 || heldPerIdentity < 1) {
            throw new IllegalArgumentException(
                    "held: " + held + ", per identity: " + heldPerIdentity + " (expected: > 0)");
        }
        if (grantLife.isNegative() || grantLife.isZero()) {
            throw new IllegalArgumentException("grantLife: " + grantLife + " (expected: > 0)");
        }
    }
}
