package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.MerkleTree;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a log offline: every record's frame, checksum, index and content, every segment's place in the chain, and the
 * signature and the Merkle root of every checkpoint. After a fault it goes on with the next segment, whose header has the tree it needs.
 *
 * <p>What it cannot see without a checkpoint kept elsewhere: that the end of the log was cut off together with its
 * checkpoints, or that an older copy took its place. So it says up to which size and time it vouches.
 */
public final class AuditVerifier {
    /** How often the end of a log that is being written is looked at again before it counts as torn. */
    private static final int LOOKS = 10;

    private final LogDirectory directory;
    private final VerifierKeys keys;
    private final Findings findings = new Findings();
    private final OutsideCheckpoints outside;
    private final int looks;
    private long records;
    /** Where the segment before ended, and with which tree; absent where that is not known. */
    private @Nullable MerkleTree tree = new MerkleTree();

    private @Nullable String log;
    private long lastOffset;
    /** Up to which segment the log says that it deleted records. */
    private long deletedTo;

    private AuditVerifier(LogDirectory directory, VerifierKeys keys, List<SignedCheckpoint> outside, int looks) {
        this.directory = directory;
        this.keys = keys;
        this.outside = new OutsideCheckpoints(outside, findings);
        this.looks = looks;
    }

    /**
     * Checks the log in {@code path}.
     *
     * @param keys whose checkpoints count; one that none of them signed is a fault
     * @param outside checkpoints of the log that were kept elsewhere
     * @throws IOException where the directory cannot be read or holds no log
     */
    public static Verification verify(Path path, VerifierKeys keys, List<SignedCheckpoint> outside) throws IOException {
        return verify(path, keys, outside, LOOKS);
    }

    /** With the public keys that lie beside the log: enough against accidents, not against who may write the directory. */
    public static Verification verify(Path path) throws IOException {
        return verify(path, SigningKeyFiles.keys(SigningKeyFiles.verifierKeys(path)), List.of());
    }

    static Verification verify(Path path, VerifierKeys keys, List<SignedCheckpoint> outside, int looks)
            throws IOException {
        LogDirectory directory = new LogDirectory(path);
        if (directory.segments().isEmpty() && directory.checkpointFiles().isEmpty()) {
            throw new IOException(path + " holds no audit log");
        }
        return new AuditVerifier(directory, keys, outside, looks).run();
    }

    private Verification run() throws IOException {
        List<Long> found = directory.segments();
        List<Long> leaves = directory.leavesFiles();
        long last = Math.max(found.isEmpty() ? 0 : found.getLast(), lastCheckpointed());
        for (long number = 1; number <= last; number++) {
            if (found.contains(number)) {
                segment(number);
            } else if (leaves.contains(number)) {
                leaves(number);
            } else {
                fault(directory.records(number), 0, size(), "the segment is missing");
                tree = null;
            }
        }
        accountFor(leaves.stream().filter(number -> !found.contains(number)).toList());
        outside.end(directory.records(Math.max(1, last)), lastOffset, size(), tree != null);
        return new Verification(
                records,
                found.size(),
                findings.vouched().map(SignedCheckpoint::checkpoint),
                findings.faults(),
                findings.notes());
    }

    /** A file of checkpoints with nothing in it may be left of a segment that never came to be. */
    private long lastCheckpointed() throws IOException {
        List<Long> numbers = directory.checkpointFiles();
        List<Long> segments = directory.segments();
        for (int i = numbers.size() - 1; i >= 0; i--) {
            long number = numbers.get(i);
            if (segments.contains(number)) {
                return number;
            }
            if (!holdsNothing(number)) {
                return number;
            }
            findings.note(directory.checkpoints(number).getFileName() + " belongs to a segment that was never begun");
        }
        return 0;
    }

