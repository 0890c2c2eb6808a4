package dev.sallyport.core.session;

import dev.sallyport.core.policy.Guess;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How much one identity may still ask of the masked columns of one target: for each mask a bucket that holds a minute's
 * worth of questions and fills up evenly. A full bucket is as good as none, so only those that something is missing from
 * are kept, and never more than there are masks. Safe to call from any thread.
 */
final class GuessBudget {
    private static final double MINUTE_MILLIS = 60_000;

    private final Map<String, Bucket> buckets = new HashMap<>();

    /**
     * Something may not be asked now.
     *
     * @param pause how long until it may, empty where it never may in one command
     */
    record Shortage(Guess guess, Optional<Duration> pause) {}

    /**
     * What is missing from a bucket.
     *
     * @param missing how many questions, as of {@code at}
     */
    private record Bucket(double missing, int perMinute, Instant at) {
        double missing(Instant now) {
            long elapsed = Math.max(0, Duration.between(at, now).toMillis());
            return Math.max(0, missing - elapsed * perMinute / MINUTE_MILLIS);
        }
    }

    /** Takes what is asked of every mask; where one has too little left, says so and takes nothing. */
    synchronized Optional<Shortage> take(List<Guess> guesses, Instant now) {
        for (Guess guess : guesses) {
            double over = missing(guess, now) + guess.times() - guess.perMinute();
            if (over > 0) {
                return Optional.of(new Shortage(guess, pause(guess, over)));
            }
        }
        for (Guess guess : guesses) {
            buckets.put(guess.rule(), new Bucket(missing(guess, now) + guess.times(), guess.perMinute(), now));
        }
        return Optional.empty();
    }

    private double missing(Guess guess, Instant now) {
        Bucket bucket = buckets.get(guess.rule());
        return bucket == null ? 0 : bucket.missing(now);
    }

    private static Optional<Duration> pause(Guess guess, double over) {
        return guess.times() > guess.perMinute()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((long) Math.ceil(over * MINUTE_MILLIS / guess.perMinute())));
    }

    /** Whether every bucket is full again. */
    synchronized boolean isFull(Instant now) {
        buckets.values().removeIf(bucket -> bucket.missing(now) == 0);
        return buckets.isEmpty();
    }
}
