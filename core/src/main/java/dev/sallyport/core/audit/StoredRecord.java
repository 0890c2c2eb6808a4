package dev.sallyport.core.audit;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One whole record, as it was read from a segment; its checksum was right.
 *
 * @param offset where in the file it starts
 * @param bytes the frame and the payload: the Merkle leaf
 */
@SuppressWarnings("ArrayRecordComponent") // read, used and dropped; compared by nobody
record StoredRecord(long offset, byte[] bytes) {
    int type() {
        return Byte.toUnsignedInt(bytes[8]);
    }

    int coding() {
        return bytes[9];
    }

    long index() {
        return ByteBuffer.wrap(bytes).getLong(10);
    }

    byte[] payload() {
        return Arrays.copyOfRange(bytes, Frame.HEADER_BYTES, bytes.length);
    }

    /** @throws IllegalArgumentException where it is no event that this version knows */
    AuditEvent event() {
        if (coding() != Frame.PLAIN) {
            throw new IllegalArgumentException(
                    "record coding: " + coding() + " (expected: 0); this log was written by a newer version");
        }
        return EventCodec.decode(type(), bytes, Frame.HEADER_BYTES, bytes.length - Frame.HEADER_BYTES);
    }

    /** The offset just behind it. */
    long end() {
        return offset + bytes.length;
    }
}
