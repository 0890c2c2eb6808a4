package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.LogInterrupted;
import dev.sallyport.core.audit.AuditEvent.TailCut;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.MerkleTree;
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
import java.util.HexFormat;
import java.util.List;

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
 * @param again what that segment begins with: records of the one before, and what was found
 * @param checkpointsBytes how much of the checkpoints of the segment before is whole
 */
record Recovery(SegmentHeader header, List<Frame> again, long checkpointsBytes) {

    static Recovery inspect(LogDirectory directory, LogFiles files, Clock clock) throws IOException {
        List<Long> segments = directory.segments();
        requireUnbroken(directory, segments);
        if (segments.isEmpty()) {
            byte[] id = new byte[16];
            new SecureRandom().nextBytes(id);
            String log = HexFormat.of().formatHex(id);
            return new Recovery(
                    new SegmentHeader(SegmentHeader.Kind.RECORDS, false, log, 1, 0, 0, List.of()), List.of(), 0);
        }
        long last = segments.getLast();
        try {
            return new Scan(directory, files, clock, last).run();
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
        }
    }

    private static void cut(LogFiles files, Path file, long length) throws IOException {
        if (length < Files.size(file)) {
            files.truncate(file, length);
        }
    }

    private static void requireUnbroken(LogDirectory directory, List<Long> segments) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i) != i + 1) {
                throw damaged(directory.records(i + 1), "is missing");
            }
        }
        List<Long> checkpoints = directory.checkpointFiles();
        if (!checkpoints.containsAll(segments)) {
            throw damaged(directory.path(), "a segment's checkpoints are missing");
        }
        for (long number : checkpoints) {
            if (number > segments.size() && !holdsNothing(directory.checkpoints(number))) {
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
        private final long number;
        private final List<AuditEvent> findings = new ArrayList<>();
        private final List<Frame> again = new ArrayList<>();

        Scan(LogDirectory directory, LogFiles files, Clock clock, long number) {
            this.directory = directory;
            this.files = files;
            this.clock = clock;
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
                restPart(reader, path);
                boolean unclean = !findings.isEmpty() || !again.isEmpty();
                if (unclean) {
                    findings.add(new LogInterrupted(
                            clock.instant(), last.at(), vouched, again.size(), 0, "the writer ended without closing"));
                }
                SegmentHeader header = new SegmentHeader(
                        SegmentHeader.Kind.RECORDS, unclean, old.log(), number + 1, vouched, cut, tree.edge());
                tell(vouched + again.size());
                return new Recovery(header, again, last.fileBytes());
            }
        }

        private void tell(long index) {
            for (AuditEvent finding : findings) {
                Frame frame = Frame.of(finding);
                frame.place(index++);
                again.add(frame);
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

        /** Takes the whole records behind the last checkpoint, and keeps what else is behind them. */
        private void restPart(SegmentReader reader, Path path) throws IOException {
            Step step = reader.next();
            while (step instanceof Step.Whole(StoredRecord stored)) {
                again.add(Frame.copy(stored));
                step = reader.next();
            }
            if (step instanceof Step.Broken) {
                findings.add(keepTail(path, reader.offset()));
            }
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
