package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Masks the DataRow messages of one answer. Made from the columns as its RowDescription has them, in the formats in
 * which the values really come, and one plan for each. Values that stay are copied in stretches as they are; nothing is
 * allocated for a row in which nothing is masked.
 */
public final class RowMasker {
    private final Columns columns;
    private final ValueMasker values;
    private final Scratch scratch = new Scratch();

    public RowMasker(List<Field> fields, List<ColumnPlan> plans, ValueMasker values) {
        this.columns = new Columns(fields, plans, values);
        this.values = values;
    }

    /** Whether rows have to come through here at all; else they can be forwarded as they are. */
    public boolean isNeeded() {
        return columns.isTouched();
    }

    /**
     * Appends the whole DataRow message for a row to {@code out}.
     *
     * @param body the message's body as it came, from reader to writer index; it is neither changed nor consumed
     * @throws ProtocolViolation when the row has another number of columns or its lengths do not add up; {@code out} is
     *     then as it was
     */
    public void mask(ByteBuf body, ByteBuf out) {
        int start = out.writerIndex();
        try {
            out.writeByte(Tag.DATA_ROW).writeInt(0);
            byte[] row = scratch.bytes(body);
            int from = scratch.offset();
            copy(row, from, from + body.readableBytes(), out);
            out.setInt(start + 1, out.writerIndex() - start - 1);
        } catch (RuntimeException e) {
            out.writerIndex(start);
            throw e;
        }
    }

    private void copy(byte[] row, int from, int to, ByteBuf out) {
        if (to - from < 2 || int16(row, from) != columns.count()) {
            throw new ProtocolViolation("row: another number of columns (expected: " + columns.count() + ")");
        }
        int end = RowValues.copy(columns, values, row, from, from + 2, to, out);
        if (end != to) {
            throw new ProtocolViolation("row: " + (to - end) + " bytes behind its last column");
        }
    }

    private static int int16(byte[] row, int at) {
        return (row[at] & 0xff) << 8 | (row[at + 1] & 0xff);
    }
}
