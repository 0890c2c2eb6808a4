package dev.sallyport.core.audit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rows of a recorded answer, taken apart. What does not follow {@link AuditEvent.Answered#rows()} ends them. */
public final class RecordedRows {
    /** No protocol has rows of more fields. */
    private static final int MAX_FIELDS = 1 << 16;

    private RecordedRows() {}

    /** Each row as its fields, absent for NULL. */
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
        int count = in.getInt();
        if (count < 0 || count > MAX_FIELDS) {
            throw new IllegalArgumentException("fields: " + count + " (expected: 0 to " + MAX_FIELDS + ")");
        }
        List<Optional<byte[]>> fields = new ArrayList<>();
        for (int field = 0; field < count; field++) {
            fields.add(field(in));
        }
        return fields;
    }

    private static Optional<byte[]> field(ByteBuffer in) {
        int length = in.getInt();
        if (length == -1) {
            return Optional.empty();
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("field: " + length + " bytes (expected: 0 to " + in.remaining() + ")");
        }
        byte[] value = new byte[length];
        in.get(value);
        return Optional.of(value);
    }
}
