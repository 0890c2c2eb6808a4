package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.NoteSigner;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a log is written.
 *
 * @param segmentBytes from which size on a segment is followed by a new one
 * @param roomBytes how much of the last segment is filled with zeros ahead of the records; 0 for none
 * @param pendingBytes how much may wait to be written or synced; what comes beyond it is refused
 * @param syncInterval at the latest after this time what nobody waits for is synced
 * @param checkpointInterval how often, at most, a checkpoint is written
 * @param retryDelay how long after a failure a new segment is tried for the first time; it doubles up to 32 times that
 * @param signer signs checkpoints; absent for the key that lies beside the log, and is made where there is none
 * @param published is given each checkpoint that was written, and must not block
 */
public record AuditLogOptions(
        long segmentBytes,
        int roomBytes,
        long pendingBytes,
        Duration syncInterval,
        Duration checkpointInterval,
        Duration retryDelay,
        Optional<NoteSigner> signer,
        Consumer<SignedCheckpoint> published) {
    /**
     * 64 MiB a segment, 256 KiB of room, 64 MiB waiting, a sync each second, a retry after 100 ms. A checkpoint each half
     * second: so with what a sync takes none is more than a second after the one before while there is something to sign.
     */
    public static final AuditLogOptions DEFAULT = new AuditLogOptions(
            64 << 20, 256 << 10, 64 << 20, Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMillis(100));

    public AuditLogOptions {
        if (segmentBytes < 1 || pendingBytes < 1) {
            throw new IllegalArgumentException(
                    "segmentBytes: " + segmentBytes + ", pendingBytes: " + pendingBytes + " (expected: > 0)");
        }
        if (roomBytes < 0) {
            throw new IllegalArgumentException("roomBytes: " + roomBytes + " (expected: >= 0)");
        }
        requirePositive("syncInterval", syncInterval);
        requirePositive("checkpointInterval", checkpointInterval);
        requirePositive("retryDelay", retryDelay);
    }

    /** Signed with the key beside the log, and published nowhere. */
    public AuditLogOptions(
            long segmentBytes,
            int roomBytes,
            long pendingBytes,
            Duration syncInterval,
            Duration checkpointInterval,
            Duration retryDelay) {
        this(
                segmentBytes,
                roomBytes,
                pendingBytes,
                syncInterval,
                checkpointInterval,
                retryDelay,
                Optional.empty(),
                checkpoint -> {});
    }

    /** The same, with segments of another size. */
    public AuditLogOptions withSegmentBytes(long bytes) {
        return new AuditLogOptions(
                bytes, roomBytes, pendingBytes, syncInterval, checkpointInterval, retryDelay, signer, published);
    }

    /** The same, with checkpoints signed by {@code other}; absent for the key that lies beside the log. */
    public AuditLogOptions withSigner(Optional<NoteSigner> other) {
        return new AuditLogOptions(
                segmentBytes, roomBytes, pendingBytes, syncInterval, checkpointInterval, retryDelay, other, published);
    }

    /** The same, with {@code other} being given each checkpoint. */
    public AuditLogOptions withPublished(Consumer<SignedCheckpoint> other) {
        return new AuditLogOptions(
                segmentBytes, roomBytes, pendingBytes, syncInterval, checkpointInterval, retryDelay, signer, other);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1 ms)");
        }
    }
}
