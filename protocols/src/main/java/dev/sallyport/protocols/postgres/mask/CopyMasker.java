package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;

/**
 * Masks the stream of a COPY TO STDOUT. PostgreSQL sends a row in each CopyData message, but the protocol does not promise
 * it, so rows are put together from whatever pieces come, and go out one in a message. What is kept of an unfinished row
 * is bounded.
 *
 * <p>Columns are those of the COPY, in its order, with the format 0 for text and CSV and 1 for binary.
 *
 * <p>Source: PostgreSQL 18 documentation, COPY, "File Formats".
 */
public final class CopyMasker {
    private final CopyRows rows;
    private final int maxRowBytes;
    private byte[] pending = new byte[1024];
    private int length;

    public CopyMasker(
            CopyFormat format, List<Field> fields, List<ColumnPlan> plans, ValueMasker values, int maxRowBytes) {
        Columns columns = new Columns(fields, plans, values);
        this.maxRowBytes = maxRowBytes;
        this.rows = switch (format) {
            case CopyFormat.Text text -> new CopyTextRows(text, columns, values);
            case CopyFormat.Csv csv -> new CopyCsvRows(csv, columns, values);
            case CopyFormat.Binary() -> new CopyBinaryRows(columns, values);
        };
    }

    /**
     * Takes the body of one CopyData message and appends a CopyData message to {@code out} for each row that it ends.
     *
     * @param chunk its readable bytes are read but not consumed
     * @throws ProtocolViolation when a row has another number of columns, does not read as the format says, or is longer
     *     than the maximum
     */
    public void data(ByteBuf chunk, ByteBuf out) {
        append(chunk);
        int from = 0;
        int end = rows.end(pending, 0, length);
        while (end > 0) {
            requireWithinMaximum(end - from);
            MessageWriter message = new MessageWriter(out).begin(Tag.COPY_DATA);
            rows.mask(pending, from, end, out);
            message.end();
            from = end;
            end = rows.end(pending, from, length);
        }
        System.arraycopy(pending, from, pending, 0, length - from);
        length -= from;
        requireWithinMaximum(length);
    }

    /**
     * To be called at CopyDone.
     *
     * @throws ProtocolViolation when a row is not finished
     */
    public void done() {
        if (length > 0) {
            throw new ProtocolViolation("copy: ends inside a row");
        }
    }

    private void append(ByteBuf chunk) {
        int bytes = chunk.readableBytes();
        if (pending.length - length < bytes) {
            pending = Arrays.copyOf(pending, Math.max(pending.length * 2, length + bytes));
        }
        chunk.getBytes(chunk.readerIndex(), pending, length, bytes);
        length += bytes;
    }

    private void requireWithinMaximum(int bytes) {
        if (bytes > maxRowBytes) {
            throw new ProtocolViolation("copy: a row of " + bytes + " bytes or more (expected: at most " + maxRowBytes
                    + ", the configured maximum)");
        }
    }
}
