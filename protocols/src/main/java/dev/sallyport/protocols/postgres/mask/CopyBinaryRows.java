package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Binary COPY: a signature, flags and an extension; then rows, each its number of columns and their values; at the end
 * -1 in place of that number. The header goes out with the row behind it, or with the end where there is none: so does
 * PostgreSQL, and drivers such as psycopg take a message to hold at least a row.
 */
final class CopyBinaryRows implements CopyRows {
    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int HEADER_BYTES = SIGNATURE.length + 8;
    /** Bits 16 to 31 change how the rows are to be read. */
    private static final int CRITICAL_FLAGS = 0xffff0000;

    private enum State {
        HEADER,
        ROWS,
        ENDED
    }

    private final Columns columns;
    private final ValueMasker values;
    private State state = State.HEADER;
    private int scannedColumns;
    private int scannedBytes;

    CopyBinaryRows(Columns columns, ValueMasker values) {
        this.columns = columns;
        this.values = values;
    }

    @Override
    public int end(byte[] stream, int from, int to) {
        return switch (state) {
            case HEADER -> {
                int headerEnd = endOfHeader(stream, from, to);
                yield headerEnd == 0 ? 0 : endOfRow(stream, headerEnd, to);
            }
            case ROWS -> endOfRow(stream, from, to);
            case ENDED -> {
                if (to > from) {
                    throw new ProtocolViolation("copy: bytes behind its end");
                }
                yield 0;
            }
        };
    }

    @Override
    public void mask(byte[] stream, int from, int to, ByteBuf out) {
        switch (state) {
            case HEADER -> {
                int headerEnd = endOfHeader(stream, from, to);
                out.writeBytes(stream, from, headerEnd - from);
                state = State.ROWS;
                mask(stream, headerEnd, to, out);
            }
            case ROWS -> {
                if (to - from == 2 && int16(stream, from) < 0) {
                    out.writeBytes(stream, from, 2);
                    state = State.ENDED;
                } else {
                    RowValues.copy(columns, values, stream, from, from + 2, to, out);
                }
            }
            case ENDED -> throw new IllegalStateException("copy: ended");
        }
    }

    private static int endOfHeader(byte[] stream, int from, int to) {
        for (int i = 0; i < Math.min(SIGNATURE.length, to - from); i++) {
            if (stream[from + i] != SIGNATURE[i]) {
                throw new ProtocolViolation("copy: no binary signature");
            }
        }
        if (to - from < HEADER_BYTES) {
            return 0;
        }
        int flags = int32(stream, from + SIGNATURE.length);
        int extension = int32(stream, from + SIGNATURE.length + 4);
        if ((flags & CRITICAL_FLAGS) != 0 || extension < 0) {
            throw new ProtocolViolation("copy: a binary header of an unknown form");
        }
        return extension <= to - from - HEADER_BYTES ? from + HEADER_BYTES + extension : 0;
    }

    private int endOfRow(byte[] stream, int from, int to) {
        if (to - from < 2) {
            return 0;
        }
        int count = int16(stream, from);
        if (count == -1) {
            return from + 2;
        }
        if (count != columns.count()) {
            throw new ProtocolViolation("copy: a row of " + count + " columns (expected: " + columns.count() + ")");
        }
        int at = from + Math.max(2, scannedBytes);
        while (scannedColumns < count) {
            if (to - at < 4) {
                return 0;
            }
            int length = int32(stream, at);
            if (length < -1) {
                throw new ProtocolViolation("copy: a column's length of " + length);
            }
            if (length > to - at - 4) {
                return 0;
            }
            at += 4 + Math.max(0, length);
            scannedColumns++;
            scannedBytes = at - from;
        }
        scannedColumns = 0;
        scannedBytes = 0;
        return at;
    }

    private static short int16(byte[] stream, int at) {
        return (short) ((stream[at] & 0xff) << 8 | (stream[at + 1] & 0xff));
    }

    private static int int32(byte[] stream, int at) {
        return int16(stream, at) << 16 | (int16(stream, at + 2) & 0xffff);
    }
}
