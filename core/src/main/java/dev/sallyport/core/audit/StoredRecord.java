package dev.sallyport.core.audit;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One whole record, as it was read from a file; its checksum was right.
 *
 * @param offset where in the file it starts
 * @param index its place in the whole log
 * @param bytes the frame and the payload: the Merkle leaf
 */
@SuppressWarnings("ArrayRecordComponent") // read, used and dropped; compared by nobody
record StoredRecord(long offset, long index, byte[] bytes) {
    int type() {
        return bytes[Frame.TYPE_OFFSET] & ((1 << Frame.CODING_SHIFT) - 1);
    }

    /** See {@link Coding}. */
    int coding() {
        return Byte.toUnsignedInt(bytes[Frame.TYPE_OFFSET]) >>> Frame.CODING_SHIFT;
    }

    byte[] payload() {
        return Arrays.copyOfRange(bytes, Frame.HEADER_BYTES, bytes.length);
    }

    /** @throws IllegalArgumentException where it is of a kind that this version does not know */
    void requireKnown() {
        Coding.requireKnown(coding());
        if (type() != Frame.SHAPE) {
            EventType.ofCode(type());
        }
        if (coding() != Coding.PLAIN) {
            SealedRecord.of(this);
        }
    }

    /** The length of the payload that a frame announces. */
    static int payloadBytes(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(4) >>> 8;
    }

    /** The offset just behind it. */
    long end() {
        return offset + bytes.length;
    }
}
