package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.Verification.Fault;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a log offline: every record's frame, checksum, index and content, every segment's place in the chain, and the
 * Merkle root at every checkpoint. After a fault it goes on with the next segment, whose header has the tree it needs.
 *
 * <p>What it cannot see without a checkpoint kept elsewhere: that the end of the log was cut off together with its
 * checkpoints, or that all of it was made anew. So it says up to which size and time it vouches.
 */
public final class AuditVerifier {
    /** How often the end of a log that is being written is looked at again before it counts as torn. */
    private static final int LOOKS = 10;

    private static final long LOOK_MILLIS = 50;

    private final LogDirectory directory;
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long records;
    private @Nullable Checkpoint vouched;
    /** Where the segment before ended, and with which tree; absent where that is not known. */
    private @Nullable MerkleTree tree = new MerkleTree();

    private @Nullable String log;

    private final int looks;

    private AuditVerifier(LogDirectory directory, int looks) {
        this.directory = directory;
        this.looks = looks;
    }

    /** @throws IOException where the directory cannot be read or holds no log */
    public static Verification verify(Path path) throws IOException {
        return verify(path, LOOKS);
    }

    static Verification verify(Path path, int looks) throws IOException {
        LogDirectory directory = new LogDirectory(path);
        if (directory.segments().isEmpty() && directory.checkpointFiles().isEmpty()) {
            throw new IOException(path + " holds no audit log");
        }
        return new AuditVerifier(directory, looks).run();
    }

    private Verification run() throws IOException {
        List<Long> found = directory.segments();
        long last = Math.max(found.isEmpty() ? 0 : found.getLast(), lastCheckpointed());
        for (long number = 1; number <= last; number++) {
            if (found.contains(number)) {
                segment(number);
            } else {
                fault(directory.records(number), 0, tree == null ? 0 : tree.size(), "the segment is missing");
                tree = null;
            }
        }
        return new Verification(records, found.size(), Optional.ofNullable(vouched), faults, notes);
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
            notes.add(directory.checkpoints(number).getFileName() + " belongs to a segment that was never begun");
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
            MerkleTree segmentTree = reader.header().tree();
            boolean whole;
            try (CheckpointScan checkpoints = checkpoints(number, reader.header(), next)) {
                whole = records(path, reader, segmentTree, checkpoints, next);
                checkpoints.rest(segmentTree.size());
            }
            tree = whole ? segmentTree : null;
            if (next.isPresent()) {
                surplus(path, reader, next.get());
            }
        } catch (IllegalArgumentException unreadable) {
            fault(path, 0, tree == null ? 0 : tree.size(), String.valueOf(unreadable.getMessage()));
            tree = null;
        }
    }

    /** The header of a segment, where there is one that can be read; what is wrong with it is told in its turn. */
    private Optional<SegmentHeader> header(long number) throws IOException {
        if (!Files.exists(directory.records(number))) {
            return Optional.empty();
        }
        try (SegmentReader reader = SegmentReader.open(directory.records(number), Kind.RECORDS)) {
            return Optional.of(reader.header());
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
        while (true) {
            long offset = reader.offset();
            switch (patiently(reader, next.isEmpty())) {
                case Step.Whole(StoredRecord stored) -> {
                    readable(path, stored);
                    segmentTree.add(stored.bytes(), stored.bytes().length);
                    records++;
                    checkpoints.reached(segmentTree);
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

    /** The last record of a log that is being written may be half there for a moment. */
    private Step patiently(SegmentReader reader, boolean last) throws IOException {
        Step step = reader.next();
        for (int look = 1; last && step instanceof Step.Broken && look < looks; look++) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return step;
            }
            step = reader.next();
        }
        return step;
    }

    private void readable(Path path, StoredRecord stored) {
        try {
            stored.event();
        } catch (IllegalArgumentException unknown) {
            fault(path, stored.offset(), stored.index(), String.valueOf(unknown.getMessage()));
        }
    }

    /** What lies behind a segment's end is no part of the log; but more than room is there only after a failure. */
    private void surplus(Path path, SegmentReader reader, SegmentHeader next) throws IOException {
        if (reader.isZeroFrom(next.previousBytes())) {
            return;
        }
        String what = (Files.size(path) - next.previousBytes()) + " bytes lie behind the segment's end";
        if (next.afterFailure()) {
            notes.add(path.getFileName() + ": " + what + ", left by a failure; they are not part of the log");
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
        boolean mayBeTorn = next.isPresent() && next.get().afterFailure();
        return new CheckpointScan(path, reader, mayBeTorn, next.isEmpty());
    }

    private void fault(Path path, long offset, long index, String what) {
        faults.add(new Fault(String.valueOf(path.getFileName()), offset, index, what));
    }

    /** The checkpoints of one segment, compared with the tree as it grows. */
    private final class CheckpointScan implements AutoCloseable {
        private final Path path;
        private final @Nullable SegmentReader reader;
        private final boolean mayBeTorn;
        private final boolean mayGrow;
        private @Nullable Checkpoint next;
        private long offset;

        CheckpointScan(Path path, @Nullable SegmentReader reader, boolean mayBeTorn, boolean mayGrow)
                throws IOException {
            this.path = path;
            this.reader = reader;
            this.mayBeTorn = mayBeTorn;
            this.mayGrow = mayGrow;
            advance();
        }

        /** Compares all checkpoints of the tree's size with it. */
        void reached(MerkleTree now) throws IOException {
            for (Checkpoint at = next; at != null && at.size() <= now.size(); at = next) {
                if (at.size() < now.size()) {
                    fault(path, offset, at.size(), "checkpoint of " + at.size() + " records stands out of order");
                } else if (!Arrays.equals(at.root(), now.root())) {
                    fault(
                            path,
                            offset,
                            at.size(),
                            "the records before are not those of the checkpoint of " + at.size()
                                    + " records: its root is " + at.rootHex());
                } else if (!at.log().equals(log)) {
                    fault(path, offset, at.size(), "checkpoint of another log");
                } else if (faults.isEmpty()) {
                    vouched = at;
                }
                advance();
            }
        }

        boolean isBehind(long index) {
            return next == null && index >= (vouched == null ? 0 : vouched.size());
        }

        /** What is left claims more records than there are. */
        void rest(long size) throws IOException {
            while (next != null) {
                if (!mayGrow || next.size() > size) {
                    fault(
                            path,
                            offset,
                            size,
                            "checkpoint of " + next.size() + " records, but only " + size + " are there");
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
            switch (patiently(reader, mayGrow)) {
                case Step.Whole(StoredRecord stored) -> next = checkpoint(stored);
                case Step.End() -> {}
                case Step.Broken(String what) -> {
                    if (mayBeTorn) {
                        notes.add(path.getFileName() + " offset " + offset + ": " + what + ", left by a failure");
                    } else {
                        fault(path, offset, reader.index(), what);
                    }
                }
            }
        }

        private @Nullable Checkpoint checkpoint(StoredRecord stored) throws IOException {
            try {
                if (stored.type() != Frame.CHECKPOINT || stored.coding() != Frame.PLAIN) {
                    throw new IllegalArgumentException("is no checkpoint");
                }
                return Checkpoint.parse(stored.payload());
            } catch (IllegalArgumentException unreadable) {
                fault(path, stored.offset(), stored.index(), String.valueOf(unreadable.getMessage()));
                return null;
            }
        }

        @Override
        public void close() throws IOException {
            if (reader != null) {
                reader.close();
            }
        }
    }
}
