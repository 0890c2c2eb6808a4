package dev.sallyport.core.session;

import java.time.Instant;

/** What one identity uses up on one target, over all its sessions. */
final class Usage {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final GuessBudget guesses = new GuessBudget();
    private int sessions;
    private double tokens = -1;
    private long refilledAt;

    synchronized boolean tryOpen(int most) {
        if (sessions >= most) {
            return false;
        }
        sessions++;
        return true;
    }

    synchronized void closed() {
        sessions--;
    }

    GuessBudget guesses() {
        return guesses;
    }

    /** Whether it is as good as a new one, but for a second's worth of commands. */
    synchronized boolean isIdle(Instant now) {
        return sessions == 0 && guesses.isFull(now);
    }

    /** Takes one from a bucket that holds a second's worth of commands and fills up evenly. */
    synchronized boolean tryCommand(int perSecond, long nowNanos) {
        if (perSecond == Integer.MAX_VALUE) {
            return true;
        }
        double refill = (nowNanos - refilledAt) * (double) perSecond / SECOND_NANOS;
        tokens = tokens < 0 ? perSecond : Math.min(perSecond, tokens + refill);
        refilledAt = nowNanos;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
