package dev.sallyport.protocols.postgres.session;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the first rows of an answer for the recording, in the form that
 * {@link dev.sallyport.core.audit.AuditEvent.Answered#rows()} describes, up to a number of bytes for all
 * results of a command together and for its session. From the first row on that there is no room for, a result's rows go
 * into a digest instead, in the same form.
 */
final class RowCapture {
    private static final int LENGTH_BYTES = 4;

    private final RowBudget session;
    private final byte[] prefix = new byte[2 * LENGTH_BYTES];
    private int room;
    private ByteArrayOutputStream rows = new ByteArrayOutputStream(0);
    private @Nullable MessageDigest rest;

    RowCapture(int maxBytes, RowBudget session) {
        this.room = maxBytes;
        this.session = session;
    }

    /**
     * Keeps one DataRow as the client sees it.
     *
     * @param bodyIndex where the message's body starts: an int16 count of fields, then the fields as they are kept
     */
    void row(ByteBuf in, int bodyIndex, int bodyLength) {
        // The count of fields is kept as an int32.
        prefix[0] = 0;
        prefix[1] = 0;
        add(2, in, bodyIndex, bodyLength);
    }

    /** Keeps a piece of a stream as a row of one field. */
    void piece(ByteBuf in, int index, int length) {
        int32(0, 1);
        int32(LENGTH_BYTES, length);
        add(2 * LENGTH_BYTES, in, index, length);
    }

    private void add(int prefixLength, ByteBuf in, int index, int length) {
        MessageDigest digest = rest;
        if (digest == null && fits(prefixLength + length)) {
            rows.write(prefix, 0, prefixLength);
            byte[] bytes = new byte[length];
            in.getBytes(index, bytes);
            rows.write(bytes, 0, length);
            return;
        }
        if (digest == null) {
            digest = sha256();
            rest = digest;
        }
        digest.update(prefix, 0, prefixLength);
        if (in.nioBufferCount() == 1) {
            digest.update(in.internalNioBuffer(index, length));
        } else {
            for (var part : in.nioBuffers(index, length)) {
                digest.update(part);
            }
        }
    }

    private boolean fits(int bytes) {
        return rows.size() + bytes <= room && session.take(bytes);
    }

    boolean isTruncated() {
        return rest != null;
    }

    /** The digest over what was not kept, in hex; empty where nothing is missing. To be asked once, before {@link #take}. */
    String rest() {
        return rest == null ? "" : HexFormat.of().formatHex(rest.digest());
    }

    /** What was kept so far; the capture starts anew, with the room that is left. */
    byte[] take() {
        byte[] taken = rows.toByteArray();
        rows = new ByteArrayOutputStream(0);
        room -= taken.length;
        rest = null;
        return taken;
    }

    private void int32(int at, int value) {
        prefix[at] = (byte) (value >>> 24);
        prefix[at + 1] = (byte) (value >>> 16);
        prefix[at + 2] = (byte) (value >>> 8);
        prefix[at + 3] = (byte) value;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
