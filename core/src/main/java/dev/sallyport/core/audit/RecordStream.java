package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The stored records of a log in their order, from the segment on that holds one of them. */
final class RecordStream implements AutoCloseable {
    private final LogDirectory directory;
    private final MerkleTree before;
    private SegmentReader segment;
    private boolean bounded;

    private RecordStream(LogDirectory directory, SegmentReader first) {
        this.directory = directory;
        this.segment = first;
        this.before = first.header().tree();
    }

    /** Begins at the start of the segment with the record at {@code index}, or of the last. */
    static RecordStream open(LogDirectory directory, long index) throws IOException {
        List<Long> segments = directory.segments();
        if (segments.isEmpty()) {
            throw new IOException(directory.path() + " holds no audit log");
        }
        RecordStream stream =
                new RecordStream(directory, reader(directory.records(AuditReader.segmentOf(directory, index))));
        if (stream.before.size() > index) {
            stream.close();
            throw new IOException(
                    "record " + index + " is no longer in the log, which begins with record " + stream.before.size());
        }
        stream.bound();
        return stream;
    }

    /** The segment that the first record comes from. */
    long firstSegment() {
        return segment.header().number();
    }

    /** The log's id. */
    String log() {
        return segment.header().log();
    }

    /** The tree over the records before the first. */
    MerkleTree before() {
        return before;
    }

    /**
     * The next record; empty at the log's end, where half a record may stand.
     *
     * @throws DamagedLogException where it cannot be read on
     */
    Optional<StoredRecord> next() throws IOException {
        while (true) {
            Step step = segment.next();
            if (step instanceof Step.Whole(StoredRecord stored)) {
                return Optional.of(stored);
            }
            if (!bounded) {
                return Optional.empty();
            }
            if (!segment.isAtEnd()) {
                throw new DamagedLogException(
                        "segment " + segment.header().number() + " offset " + segment.offset(),
                        step instanceof Step.Broken(String what) ? what : "the segment is cut short");
            }
            SegmentReader next = reader(directory.records(segment.header().number() + 1));
            segment.close();
            segment = next;
            bound();
        }
    }

    /** Learns from the next segment, if there is one, where this one ends. */
    private void bound() throws IOException {
        Path next = directory.records(segment.header().number() + 1);
        bounded = Files.exists(next);
        if (bounded) {
            try (SegmentReader following = reader(next)) {
                segment.endAt(following.header().previousBytes());
            }
        }
    }

    private static SegmentReader reader(Path path) throws IOException {
        try {
            return SegmentReader.open(path, Kind.RECORDS);
        } catch (IllegalArgumentException unreadable) {
            throw new DamagedLogException(String.valueOf(path.getFileName()), String.valueOf(unreadable.getMessage()));
        }
    }

    @Override
    public void close() throws IOException {
        segment.close();
    }
}
