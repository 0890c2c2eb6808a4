package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.MerkleTree;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The leaf hashes of a log in their order, from the segment on that holds one of them: also of deleted records. */
final class LeafStream implements AutoCloseable {
    private final LogDirectory directory;
    private final String log;
    private final MerkleTree before;
    private @Nullable LeafHashes hashes;
    private @Nullable RecordStream records;

    private LeafStream(LogDirectory directory, LeafHashes first) {
        this.directory = directory;
        this.hashes = first;
        this.log = first.header().log();
        this.before = first.header().tree();
    }

    private LeafStream(LogDirectory directory, RecordStream records) {
        this.directory = directory;
        this.records = records;
        this.log = records.log();
        this.before = records.before();
    }

    /** Begins at the start of the segment with the leaf at {@code index}, or of the last. */
    static LeafStream open(LogDirectory directory, long index) throws IOException {
        List<Long> leaves = directory.leavesFiles().stream()
                .filter(number -> !Files.exists(directory.records(number)))
                .toList();
        if (leaves.isEmpty() || firstRecord(directory) <= index) {
            return new LeafStream(directory, RecordStream.open(directory, index));
        }
        for (long number : leaves.reversed()) {
            LeafHashes hashes = hashes(directory, number);
            if (hashes.header().firstIndex() <= index) {
                return new LeafStream(directory, hashes);
            }
            hashes.close();
        }
        throw new IOException("the leaf hashes of record " + index + " are missing");
    }

    private static long firstRecord(LogDirectory directory) throws IOException {
        try (SegmentReader first =
                SegmentReader.open(directory.records(directory.segments().getFirst()), SegmentHeader.Kind.RECORDS)) {
            return first.header().firstIndex();
        } catch (IllegalArgumentException unreadable) {
            throw new DamagedLogException("the first segment", String.valueOf(unreadable.getMessage()));
        }
    }

    private static LeafHashes hashes(LogDirectory directory, long number) throws IOException {
        try {
            return LeafHashes.open(directory.leaves(number));
        } catch (IllegalArgumentException unreadable) {
            throw new DamagedLogException("leaf hashes " + number, String.valueOf(unreadable.getMessage()));
        }
    }

    String log() {
        return log;
    }

    /** The tree over the leaves before the first. */
    MerkleTree before() {
        return before;
    }

    /** Empty at the log's end. */
    Optional<byte[]> next() throws IOException {
        LeafHashes current = hashes;
        while (current != null) {
            Optional<byte[]> hash = current.next();
            if (hash.isPresent()) {
                return hash;
            }
            current = following(current);
        }
        RecordStream rest = records;
        return rest == null ? Optional.empty() : rest.next().map(stored -> MerkleTree.leafHash(stored.bytes()));
    }

    private @Nullable LeafHashes following(LeafHashes ended) throws IOException {
        long number = ended.header().number() + 1;
        ended.close();
        hashes = null;
        if (Files.exists(directory.records(number))) {
            records = RecordStream.open(directory, firstRecord(directory));
        } else {
            hashes = hashes(directory, number);
        }
        return hashes;
    }

    @Override
    public void close() throws IOException {
        if (hashes != null) {
            hashes.close();
        }
        if (records != null) {
            records.close();
        }
    }
}
