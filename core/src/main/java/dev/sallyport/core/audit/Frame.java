package dev.sallyport.core.audit;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One record as it is stored, being put together: a frame of {@link #HEADER_BYTES}, then the payload. All numbers are
 * big-endian.
 *
 * <pre>
 *  0  4  CRC-32C over all that follows
 *  4  4  length of the payload, 1 to {@link #MAX_PAYLOAD_BYTES}
 *  8  1  type
 *  9  1  coding of the payload: 0 plain
 * 10  8  index: the record's place in the whole log, from 0
 * 18  n  payload
 * </pre>
 *
 * The index stands in the frame, so that a record that was dropped, doubled or moved is found where it happened. It is
 * known only when the record's turn to be written comes, so the checksum is made then.
 */
final class Frame extends OutputStream {
    static final int HEADER_BYTES = 18;
    static final int MAX_PAYLOAD_BYTES = 16 << 20;
    static final byte PLAIN = 0;

    /** A checkpoint; the types below it are those of events. */
    static final int CHECKPOINT = 128;

    private byte[] bytes;
    private int length = HEADER_BYTES;

    private Frame(int expectedPayload) {
        bytes = new byte[HEADER_BYTES + expectedPayload];
    }

    static Frame of(AuditEvent event) {
        Frame frame = new Frame(event instanceof AuditEvent.Answered a ? a.rows().length + 384 : 384);
        EventCodec.encode(event, frame);
        frame.head(EventType.of(event).code());
        return frame;
    }

    static Frame of(int type, byte[] payload) {
        Frame frame = new Frame(payload.length);
        frame.write(payload, 0, payload.length);
        frame.head(type);
        return frame;
    }

    /** A record that was stored before, to be stored again byte for byte. */
    static Frame copy(StoredRecord stored) {
        Frame frame = new Frame(0);
        frame.bytes = stored.bytes();
        frame.length = stored.bytes().length;
        return frame;
    }

    private void head(int type) {
        ByteBuffer.wrap(bytes)
                .putInt(4, length - HEADER_BYTES)
                .put(8, (byte) type)
                .put(9, PLAIN);
    }

    /** Gives the record its place, which completes it. */
    void place(long index) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).putLong(10, index);
        buffer.putInt(0, checksum(bytes, 0, length));
    }

    /** The checksum of a whole record that starts at {@code offset} and is {@code length} bytes long. */
    static int checksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset + 4, length - 4);
        return (int) crc.getValue();
    }

    /** The record's bytes, {@link #length()} of them; not a copy. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** What it takes in memory. */
    int capacity() {
        return bytes.length;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) {
        if (count > MAX_PAYLOAD_BYTES - (length - HEADER_BYTES)) {
            throw new IllegalArgumentException("event: more than " + MAX_PAYLOAD_BYTES + " bytes");
        }
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }
}
