package dev.sallyport.core.audit;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of a log is kept.
 *
 * @param maxAge records go when all of their segment are older
 * @param maxBytes the oldest segments' records go while all files of the log together are larger
 */
public record RetentionLimits(Optional<Duration> maxAge, Optional<Long> maxBytes) {
    /** All of it. */
    public static final RetentionLimits NONE = new RetentionLimits(Optional.empty(), Optional.empty());

    public RetentionLimits {
        if (maxAge.isPresent() && !maxAge.get().isPositive()) {
            throw new IllegalArgumentException("maxAge: " + maxAge.get() + " (expected: more than nothing)");
        }
        if (maxBytes.isPresent() && maxBytes.get() < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes.get() + " (expected: > 0)");
        }
    }
}
