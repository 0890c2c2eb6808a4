package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.MerkleTree;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What stands at the head of a segment and of its file of checkpoints. It ties the segment to the one before: from
 * which record on, and with which tree, it goes on. All numbers are big-endian.
 *
 * <pre>
 *  0  8  "SallyLog"
 *  8  2  version of the format: 2
 * 10  2  what follows: 1 records, 2 checkpoints, 3 keys, 4 leaf hashes
 * 12  2  flags: bit 0 set where the segment before ended in a crash or a failure
 * 14  2  number of hashes n
 * 16 16  the log's id, random, the same in all its files
 * 32  8  the segment's number, from 1
 * 40  8  index of its first record
 * 48  8  how many bytes of the segment before count; what lies behind them is not part of the log
 * 56 32n the edge of the Merkle tree over all records before: roots of its perfect subtrees, largest first
 *     4  CRC-32C over all of this
 * </pre>
 *
 * @param kind what follows
 * @param afterFailure whether records that the segment before may hold were written again here
 * @param log the log's id, in hex
 * @param edge the hashes
 */
record SegmentHeader(
        Kind kind,
        boolean afterFailure,
        String log,
        long number,
        long firstIndex,
        long previousBytes,
        List<byte[]> edge) {
    static final int FIXED_BYTES = 56;
    private static final long MAGIC =
            ByteBuffer.wrap("SallyLog".getBytes(StandardCharsets.US_ASCII)).getLong();
    private static final short VERSION = 2;
    private static final int AFTER_FAILURE = 1;

    SegmentHeader {
        edge = List.copyOf(edge);
    }

    /** What a file holds. */
    enum Kind {
        RECORDS(1),
        CHECKPOINTS(2),
        KEYS(3),
        LEAVES(4);

        private static final Kind[] ALL = values();

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        private static Kind ofCode(int code) {
            for (Kind kind : ALL) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("header: kind " + code + " is not known");
        }
    }

    SegmentHeader withKind(Kind other) {
        return new SegmentHeader(other, afterFailure, log, number, firstIndex, previousBytes, edge);
    }

    MerkleTree tree() {
        return new MerkleTree(firstIndex, edge);
    }

    int length() {
        return FIXED_BYTES + edge.size() * MerkleTree.HASH_BYTES + 4;
    }

    byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(length())
                .putLong(MAGIC)
                .putShort(VERSION)
                .putShort((short) kind.code)
                .putShort((short) (afterFailure ? AFTER_FAILURE : 0))
                .putShort((short) edge.size())
                .put(HexFormat.of().parseHex(log))
                .putLong(number)
                .putLong(firstIndex)
                .putLong(previousBytes);
        edge.forEach(out::put);
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /**
     * How long the header is that starts with these bytes.
     *
     * @throws IllegalArgumentException where it is none that this version reads
     */
    static int length(byte[] fixed) {
        ByteBuffer in = ByteBuffer.wrap(fixed);
        if (fixed.length < FIXED_BYTES || in.getLong(0) != MAGIC) {
            throw new IllegalArgumentException("header: not a segment of an audit log");
        }
        if (in.getShort(8) != VERSION) {
            throw new IllegalArgumentException("header: format version " + Short.toUnsignedInt(in.getShort(8))
                    + " (expected: " + VERSION + "); this log was written by another version");
        }
        int hashes = Short.toUnsignedInt(in.getShort(14));
        if (hashes > Long.SIZE) {
            throw new IllegalArgumentException("header: " + hashes + " hashes (expected: at most " + Long.SIZE + ")");
        }
        return FIXED_BYTES + hashes * MerkleTree.HASH_BYTES + 4;
    }

    /** @throws IllegalArgumentException where it is damaged or unknown */
    static SegmentHeader decode(byte[] bytes) {
        if (length(bytes) != bytes.length) {
            throw new IllegalArgumentException("header: cut short");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt(bytes.length - 4) != checksum(bytes, bytes.length - 4)) {
            throw new IllegalArgumentException("header: wrong checksum");
        }
        Kind kind = Kind.ofCode(in.getShort(10));
        int flags = in.getShort(12);
        if ((flags & ~AFTER_FAILURE) != 0) {
            throw new IllegalArgumentException("header: flags " + flags + " are not known");
        }
        byte[] log = new byte[16];
        in.get(16, log);
        long firstIndex = in.getLong(40);
        List<byte[]> edge = new ArrayList<>();
        for (int at = FIXED_BYTES; at < bytes.length - 4; at += MerkleTree.HASH_BYTES) {
            byte[] hash = new byte[MerkleTree.HASH_BYTES];
            in.get(at, hash);
            edge.add(hash);
        }
        if (firstIndex < 0 || Long.bitCount(firstIndex) != edge.size()) {
            throw new IllegalArgumentException("header: its hashes do not fit its first index");
        }
        return new SegmentHeader(
                kind,
                flags == AFTER_FAILURE,
                HexFormat.of().formatHex(log),
                in.getLong(32),
                firstIndex,
                in.getLong(48),
                edge);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
