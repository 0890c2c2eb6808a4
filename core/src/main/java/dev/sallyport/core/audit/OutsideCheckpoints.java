package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.MerkleTree;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** Checkpoints that were kept elsewhere, compared with the tree as it grows: they see what was cut off or rolled back. */
final class OutsideCheckpoints {
    private final Deque<Checkpoint> waiting = new ArrayDeque<>();
    private final Findings findings;
    private long agreed;

    OutsideCheckpoints(List<SignedCheckpoint> outside, Findings findings) {
        outside.stream()
                .map(SignedCheckpoint::checkpoint)
                .sorted(Comparator.comparingLong(Checkpoint::size))
                .forEach(waiting::add);
        this.findings = findings;
    }

    /** Drops those of another log, each of which is a fault. */
    void ofLog(String log, Path path) {
        waiting.removeIf(checkpoint -> {
            boolean foreign = !checkpoint.log().equals(log);
            if (foreign) {
                findings.fault(
                        path,
                        0,
                        0,
                        "this is log " + log + ", but the checkpoint kept elsewhere is of log " + checkpoint.log());
            }
            return foreign;
        });
    }

    /** Compares those of the tree's size with it; the tree's last record ends at {@code offset}. */
    void reached(MerkleTree now, Path path, long offset) {
        for (Checkpoint at = waiting.peek(); at != null && at.size() <= now.size(); at = waiting.peek()) {
            waiting.remove();
            if (at.size() < now.size()) {
                unseen(at, path, offset, now.size());
            } else if (Arrays.equals(at.root(), now.root())) {
                agreed = at.size();
            } else {
                findings.fault(
                        path,
                        offset,
                        at.size(),
                        "the first " + at.size() + " records are not those of the checkpoint kept elsewhere, of "
                                + at.at()
                                + ": one of records " + agreed + " to " + (at.size() - 1)
                                + " was changed, or the log was rolled back and written on");
            }
        }
    }

    /**
     * The log ends with so many records.
     *
     * @param whole whether all of them could be read
     */
    void end(Path path, long offset, long size, boolean whole) {
        for (Checkpoint at = waiting.poll(); at != null; at = waiting.poll()) {
            if (whole) {
                findings.fault(
                        path,
                        offset,
                        size,
                        "the log ends with " + size + " records, but the checkpoint kept elsewhere, of " + at.at()
                                + ", has " + at.size()
                                + ": its end was cut off, or it was rolled back to an older copy");
            } else {
                unseen(at, path, offset, size);
            }
        }
    }

    private void unseen(Checkpoint at, Path path, long offset, long index) {
        findings.fault(
                path,
                offset,
                index,
                "what is wrong before keeps the first " + at.size()
                        + " records from being compared with the checkpoint kept elsewhere, of " + at.at());
    }
}
