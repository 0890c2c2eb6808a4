package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** COPY's CSV format: inside quotes delimiters and line ends are text, and quotes stand behind an escape character. */
final class CopyCsvRows implements CopyRows {
    private final Columns columns;
    private final ValueMasker values;
    private final byte delimiter;
    private final byte quote;
    private final byte escape;
    private final byte[] nullText;
    private boolean headerIsNext;
    private int scanned;
    private boolean quoted;
    private boolean escapedNext;

    CopyCsvRows(CopyFormat.Csv format, Columns columns, ValueMasker values) {
        this.columns = columns;
        this.values = values;
        this.delimiter = (byte) format.delimiter();
        this.quote = (byte) format.quote();
        this.escape = (byte) format.escape();
        this.nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
        this.headerIsNext = format.header();
    }

    @Override
    public int end(byte[] stream, int from, int to) {
        for (int at = from + scanned; at < to; at++) {
            byte c = stream[at];
            if (escapedNext) {
                escapedNext = false;
            } else if (quoted && c == escape && escape != quote) {
                escapedNext = true;
            } else if (c == quote) {
                // Where quotes escape themselves, a doubled one ends the text and starts it again.
                quoted = !quoted;
            } else if (c == '\n' && !quoted) {
                scanned = 0;
                return at + 1;
            }
        }
        scanned = to - from;
        return 0;
    }

    @Override
    public void mask(byte[] stream, int from, int to, ByteBuf out) {
        if (headerIsNext) {
            headerIsNext = false;
            out.writeBytes(stream, from, to - from);
            return;
        }
        int lineEnd = to - 1;
        int at = from;
        int column = 0;
        boolean more = columns.count() > 0 || lineEnd > from;
        while (more) {
            int end = endOfValue(stream, at, lineEnd);
            if (column == columns.count()) {
                throw wrongCount();
            }
            value(column, stream, at, end, out);
            column++;
            more = end < lineEnd;
            if (more) {
                out.writeByte(delimiter);
                at = end + 1;
            }
        }
        if (column != columns.count()) {
            throw wrongCount();
        }
        out.writeByte('\n');
    }

    private ProtocolViolation wrongCount() {
        return new ProtocolViolation("copy: a row of another number of columns (expected: " + columns.count() + ")");
    }

    private int endOfValue(byte[] stream, int from, int lineEnd) {
        boolean inQuotes = false;
        int at = from;
        while (at < lineEnd && (inQuotes || stream[at] != delimiter)) {
            if (inQuotes && stream[at] == escape && escape != quote) {
                at++;
            } else if (stream[at] == quote) {
                inQuotes = !inQuotes;
            }
            at++;
        }
        return Math.min(at, lineEnd);
    }

    private void value(int column, byte[] stream, int from, int to, ByteBuf out) {
        ColumnPlan.Replace replace = columns.replaced(column);
        boolean isNull = Arrays.equals(stream, from, to, nullText, 0, nullText.length);
        if (isNull || (replace == null && !columns.isDetected(column))) {
            out.writeBytes(stream, from, to - from);
            return;
        }
        boolean wasQuoted = to > from && stream[from] == quote;
        byte[] meant = unquoted(stream, from, to);
        Field field = columns.field(column);
        if (replace != null) {
            quoted(values.replacement(replace, field, meant, 0, meant.length), wasQuoted, out);
        } else if (values.detects(field, meant, 0, meant.length)) {
            quoted(values.detected(field, meant, 0, meant.length), wasQuoted, out);
        } else {
            out.writeBytes(stream, from, to - from);
        }
    }

    private byte[] unquoted(byte[] stream, int from, int to) {
        ByteArrayOutputStream meant = new ByteArrayOutputStream(to - from);
        boolean inQuotes = false;
        int at = from;
        while (at < to) {
            byte c = stream[at++];
            boolean escapes = inQuotes && c == escape && at < to && (stream[at] == quote || stream[at] == escape);
            if (escapes) {
                meant.write(stream[at++]);
            } else if (c == quote) {
                inQuotes = !inQuotes;
            } else {
                meant.write(c);
            }
        }
        return meant.toByteArray();
    }

    private void quoted(byte @Nullable [] value, boolean always, ByteBuf out) {
        if (value == null) {
            out.writeBytes(nullText);
            return;
        }
        if (!always && !needsQuotes(value)) {
            out.writeBytes(value);
            return;
        }
        out.writeByte(quote);
        for (byte c : value) {
            if (c == quote || c == escape) {
                out.writeByte(escape);
            }
            out.writeByte(c);
        }
        out.writeByte(quote);
    }

    private boolean needsQuotes(byte[] value) {
        if (value.length == 0 || value[0] == '\\' || Arrays.equals(value, nullText)) {
            return true;
        }
        for (byte c : value) {
            if (c == delimiter || c == quote || c == '\n' || c == '\r') {
                return true;
            }
        }
        return false;
    }
}
