package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.ConsistencyProof;
import dev.sallyport.core.audit.proof.InclusionProof;
import dev.sallyport.core.audit.proof.MerkleTree;
import dev.sallyport.core.audit.proof.Opening;
import dev.sallyport.core.audit.proof.ProofBuilder;
import dev.sallyport.core.audit.proof.ProofFile;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.VerifierKeys;
import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes proofs from a log. What it makes it checks itself, so that a log that is not what its checkpoints say gives no
 * proof. It reads from the segment on that holds what is asked about, and takes the tree before from that one's header.
 */
public final class AuditProver {
    private static final String SAYS_MORE = " (audit verify says more)";

    private final LogDirectory directory;
    private final VerifierKeys keys;

    /** Over the log in {@code path}, whose checkpoints count if one of {@code keys} signed them. */
    public AuditProver(Path path, VerifierKeys keys) {
        this.directory = new LogDirectory(path);
        this.keys = keys;
    }

    /**
     * That the record at {@code index} is in the log, by the first checkpoint that speaks of it: the one nearest to when it
     * happened, for which the least has to be read.
     *
     * @throws IOException where there is no such record, or none of the checkpoints speaks of it yet
     */
    public ProofFile prove(long index) throws IOException {
        try (RecordStream records = RecordStream.open(directory, index)) {
            SignedCheckpoint under = first(records.firstSegment(), index)
                    .orElseThrow(() -> new IOException(
                            "no checkpoint signed by this key speaks of record " + index + " (the log ends with record "
                                    + (end(records) - 1) + "; what is new is signed within a second)"));
            return prove(index, under, records);
        }
    }

    /**
     * The same, with what opens this record alone. One that is not encrypted needs nothing.
     *
     * @param ring what the session's key is wrapped with
     * @throws IOException where it cannot be opened
     */
    public ProofFile disclose(long index, KeyRing ring) throws IOException {
        ProofFile proof = prove(index);
        try {
            Optional<Opening> opening = Disclosure.of(directory, AuditReader.segmentOf(directory, index), ring)
                    .opening(new StoredRecord(0, index, proof.record()));
            ProofFile disclosed = opening.map(proof::disclosing).orElse(proof);
            DisclosedEvent.of(disclosed);
            return disclosed;
        } catch (IllegalArgumentException cannot) {
            throw new IOException("record " + index + " cannot be disclosed: " + cannot.getMessage(), cannot);
        }
    }

    private ProofFile prove(long index, SignedCheckpoint under, RecordStream records) throws IOException {
        Checkpoint tree = under.checkpoint();
        ProofBuilder builder = ProofBuilder.inclusion(index, tree.size(), records.before());
        byte[] record = {};
        while (!builder.isComplete()) {
            StoredRecord next = records.next().orElseThrow(() -> cut(builder.next(), tree));
            if (builder.next() == index) {
                record = next.bytes();
            }
            builder.add(MerkleTree.leafHash(next.bytes()));
        }
        InclusionProof proof = new InclusionProof(index, tree.size(), builder.hashes());
        if (!proof.leads(MerkleTree.leafHash(record), tree.root())) {
            throw new IOException("the log is not what its checkpoint of " + tree.size() + " records says" + SAYS_MORE);
        }
        return new ProofFile(record, Optional.empty(), index, proof.hashes(), under.bytes());
    }

    /**
     * That the records of {@code older} are the first ones of {@code newer}.
     *
     * @throws IOException where they are not, and what that means
     */
    public ConsistencyProof consistency(Checkpoint older, Checkpoint newer) throws IOException {
        requireOf(newer.log(), older);
        if (older.size() > newer.size()) {
            throw new IOException("the log has " + newer.size() + " records as of " + newer.at()
                    + ", but the older checkpoint, of " + older.at() + ", has " + older.size()
                    + ": its end was cut off, or it was rolled back to an older copy");
        }
        try (LeafStream leaves = LeafStream.open(directory, Math.max(0, older.size() - 1))) {
            requireOf(leaves.log(), newer);
            ProofBuilder builder = ProofBuilder.consistency(older.size(), newer.size(), leaves.before());
            while (!builder.isComplete()) {
                builder.add(leaves.next().orElseThrow(() -> cut(builder.next(), newer)));
            }
            ConsistencyProof proof = new ConsistencyProof(older.size(), newer.size(), builder.hashes());
            if (!proof.leads(older.root(), newer.root())) {
                throw new IOException(
                        "the first " + older.size() + " records are not those of the older checkpoint, of " + older.at()
                                + ": the log was changed, or rolled back and written on" + SAYS_MORE);
            }
            return proof;
        }
    }

    /** The last checkpoint in the log that is rightly signed. */
    public SignedCheckpoint last() throws IOException {
        List<Long> segments = directory.segments();
        for (int i = segments.size() - 1; i >= 0; i--) {
            SignedCheckpoint last = lastOf(segments.get(i));
            if (last != null) {
                return last;
            }
        }
        throw new IOException(directory.path() + " holds no checkpoint that is signed by this key");
    }

    private @Nullable SignedCheckpoint lastOf(long segment) throws IOException {
        SignedCheckpoint last = null;
        try (SegmentReader reader = checkpoints(segment)) {
            while (reader.next() instanceof Step.Whole(StoredRecord stored)) {
                last = opened(stored).orElse(last);
            }
        }
        return last;
    }

    private Optional<SignedCheckpoint> first(long segment, long index) throws IOException {
        for (long number : directory.segments()) {
            if (number < segment) {
                continue;
            }
            try (SegmentReader reader = checkpoints(number)) {
                while (reader.next() instanceof Step.Whole(StoredRecord stored)) {
                    Optional<SignedCheckpoint> found =
                            opened(stored).filter(signed -> signed.checkpoint().size() > index);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** One that is not rightly signed proves nothing; the verifier calls it a fault. */
    private Optional<SignedCheckpoint> opened(StoredRecord stored) {
        try {
            return Optional.of(keys.open(stored.payload()));
        } catch (IllegalArgumentException unusable) {
            return Optional.empty();
        }
    }

    private SegmentReader checkpoints(long segment) throws IOException {
        Path path = directory.checkpoints(segment);
        try {
            return SegmentReader.open(path, Kind.CHECKPOINTS);
        } catch (IllegalArgumentException | NoSuchFileException unreadable) {
            throw new DamagedLogException(
                    String.valueOf(path.getFileName()), "cannot be read: " + unreadable.getMessage());
        }
    }

    /** With how many records the log ends. */
    private static long end(RecordStream records) {
        try {
            long end = records.before().size();
            while (records.next().isPresent()) {
                end++;
            }
            return end;
        } catch (IOException damaged) {
            return 0;
        }
    }

    private static void requireOf(String log, Checkpoint checkpoint) throws IOException {
        if (!checkpoint.log().equals(log)) {
            throw new IOException("this is log " + log + ", but the checkpoint is of log " + checkpoint.log());
        }
    }

    private static IOException cut(long size, Checkpoint checkpoint) {
        return new IOException("the log ends with " + size + " records, but its checkpoint of " + checkpoint.at()
                + " has " + checkpoint.size() + SAYS_MORE);
    }
}
