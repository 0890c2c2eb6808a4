package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads one file of records, one record after the other, and checks frame, checksum and index. It stays where it is at
 * a record that is not whole, so that a reader of a log that is being written can ask again.
 */
final class SegmentReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 128 << 10;

    /** How far from its place a record is looked for that does not belong where it stands. */
    private static final long NEAR = 1_000;

    private static final long NEAR_BYTES = 16 << 20;

    private final FileChannel file;
    private final SegmentHeader header;
    private final byte[] frame = new byte[Frame.HEADER_BYTES];
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long offset;
    private long index;
    private long end = Long.MAX_VALUE;

    private SegmentReader(FileChannel file, SegmentHeader header) {
        this.file = file;
        this.header = header;
        this.offset = header.length();
        this.index = header.kind() == SegmentHeader.Kind.RECORDS ? header.firstIndex() : 0;
    }

    /** What stands at the reader's place. */
    sealed interface Step {
        /** A whole record; the reader has gone on behind it. */
        record Whole(StoredRecord stored) implements Step {}

        /** The file ends here, or there is only room behind, which nothing was written to yet. */
        record End() implements Step {}

        /**
         * Something that is no whole record.
         *
         * @param what what is wrong with it
         */
        record Broken(String what) implements Step {}
    }

    /** @throws IllegalArgumentException where the file's header is damaged or of an unknown version */
    static SegmentReader open(Path path, SegmentHeader.Kind kind) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            SegmentHeader header = SegmentHeader.decode(headerBytes(file));
            if (header.kind() != kind) {
                throw new IllegalArgumentException("header: holds " + header.kind() + " (expected: " + kind + ")");
            }
            return new SegmentReader(file, header);
        } catch (IOException | IllegalArgumentException unreadable) {
            file.close();
            throw unreadable;
        }
    }

    private static byte[] headerBytes(FileChannel file) throws IOException {
        byte[] fixed = read(file, SegmentHeader.FIXED_BYTES);
        return read(file, SegmentHeader.length(fixed));
    }

    private static byte[] read(FileChannel file, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {
            // until it is full or the file ends
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    SegmentHeader header() {
        return header;
    }

    /** Where the next record starts. */
    long offset() {
        return offset;
    }

    /** Which index the next record must have. */
    long index() {
        return index;
    }

    /** What lies behind {@code end} is not read: the next segment's header says that it does not count. */
    void endAt(long end) {
        this.end = end;
    }

    boolean isAtEnd() {
        return offset == end;
    }

    Step next() throws IOException {
        Step step = read();
        if (!(step instanceof Step.Whole)) {
            // What is buffered may be half of a write that is going on.
            buffer = ByteBuffer.allocate(0);
        }
        return step;
    }

    /**
     * What stands there and is no whole record, as long as its frame says; the reader has gone on behind it. Empty where
     * that is not within the file.
     */
    Optional<StoredRecord> passBroken() throws IOException {
        if (fill(Frame.HEADER_BYTES) < Frame.HEADER_BYTES) {
            return Optional.empty();
        }
        buffer.get(buffer.position(), frame);
        int payload = StoredRecord.payloadBytes(frame);
        int length = Frame.HEADER_BYTES + payload;
        if (payload < 1 || fill(length) < length) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        StoredRecord broken = new StoredRecord(offset, index, bytes);
        offset += length;
        index++;
        return Optional.of(broken);
    }

    private Step read() throws IOException {
        if (isAtEnd()) {
            return new Step.End();
        }
        int available = fill(Frame.HEADER_BYTES);
        if (available == 0 || isRoom(available)) {
            return new Step.End();
        }
        if (available < Frame.HEADER_BYTES) {
            return new Step.Broken("cut short: " + available + " bytes");
        }
        buffer.get(buffer.position(), frame);
        int payload = StoredRecord.payloadBytes(frame);
        if (payload < 1) {
            return new Step.Broken("length 0 is out of bounds");
        }
        int length = Frame.HEADER_BYTES + payload;
        if (length > end - offset) {
            return new Step.Broken("runs over the segment's end at offset " + end);
        }
        available = fill(length);
        if (available < length) {
            return new Step.Broken("cut short: " + available + " of " + length + " bytes");
        }
        return whole(length);
    }

    /** Whether there are only zeros from here on; no record's frame is zero. */
    private boolean isRoom(int available) throws IOException {
        for (int i = 0; i < available; i++) {
            if (buffer.get(buffer.position() + i) != 0) {
                return false;
            }
        }
        return isZeroFrom(offset + available);
    }

    /** Whether there is nothing but zeros in the file from {@code from} on. */
    boolean isZeroFrom(long from) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(BUFFER_BYTES);
        long at = from;
        for (int count = file.read(chunk, at); count > 0; count = file.read(chunk.clear(), at)) {
            if (chunk.flip().mismatch(ByteBuffer.allocate(count)) >= 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    private Step whole(int length) {
        byte[] bytes = new byte[length];
        buffer.get(buffer.position(), bytes);
        int checksum = ByteBuffer.wrap(bytes).getInt(0);
        if (checksum != Frame.checksum(bytes, index)) {
            return new Step.Broken(whoseChecksum(bytes, checksum));
        }
        StoredRecord stored = new StoredRecord(offset, index, bytes);
        buffer.position(buffer.position() + length);
        offset += length;
        index++;
        return new Step.Whole(stored);
    }

    /** A record that was dropped, doubled or moved stands near its place more often than not. */
    private String whoseChecksum(byte[] bytes, int checksum) {
        long reach = Math.min(NEAR, NEAR_BYTES / bytes.length);
        for (long far = 1; far <= reach; far++) {
            for (long other : new long[] {index - far, index + far}) {
                if (other >= 0 && checksum == Frame.checksum(bytes, other)) {
                    return "record " + other + " stands where " + index + " should";
                }
            }
        }
        return "wrong checksum";
    }

    /** Sees to it that {@code wanted} bytes from the offset on are buffered, or as many as the file has. */
    private int fill(int wanted) throws IOException {
        if (buffer.remaining() < wanted) {
            // The file's length first: a damaged length field must not make this large.
            int size = (int) Math.min(Math.max(wanted, BUFFER_BYTES), Math.max(0, file.size() - offset));
            ByteBuffer larger = ByteBuffer.allocate(size);
            while (larger.hasRemaining() && file.read(larger, offset + larger.position()) >= 0) {
                // until it is full or the file ends
            }
            buffer = larger.flip();
        }
        return Math.min(wanted, buffer.remaining());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
