package dev.sallyport.protocols.postgres.session;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/**
 * Keeps the first rows of an answer for the recording, in the form that
 * {@link dev.sallyport.core.audit.AuditEvent.Answered#rows()} describes, up to a number of bytes for all
 * results of a command together.
 */
final class RowCapture {
    private int room;
    private ByteArrayOutputStream rows = new ByteArrayOutputStream(0);
    private boolean truncated;

    RowCapture(int maxBytes) {
        this.room = maxBytes;
    }

    /**
     * Keeps one DataRow as the client sees it.
     *
     * @param bodyIndex where the message's body starts: an int16 count of fields, then the fields as they are kept
     */
    void row(ByteBuf in, int bodyIndex, int bodyLength) {
        if (truncated) {
            return;
        }
        if (rows.size() + bodyLength + 2 > room) {
            truncated = true;
            return;
        }
        rows.write(0);
        rows.write(0);
        byte[] body = new byte[bodyLength];
        in.getBytes(bodyIndex, body);
        rows.write(body, 0, bodyLength);
    }

    /** Keeps a piece of a stream as a row of one field. */
    void piece(ByteBuf in, int index, int length) {
        if (truncated) {
            return;
        }
        if (rows.size() + length + 8 > room) {
            truncated = true;
            return;
        }
        int32(1);
        int32(length);
        byte[] bytes = new byte[length];
        in.getBytes(index, bytes);
        rows.write(bytes, 0, length);
    }

    boolean isTruncated() {
        return truncated;
    }

    /** What was kept so far; the capture starts anew, with the room that is left. */
    byte[] take() {
        byte[] taken = rows.toByteArray();
        rows = new ByteArrayOutputStream(0);
        room -= taken.length;
        truncated = false;
        return taken;
    }

    private void int32(int value) {
        rows.write(value >>> 24);
        rows.write(value >>> 16);
        rows.write(value >>> 8);
        rows.write(value);
    }
}