    private boolean holdsNothing(long number) throws IOException {
        try (SegmentReader reader = SegmentReader.open(directory.checkpoints(number), Kind.CHECKPOINTS)) {
            return reader.next() instanceof Step.End;
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private void segment(long number) throws IOException {
        Path path = directory.records(number);
        try (SegmentReader reader = SegmentReader.open(path, Kind.RECORDS)) {
            Optional<SegmentHeader> next = header(number + 1);
            next.ifPresent(following -> reader.endAt(following.previousBytes()));
            chained(path, number, reader.header());
            outside.ofLog(reader.header().log(), path);
            KeyScan.check(directory, reader.header(), next, looks, findings);
            MerkleTree segmentTree = reader.header().tree();
            boolean whole;
            try (CheckpointScan checkpoints = checkpoints(number, reader.header(), next)) {
                whole = records(path, reader, segmentTree, checkpoints, next);
                checkpoints.rest(segmentTree.size());
            }
            tree = whole ? segmentTree : null;
            lastOffset = reader.offset();
            if (next.isPresent()) {
                surplus(path, reader, next.get());
            }
        } catch (IllegalArgumentException unreadable) {
            fault(path, 0, size(), String.valueOf(unreadable.getMessage()));
            tree = null;
        }
    }

    /** A segment of which no more than the leaf hashes are left. */
    private void leaves(long number) throws IOException {
        Path path = directory.leaves(number);
        try (LeafHashes hashes = LeafHashes.open(path)) {
            chained(path, number, hashes.header());
            outside.ofLog(hashes.header().log(), path);
            MerkleTree grown = hashes.header().tree();
            try (CheckpointScan checkpoints = checkpoints(number, hashes.header(), header(number + 1))) {
                checkpoints.reached(grown);
                outside.reached(grown, path, 0);
                for (Optional<byte[]> hash = hashes.next(); hash.isPresent(); hash = hashes.next()) {
                    grown.addHash(hash.get());
                    checkpoints.reached(grown);
                    outside.reached(grown, path, 0);
                }
                checkpoints.rest(grown.size());
            }
            tree = grown;
        } catch (IllegalArgumentException unreadable) {
            fault(path, 0, size(), String.valueOf(unreadable.getMessage()));
            tree = null;
        }
    }

    /** What is gone has to be gone by right: the log says so itself. */
    private void accountFor(List<Long> gone) {
        for (long number : gone) {
            if (number > deletedTo) {
                fault(
                        directory.records(number),
                        0,
                        0,
                        "the segment is missing, and no segments-deleted event tells of it");
            }
        }
        if (!gone.isEmpty() && gone.getLast() <= deletedTo) {
            findings.note("of the segments up to " + gone.getLast()
                    + " only leaf hashes are there; the log says that it deleted their records");
        }
    }

    /** The header of a segment, where there is one that can be read; what is wrong with it is told in its turn. */
    private Optional<SegmentHeader> header(long number) throws IOException {
        if (!Files.exists(directory.records(number))) {
            return Files.exists(directory.leaves(number)) ? leavesHeader(number) : Optional.empty();
        }
        try (SegmentReader reader = SegmentReader.open(directory.records(number), Kind.RECORDS)) {
            // One that stands in another's place says nothing about where this one's neighbour ends.
            return Optional.of(reader.header()).filter(header -> header.number() == number);
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private Optional<SegmentHeader> leavesHeader(long number) throws IOException {
        try (LeafHashes hashes = LeafHashes.open(directory.leaves(number))) {
            return Optional.of(hashes.header()).filter(header -> header.number() == number);
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private void chained(Path path, long number, SegmentHeader header) {
        if (header.number() != number) {
            fault(path, 0, header.firstIndex(), "is segment " + header.number() + " by its header");
        }
        if (log != null && !log.equals(header.log())) {
            fault(path, 0, header.firstIndex(), "belongs to another log");
        }
        log = header.log();
        MerkleTree before = tree;
        if (before == null) {
            return;
        }
        if (header.firstIndex() != before.size()) {
            fault(
                    path,
                    0,
                    header.firstIndex(),
                    "begins at record " + header.firstIndex() + ", the segment before ends at " + before.size());
        } else if (!Arrays.equals(before.root(), header.tree().root())) {
            fault(path, 0, header.firstIndex(), "its tree is not that of the records before");
        }
    }

    private boolean records(
            Path path,
            SegmentReader reader,
            MerkleTree segmentTree,
            CheckpointScan checkpoints,
            Optional<SegmentHeader> next)
            throws IOException {
        checkpoints.reached(segmentTree);
        outside.reached(segmentTree, path, reader.offset());
        while (true) {
            long offset = reader.offset();
            switch (Patience.next(reader, next.isEmpty() ? looks : 1)) {
                case Step.Whole(StoredRecord stored) -> {
                    readable(path, stored);
                    segmentTree.add(stored.bytes(), stored.bytes().length);
                    records++;
                    checkpoints.reached(segmentTree);
                    outside.reached(segmentTree, path, reader.offset());
                }
                case Step.End() -> {
                    if (next.isPresent() && !reader.isAtEnd()) {
                        fault(path, offset, reader.index(), "the segment is cut short");
                        return false;
                    }
                    return true;
                }
                case Step.Broken(String what) -> {
                    fault(
                            path,
                            offset,
                            reader.index(),
                            next.isEmpty() && checkpoints.isBehind(reader.index())
                                    ? what + " (behind the last checkpoint: a crash may have torn it)"
                                    : what);
                    return false;
                }
            }
        }
    }

    private void readable(Path path, StoredRecord stored) {
        try {
            stored.requireKnown();
            if (stored.type() == EventType.SEGMENTS_DELETED.code()) {
                noteDeleted(stored);
            }
        } catch (IllegalArgumentException unknown) {
            fault(path, stored.offset(), stored.index(), String.valueOf(unknown.getMessage()));
        }
    }

    private void noteDeleted(StoredRecord stored) {
        if (stored.coding() == Coding.PLAIN
                && EventCodec.event(EventType.SEGMENTS_DELETED, EventCodec.fields(stored.payload()))
                        instanceof AuditEvent.SegmentsDeleted deleted) {
            deletedTo = Math.max(deletedTo, deleted.last());
        }
    }

    /** What lies behind a segment's end is no part of the log; but more than room is there only after a failure. */
    private void surplus(Path path, SegmentReader reader, SegmentHeader next) throws IOException {
        if (reader.isZeroFrom(next.previousBytes())) {
            return;
        }
        String what = (Files.size(path) - next.previousBytes()) + " bytes lie behind the segment's end";
        if (next.afterFailure()) {
            findings.note(path.getFileName() + ": " + what + ", left by a failure; they are not part of the log");
        } else {
            fault(path, next.previousBytes(), next.firstIndex(), what);
        }
    }

    private CheckpointScan checkpoints(long number, SegmentHeader header, Optional<SegmentHeader> next)
            throws IOException {
        Path path = directory.checkpoints(number);
        SegmentReader reader = null;
        try {
            reader = SegmentReader.open(path, Kind.CHECKPOINTS);
            if (!Arrays.equals(
                    reader.header().encode(), header.withKind(Kind.CHECKPOINTS).encode())) {
                fault(path, 0, header.firstIndex(), "its header is not that of the segment");
            }
        } catch (IllegalArgumentException unreadable) {
            fault(path, 0, header.firstIndex(), String.valueOf(unreadable.getMessage()));
        } catch (java.nio.file.NoSuchFileException missing) {
            fault(path, 0, header.firstIndex(), "the segment's checkpoints are missing");
        }
        CheckpointScan.Ending ending = new CheckpointScan.Ending(
                next.isPresent() && next.get().afterFailure(), next.isEmpty() ? looks : 1, next.isEmpty());
        return new CheckpointScan(path, reader, keys, header.log(), ending, findings);
    }

    private long size() {
        return tree == null ? 0 : tree.size();
    }

    private void fault(Path path, long offset, long index, String what) {
        findings.fault(path, offset, index, what);
    }
}
