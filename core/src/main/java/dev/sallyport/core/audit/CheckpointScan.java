package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.MerkleTree;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The checkpoints of one segment, whose signatures are checked, and compared with the tree as it grows. */
final class CheckpointScan implements AutoCloseable {
    private final Path path;
    private final @Nullable SegmentReader reader;
    private final VerifierKeys keys;
    private final String log;
    private final Findings findings;
    private final Ending ending;
    private @Nullable SignedCheckpoint next;
    private long offset;

    /**
     * How the file may end.
     *
     * @param mayBeTorn whether the segment ended in a failure, so that its last checkpoint may be half there
     * @param looks how often an end that is half there is looked at again, since it may be being written
     * @param mayGrow whether more may be written than was read of the records
     */
    record Ending(boolean mayBeTorn, int looks, boolean mayGrow) {}

    /** Reads nothing where there is no {@code reader}, which is a fault that was told. */
    CheckpointScan(
            Path path, @Nullable SegmentReader reader, VerifierKeys keys, String log, Ending ending, Findings findings)
            throws IOException {
        this.path = path;
        this.reader = reader;
        this.keys = keys;
        this.log = log;
        this.ending = ending;
        this.findings = findings;
        advance();
    }

    /** Compares all checkpoints of the tree's size with it. */
    void reached(MerkleTree now) throws IOException {
        for (SignedCheckpoint at = next; at != null && at.checkpoint().size() <= now.size(); at = next) {
            compare(at, at.checkpoint(), now);
            advance();
        }
    }

    private void compare(SignedCheckpoint signed, Checkpoint at, MerkleTree now) {
        if (at.size() < now.size()) {
            fault(at.size(), "checkpoint of " + at.size() + " records stands out of order");
        } else if (!Arrays.equals(at.root(), now.root())) {
            fault(
                    at.size(),
                    "the records before are not those of the checkpoint of " + at.size() + " records: its root is "
                            + at.rootHex());
        } else if (!at.log().equals(log)) {
            fault(at.size(), "checkpoint of another log");
        } else {
            findings.vouch(signed);
        }
    }

    /** Whether no checkpoint speaks of the record at {@code index}. */
    boolean isBehind(long index) {
        return next == null && index >= findings.vouchedSize();
    }

    /** What is left claims more records than there are. */
    void rest(long size) throws IOException {
        while (next != null) {
            long claimed = next.checkpoint().size();
            if (!ending.mayGrow() || claimed > size) {
                fault(size, "checkpoint of " + claimed + " records, but only " + size + " are there");
            }
            advance();
        }
    }

    private void advance() throws IOException {
        next = null;
        if (reader == null) {
            return;
        }
        offset = reader.offset();
        switch (Patience.next(reader, ending.looks())) {
            case Step.Whole(StoredRecord stored) -> next = opened(stored);
            case Step.End() -> {}
            case Step.Broken(String what) -> {
                if (ending.mayBeTorn()) {
                    findings.note(path.getFileName() + " offset " + offset + ": " + what + ", left by a failure");
                } else {
                    fault(reader.index(), what);
                }
            }
        }
    }

    /** A checkpoint that is none, or that nobody known signed, is told and passed over. */
    private @Nullable SignedCheckpoint opened(StoredRecord stored) throws IOException {
        try {
            if (stored.type() != Frame.CHECKPOINT || stored.coding() != Coding.PLAIN) {
                throw new IllegalArgumentException("is no checkpoint");
            }
            return keys.open(stored.payload());
        } catch (IllegalArgumentException unusable) {
            fault(stored.index(), "checkpoint: " + unusable.getMessage());
            advance();
            return next;
        }
    }

    private void fault(long index, String what) {
        findings.fault(path, offset, index, what);
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
