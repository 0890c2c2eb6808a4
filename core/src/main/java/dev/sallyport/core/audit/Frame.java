package dev.sallyport.core.audit;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One record as it is stored, being put together: a frame of {@link #HEADER_BYTES}, then the payload. All numbers are
 * big-endian.
 *
 * <pre>
 *  0  4  CRC-32C over the record's index (8 bytes), then over all that follows here
 *  4  3  length of the payload, 1 to {@link #MAX_PAYLOAD_BYTES}
 *  7  1  type, in the six low bits; {@link Coding}, in the two high ones
 *  8  n  payload
 * </pre>
 *
 * The index, which is the record's place in the whole log, is not stored: the checksum is right at one place only, so a
 * record that was dropped, doubled or moved is found where it happened. It is known only when the record's turn to be
 * written comes, so the checksum is made then.
 */
final class Frame {
    static final int HEADER_BYTES = 8;
    static final int CHECKSUM_BYTES = 4;
    static final int TYPE_OFFSET = 7;
    static final int CODING_SHIFT = 6;
    static final int MAX_PAYLOAD_BYTES = (1 << 24) - 1;

    /** What repeats in the events of a session, see {@link EventSealer}. */
    static final int SHAPE = 61;

    /** A checkpoint; the types below it are those of events. */
    static final int CHECKPOINT = 62;

    /** An entry of a {@link KeyTable}. */
    static final int KEY = 63;

    private final byte[] bytes;

    private Frame(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A frame around a payload that is written into {@link #bytes()} from {@link #HEADER_BYTES} on. */
    static Frame of(int type, int coding, int payloadBytes) {
        if (payloadBytes > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException(
                    "record: " + payloadBytes + " bytes (expected: at most " + MAX_PAYLOAD_BYTES + ")");
        }
        byte[] bytes = new byte[HEADER_BYTES + payloadBytes];
        ByteBuffer.wrap(bytes).putInt(CHECKSUM_BYTES, (payloadBytes << 8) | (coding << CODING_SHIFT) | type);
        return new Frame(bytes);
    }

    /** A record that anybody may read. */
    static Frame plain(int type, byte[] body) {
        Frame frame = of(type, Coding.PLAIN, body.length);
        System.arraycopy(body, 0, frame.bytes, HEADER_BYTES, body.length);
        return frame;
    }

    /** A record that was stored before, to be stored again byte for byte. */
    static Frame copy(StoredRecord stored) {
        return new Frame(stored.bytes());
    }

    /** Gives the record its place, which completes it. */
    void place(long index) {
        ByteBuffer.wrap(bytes).putInt(0, checksum(bytes, index));
    }

    /** The checksum of a whole record at this place. */
    static int checksum(byte[] record, long index) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (index >>> shift) & 0xff);
        }
        crc.update(record, CHECKSUM_BYTES, record.length - CHECKSUM_BYTES);
        return (int) crc.getValue();
    }

    /** The record's bytes; not a copy. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }
}
