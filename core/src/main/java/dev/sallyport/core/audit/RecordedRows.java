package dev.sallyport.core.audit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The rows of a recorded answer, taken apart, and put together from the lists that they are stored as. In memory they
 * have the form that {@link AuditEvent.Answered#rows()} describes.
 */
public final class RecordedRows {
    /** No protocol has rows of more fields. */
    private static final int MAX_FIELDS = 1 << 16;

    private static final int NULL = -1;

    private RecordedRows() {}

    /** Each row as its fields, absent for NULL. What does not follow the form ends them. */
    public static List<List<Optional<byte[]>>> of(AuditEvent.Answered answered) {
        ByteBuffer in = ByteBuffer.wrap(answered.rows());
        List<List<Optional<byte[]>>> rows = new ArrayList<>();
        try {
            while (in.hasRemaining()) {
                rows.add(row(in));
            }
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return List.copyOf(rows);
        }
        return List.copyOf(rows);
    }

    private static List<Optional<byte[]>> row(ByteBuffer in) {
        int count = fields(in);
        List<Optional<byte[]>> fields = new ArrayList<>();
        for (int field = 0; field < count; field++) {
            int length = length(in);
            if (length == NULL) {
                fields.add(Optional.empty());
            } else {
                byte[] value = new byte[length];
                in.get(value);
                fields.add(Optional.of(value));
            }
        }
        return fields;
    }

    /** How many there are; empty where something in them does not follow the form. */
    static OptionalInt count(byte[] rows) {
        ByteBuffer in = ByteBuffer.wrap(rows);
        int count = 0;
        try {
            for (; in.hasRemaining(); count++) {
                for (int fields = fields(in); fields > 0; fields--) {
                    int length = length(in);
                    in.position(in.position() + Math.max(0, length));
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(count);
    }

    /** Writes each as a list of bytes and null; they are known to follow the form. */
    static void write(byte[] rows, CborWriter out) {
        ByteBuffer in = ByteBuffer.wrap(rows);
        while (in.hasRemaining()) {
            int count = fields(in);
            out.array(count);
            for (int field = 0; field < count; field++) {
                int length = length(in);
                if (length == NULL) {
                    out.nothing();
                } else {
                    out.bytes(rows, in.position(), length);
                    in.position(in.position() + length);
                }
            }
        }
    }

    /** Puts such lists together again. */
    static byte[] join(List<List<Optional<byte[]>>> rows) {
        long size = 0;
        for (List<Optional<byte[]>> row : rows) {
            size += Integer.BYTES;
            for (Optional<byte[]> field : row) {
                size += Integer.BYTES + field.map(value -> value.length).orElse(0);
            }
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size));
        for (List<Optional<byte[]>> row : rows) {
            out.putInt(row.size());
            for (Optional<byte[]> field : row) {
                out.putInt(field.map(value -> value.length).orElse(NULL));
                field.ifPresent(out::put);
            }
        }
        return out.array();
    }

    private static int fields(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > MAX_FIELDS) {
            throw new IllegalArgumentException("fields: " + count + " (expected: 0 to " + MAX_FIELDS + ")");
        }
        return count;
    }

    private static int length(ByteBuffer in) {
        int length = in.getInt();
        if (length < NULL || length > in.remaining()) {
            throw new IllegalArgumentException("field: " + length + " bytes (expected: 0 to " + in.remaining() + ")");
        }
        return length;
    }
}
