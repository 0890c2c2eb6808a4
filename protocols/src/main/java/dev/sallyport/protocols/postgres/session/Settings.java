package dev.sallyport.protocols.postgres.session;

import java.time.Duration;

/**
 * The bounds of a session on the PostgreSQL wire.
 *
 * @param maxMessageBytes of one message from the client
 * @param maxRowBytes of one message from the target, and so of one row
 * @param recordedBytes how much of each command's answer the recording keeps
 * @param recordedSessionBytes how much of all answers of a session it keeps
 * @param maxPrepared how many prepared statements, and how many portals, a session may have
 * @param expiryGrace how long a command that runs when the token expires may go on
 */
public record Settings(
        int maxMessageBytes,
        int maxRowBytes,
        int recordedBytes,
        long recordedSessionBytes,
        int maxPrepared,
        Duration expiryGrace) {
    public static final Settings DEFAULT =
            new Settings(16 << 20, 64 << 20, 64 << 10, 64 << 20, 10_000, Duration.ofSeconds(30));

    public Settings {
        requirePositive("maxMessageBytes", maxMessageBytes);
        requirePositive("maxRowBytes", maxRowBytes);
        requirePositive("maxPrepared", maxPrepared);
        if (recordedBytes < 0 || recordedSessionBytes < 0) {
            throw new IllegalArgumentException("recordedBytes: " + recordedBytes + ", recordedSessionBytes: "
                    + recordedSessionBytes + " (expected: >= 0)");
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
