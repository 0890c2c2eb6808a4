package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.MerkleTree;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What stays of a segment whose records are deleted: its header, the hash of each leaf, 32 bytes, and a CRC-32C over the
 * hashes. Read from start to end, by one thread.
 */
final class LeafHashes implements AutoCloseable {
    private static final int CHUNK = 2_048 * MerkleTree.HASH_BYTES;
    private static final int CHECKSUM_BYTES = 4;
    private static final String NOTHING_DELETED = "; nothing is deleted";

    private final DataInputStream in;
    private final SegmentHeader header;
    private final CRC32C checksum = new CRC32C();
    private long left;

    private LeafHashes(DataInputStream in, SegmentHeader header, long count) {
        this.in = in;
        this.header = header;
        this.left = count;
    }

    /** @throws IllegalArgumentException where the header is damaged or unknown */
    static LeafHashes open(Path path) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), CHUNK));
        try {
            byte[] fixed = in.readNBytes(SegmentHeader.FIXED_BYTES);
            int length = SegmentHeader.length(fixed);
            byte[] whole = Arrays.copyOf(fixed, length);
            int read = in.readNBytes(whole, fixed.length, length - fixed.length);
            SegmentHeader header = SegmentHeader.decode(Arrays.copyOf(whole, fixed.length + read));
            long bytes = Files.size(path) - length - CHECKSUM_BYTES;
            if (header.kind() != SegmentHeader.Kind.LEAVES || bytes < 0 || bytes % MerkleTree.HASH_BYTES != 0) {
                throw new IllegalArgumentException("header: holds no leaf hashes, or is cut short");
            }
            return new LeafHashes(in, header, bytes / MerkleTree.HASH_BYTES);
        } catch (IOException | IllegalArgumentException unreadable) {
            in.close();
            throw unreadable;
        }
    }

    SegmentHeader header() {
        return header;
    }

    /** @throws IllegalArgumentException at the end, where the checksum is wrong */
    Optional<byte[]> next() throws IOException {
        if (left > 0) {
            left--;
            byte[] hash = in.readNBytes(MerkleTree.HASH_BYTES);
            checksum.update(hash);
            return Optional.of(hash);
        }
        if (left == 0 && in.readInt() != (int) checksum.getValue()) {
            throw new IllegalArgumentException("wrong checksum of the leaf hashes");
        }
        left = -1;
        return Optional.empty();
    }

    /**
     * Makes sure that the file is all that the segment behind it says of the records.
     *
     * @throws DamagedLogException where it is not
     */
    static void requireWhole(LogDirectory directory, long number) throws IOException {
        try (LeafHashes hashes = open(directory.leaves(number))) {
            MerkleTree tree = hashes.header().tree();
            for (Optional<byte[]> hash = hashes.next(); hash.isPresent(); hash = hashes.next()) {
                tree.addHash(hash.get());
            }
            requireSame(number, tree, following(directory, number + 1));
        } catch (IllegalArgumentException damaged) {
            throw new DamagedLogException("leaf hashes " + number, damaged.getMessage() + NOTHING_DELETED);
        }
    }

    private static SegmentHeader following(LogDirectory directory, long number) throws IOException {
        if (Files.exists(directory.records(number))) {
            try (SegmentReader reader = SegmentReader.open(directory.records(number), SegmentHeader.Kind.RECORDS)) {
                return reader.header();
            }
        }
        try (LeafHashes hashes = open(directory.leaves(number))) {
            return hashes.header();
        }
    }

    private static void requireSame(long number, MerkleTree tree, SegmentHeader following) throws DamagedLogException {
        if (!Arrays.equals(tree.root(), following.tree().root()) || tree.size() != following.firstIndex()) {
            throw new DamagedLogException("segment " + number, "is not what the next one says" + NOTHING_DELETED);
        }
    }

    /**
     * Makes the file from a segment's records, under the name of an unfinished one, and syncs it.
     *
     * @param following the header of the segment behind, which says what this one has to come to
     * @throws DamagedLogException where it does not
     */
    static void write(LogFiles files, LogDirectory directory, long number, SegmentHeader following) throws IOException {
        Path fresh = LogDirectory.unfinished(directory.leaves(number));
        files.deleteIfExists(fresh);
        try (SegmentReader reader = SegmentReader.open(directory.records(number), SegmentHeader.Kind.RECORDS);
                LogFiles.LogFile out = files.create(fresh)) {
            reader.endAt(following.previousBytes());
            MerkleTree tree = reader.header().tree();
            writeAll(
                    out,
                    ByteBuffer.wrap(
                            reader.header().withKind(SegmentHeader.Kind.LEAVES).encode()));
            CRC32C checksum = new CRC32C();
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            while (reader.next() instanceof Step.Whole(StoredRecord stored)) {
                byte[] hash = MerkleTree.leafHash(stored.bytes());
                tree.addHash(hash);
                checksum.update(hash);
                if (!chunk.put(hash).hasRemaining()) {
                    writeAll(out, chunk.flip());
                    chunk.clear();
                }
            }
            requireSame(number, tree, following);
            writeAll(out, chunk.flip());
            writeAll(
                    out,
                    ByteBuffer.allocate(CHECKSUM_BYTES)
                            .putInt((int) checksum.getValue())
                            .flip());
            out.sync();
        }
    }

    private static void writeAll(LogFiles.LogFile out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
