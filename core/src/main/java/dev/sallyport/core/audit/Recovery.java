package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.LogInterrupted;
import dev.sallyport.core.audit.AuditEvent.TailCut;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.MerkleTree;
import dev.sallyport.core.audit.seal.KeyEncryptionKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is found when a log is opened to be written, and from where it goes on. A file that was left by another process
 * is not written on: a sync of it may have failed, and a later one would lie. Up to its last checkpoint the last segment
 * is known to be synced; the whole records behind that are written again at the head of a new segment, with what is to be
 * told of the crash, and what it left behind them is cut off into a file of its own. Nothing is cut before that segment
 * is durable: whoever dies in between leaves it to the next to find and tell the same.
 *
 * <p>A log in which something is wrong before its last checkpoint is damaged, not torn, and is not opened.
 *
 * @param header the head of the segment to begin with
 * @param keys the keys of that segment, from which {@code again} is to be read
 * @param again what that segment begins with: records of the one before, and what was found
 * @param checkpointsBytes how much of the checkpoints of the segment before is whole
 * @param keysBytes how much of the keys of the segment before is whole
 * @param generation how keys are numbered from here on
 */
record Recovery(
        SegmentHeader header,
        List<Frame> keys,
        List<Frame> again,
        long checkpointsBytes,
        long keysBytes,
        Generation generation) {

    static Recovery inspect(LogDirectory directory, LogFiles files, Clock clock, KeyEncryptionKey wrapper)
            throws IOException {
        List<Long> segments = directory.segments();
        requireUnbroken(directory, segments);
        if (segments.isEmpty()) {
            byte[] id = new byte[16];
            new SecureRandom().nextBytes(id);
            String log = HexFormat.of().formatHex(id);
            return new Recovery(
                    new SegmentHeader(SegmentHeader.Kind.RECORDS, false, log, 1, 0, 0, List.of()),
                    List.of(),
                    List.of(),
                    0,
                    0,
                    new Generation(log, wrapper, 0));
        }
        long last = segments.getLast();
        try {
            return new Scan(directory, files, clock, wrapper, last).run();
        } catch (IllegalArgumentException damaged) {
            throw damaged(directory.records(last), String.valueOf(damaged.getMessage()));
        }
    }

    /** Once the new segment is durable, nothing needs the bytes that it supersedes. */
    void cutPrevious(LogDirectory directory, LogFiles files) throws IOException {
        long previous = header.number() - 1;
        if (previous > 0) {
            cut(files, directory.records(previous), header.previousBytes());
            cut(files, directory.checkpoints(previous), checkpointsBytes);
            // Not kept as the others are: half a key opens nothing, and a whole one behind it could not be erased
            // there.
            cut(files, directory.keys(previous), keysBytes);
        }
    }

    private static void cut(LogFiles files, Path file, long length) throws IOException {
        if (length < Files.size(file)) {
            files.truncate(file, length);
        }
    }

    private static void requireUnbroken(LogDirectory directory, List<Long> segments) throws IOException {
        List<Long> leaves = directory.leavesFiles();
        long first = segments.isEmpty() ? leaves.size() + 1 : segments.getFirst();
        for (long number = 1; number < first; number++) {
            if (!leaves.contains(number)) {
                throw damaged(directory.records(number), "is missing");
            }
        }
        if (segments.isEmpty() && !leaves.isEmpty()) {
            throw damaged(directory.records(first), "is missing");
        }
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i) != first + i) {
                throw damaged(directory.records(first + i), "is missing");
            }
        }
        List<Long> checkpoints = directory.checkpointFiles();
        if (!checkpoints.containsAll(segments)) {
            throw damaged(directory.path(), "a segment's checkpoints are missing");
        }
        if (!directory.keyFiles().containsAll(segments)) {
            throw damaged(directory.path(), "a segment's keys are missing");
        }
        for (long number : checkpoints) {
            if (number >= first + segments.size() && !holdsNothing(directory.checkpoints(number))) {
                throw damaged(directory.records(number), "is missing, but has checkpoints");
            }
        }
    }

    /** A crash between the two names that a new segment gets leaves the file of checkpoints alone, with its header. */
    private static boolean holdsNothing(Path checkpoints) throws IOException {
        try (SegmentReader reader = SegmentReader.open(checkpoints, SegmentHeader.Kind.CHECKPOINTS)) {
            return reader.next() instanceof Step.End;
        } catch (IllegalArgumentException damaged) {
            return false;
        }
    }

    private static IOException damaged(Path file, String what) {
        return new IOException("audit log is damaged: " + file + ": " + what
                + ". Keep the directory as evidence, and start with an empty one");
    }

    /** One look through the last segment. */
    private static final class Scan {
        private final LogDirectory directory;
        private final LogFiles files;
        private final Clock clock;
        private final KeyEncryptionKey wrapper;
        private final long number;
        private final List<AuditEvent> findings = new ArrayList<>();
        private final List<Frame> keys = new ArrayList<>();
        private long keysBytes;
        private final Set<Integer> keyNumbers = new HashSet<>();
        private final List<Frame> again = new ArrayList<>();

        Scan(LogDirectory directory, LogFiles files, Clock clock, KeyEncryptionKey wrapper, long number) {
            this.directory = directory;
            this.files = files;
            this.clock = clock;
            this.wrapper = wrapper;
            this.number = number;
        }

        Recovery run() throws IOException {
            Path path = directory.records(number);
            try (SegmentReader reader = SegmentReader.open(path, SegmentHeader.Kind.RECORDS)) {
                SegmentHeader old = reader.header();
                LastCheckpoint last = lastCheckpoint(old);
                MerkleTree tree = old.tree();
                long vouched = last.size();
                Step step = vouchedPart(reader, tree, vouched);
                if (tree.size() != vouched || !Arrays.equals(tree.root(), last.root())) {
                    throw new IllegalArgumentException(
                            "at offset " + reader.offset() + " it is not what its last checkpoint says: "
                                    + (step instanceof Step.Broken(String what) ? what : "another root or size"));
                }
                long cut = reader.offset();
                boolean keysTorn = readKeys();
                restPart(reader, path);
                boolean unclean = keysTorn || !findings.isEmpty() || !again.isEmpty();
                if (unclean) {
                    findings.add(new LogInterrupted(
                            clock.instant(), last.at(), vouched, again.size(), 0, "the writer ended without closing"));
                }
                SegmentHeader header = new SegmentHeader(
                        SegmentHeader.Kind.RECORDS, unclean, old.log(), number + 1, vouched, cut, tree.edge());
                Generation generation = new Generation(old.log(), wrapper, firstFreeKey());
                if (!unclean) {
                    return new Recovery(header, List.of(), again, last.fileBytes(), keysBytes, generation.next());
                }
                tell(vouched + again.size(), generation);
                return new Recovery(header, keys, again, last.fileBytes(), keysBytes, generation);
            }
        }

        /** By a stream of their own: that of the gateway which is starting is not yet at work. */
        private void tell(long first, Generation generation) {
            EventSealer sealer = new EventSealer(Optional.empty());
            long index = first;
            for (AuditEvent finding : findings) {
                for (LogWriter.Entry entry : sealer.entries(finding, generation)) {
                    if (entry.isKey()) {
                        entry.frame().place(keys.size());
                        keys.add(entry.frame());
                    } else {
                        entry.frame().place(index++);
                        again.add(entry.frame());
                    }
                }
            }
        }

        private int firstFreeKey() {
            return keyNumbers.stream().mapToInt(key -> key + 1).max().orElse(0);
        }

        /**
         * All that are whole: what is torn at their end belongs to records that were never synced.
         *
         * @return whether something is torn there
         */
        private boolean readKeys() throws IOException {
            try (SegmentReader reader = SegmentReader.open(directory.keys(number), SegmentHeader.Kind.KEYS)) {
                Step step = reader.next();
                while (step instanceof Step.Whole(StoredRecord stored)) {
                    keys.add(Frame.copy(stored));
                    keyNumbers.add(KeyTable.read(stored).number());
                    step = reader.next();
                }
                keysBytes = reader.offset();
                return step instanceof Step.Broken;
            }
        }

        /** Ends with the first step that is behind the last checkpoint, or is not whole. */
        private static Step vouchedPart(SegmentReader reader, MerkleTree tree, long size) throws IOException {
            while (tree.size() < size) {
                Step step = reader.next();
                if (!(step instanceof Step.Whole(StoredRecord stored))) {
                    return step;
                }
                tree.add(stored.bytes(), stored.bytes().length);
            }
            return new Step.End();
        }

        /** Takes the whole records behind the last checkpoint that have their keys, and keeps what else is behind them. */
        private void restPart(SegmentReader reader, Path path) throws IOException {
            long end = reader.offset();
            Step step = reader.next();
            while (step instanceof Step.Whole(StoredRecord stored) && hasKey(stored)) {
                again.add(Frame.copy(stored));
                end = reader.offset();
                step = reader.next();
            }
            if (!(step instanceof Step.End)) {
                findings.add(keepTail(path, end));
            }
        }

        /** Where the machine died, the file system may have kept a record and not the key that was written before it. */
        private boolean hasKey(StoredRecord stored) {
            return stored.coding() == Coding.PLAIN
                    || keyNumbers.contains(SealedRecord.of(stored).key());
        }

        private LastCheckpoint lastCheckpoint(SegmentHeader segment) throws IOException {
            Path path = directory.checkpoints(number);
            try (SegmentReader reader = SegmentReader.open(path, SegmentHeader.Kind.CHECKPOINTS)) {
                LastCheckpoint last = new LastCheckpoint(
                        segment.firstIndex(), segment.tree().root(), clock.instant(), reader.offset());
                Step step = reader.next();
                while (step instanceof Step.Whole(StoredRecord stored)) {
                    Checkpoint checkpoint = Checkpoint.parse(stored.payload());
                    last = new LastCheckpoint(checkpoint.size(), checkpoint.root(), checkpoint.at(), reader.offset());
                    step = reader.next();
                }
                if (step instanceof Step.Broken) {
                    findings.add(keepTail(path, reader.offset()));
                }
                return last;
            }
        }

        /** Copies what stands at the end of a file to one beside it, and syncs that. */
        private TailCut keepTail(Path path, long offset) throws IOException {
            Path kept = LogDirectory.torn(path);
            files.deleteIfExists(kept);
            MessageDigest sha256 = MerkleTree.newSha256();
            long bytes = 0;
            try (InputStream in = Files.newInputStream(path);
                    LogFiles.LogFile out = files.create(kept)) {
                in.skipNBytes(offset);
                byte[] chunk = new byte[64 << 10];
                for (int count = in.read(chunk); count > 0; count = in.read(chunk)) {
                    ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, count);
                    while (buffer.hasRemaining()) {
                        out.write(buffer);
                    }
                    sha256.update(chunk, 0, count);
                    bytes += count;
                }
                out.sync();
            }
            files.syncDirectory(directory.path());
            return new TailCut(
                    clock.instant(), number, offset, bytes, HexFormat.of().formatHex(sha256.digest()));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a local carrier, compared by nobody
    private record LastCheckpoint(long size, byte[] root, Instant at, long fileBytes) {}
}
