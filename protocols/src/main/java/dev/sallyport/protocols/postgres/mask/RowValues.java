package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;

/** The values of a row as DataRow and binary COPY have them: for each its length, -1 for NULL, and its bytes. */
final class RowValues {
    private RowValues() {}

    /**
     * Appends everything from {@code copyFrom} to the end of the row's last value, masked.
     *
     * @param at where the first value's length is
     * @return the end of the last value
     */
    static int copy(Columns columns, ValueMasker values, byte[] row, int copyFrom, int at, int to, ByteBuf out) {
        int copied = copyFrom;
        int next = at;
        for (int i = 0; i < columns.count(); i++) {
            int lengthAt = next;
            int length = length(row, lengthAt, to);
            int from = lengthAt + 4;
            next = from + Math.max(length, 0);
            if (length < 0) {
                continue;
            }
            Field field = columns.field(i);
            ColumnPlan.Replace replace = columns.replaced(i);
            if (replace != null) {
                out.writeBytes(row, copied, lengthAt - copied);
                ValueMasker.write(values.replacement(replace, field, row, from, next), out);
                copied = next;
            } else if (columns.isDetected(i) && values.detects(field, row, from, next)) {
                out.writeBytes(row, copied, lengthAt - copied);
                ValueMasker.write(values.detected(field, row, from, next), out);
                copied = next;
            }
        }
        out.writeBytes(row, copied, next - copied);
        return next;
    }

    private static int length(byte[] row, int at, int to) {
        if (to - at < 4) {
            throw new ProtocolViolation("row: ends inside a column's length");
        }
        int length =
                (row[at] & 0xff) << 24 | (row[at + 1] & 0xff) << 16 | (row[at + 2] & 0xff) << 8 | (row[at + 3] & 0xff);
        if (length < -1 || length > to - at - 4) {
            throw new ProtocolViolation("row: a column's length of " + length + " (expected: -1 to " + (to - at - 4)
                    + ", what is left of it)");
        }
        return length;
    }
}
