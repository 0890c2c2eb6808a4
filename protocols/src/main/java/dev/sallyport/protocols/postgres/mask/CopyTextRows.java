package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** COPY's text format: a line a row, backslash sequences for whatever would be taken for a delimiter or a line's end. */
final class CopyTextRows implements CopyRows {
    private static final byte[] END_MARKER = {'\\', '.', '\n'};
    private static final String ESCAPED = "\b\f\n\r\t\u000b";
    private static final String LETTERS = "bfnrtv";

    private final Columns columns;
    private final ValueMasker values;
    private final byte delimiter;
    private final byte[] nullText;
    private boolean headerIsNext;
    private int scanned;
    private boolean escapedNext;

    CopyTextRows(CopyFormat.Text format, Columns columns, ValueMasker values) {
        this.columns = columns;
        this.values = values;
        this.delimiter = (byte) format.delimiter();
        this.nullText = format.nullText().getBytes(StandardCharsets.UTF_8);
        this.headerIsNext = format.header();
    }

    @Override
    public int end(byte[] stream, int from, int to) {
        for (int at = from + scanned; at < to; at++) {
            if (escapedNext) {
                escapedNext = false;
            } else if (stream[at] == '\\') {
                escapedNext = true;
            } else if (stream[at] == '\n') {
                scanned = 0;
                return at + 1;
            }
        }
        scanned = to - from;
        return 0;
    }

    @Override
    public void mask(byte[] stream, int from, int to, ByteBuf out) {
        if (headerIsNext || Arrays.equals(stream, from, to, END_MARKER, 0, END_MARKER.length)) {
            headerIsNext = false;
            out.writeBytes(stream, from, to - from);
            return;
        }
        int lineEnd = to - 1;
        int at = from;
        int column = 0;
        // A row of no columns is an empty line.
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
        int at = from;
        while (at < lineEnd && stream[at] != delimiter) {
            at += stream[at] == '\\' ? 2 : 1;
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
        byte[] meant = unescaped(stream, from, to);
        Field field = columns.field(column);
        if (replace != null) {
            escaped(values.replacement(replace, field, meant, 0, meant.length), out);
        } else if (values.detects(field, meant, 0, meant.length)) {
            escaped(values.detected(field, meant, 0, meant.length), out);
        } else {
            out.writeBytes(stream, from, to - from);
        }
    }

    private static byte[] unescaped(byte[] stream, int from, int to) {
        ByteArrayOutputStream meant = new ByteArrayOutputStream(to - from);
        int at = from;
        while (at < to) {
            byte c = stream[at++];
            if (c != '\\' || at == to) {
                meant.write(c);
                continue;
            }
            byte escape = stream[at++];
            int letter = LETTERS.indexOf(escape);
            if (letter >= 0) {
                meant.write(ESCAPED.charAt(letter));
            } else if (escape >= '0' && escape <= '7') {
                int code = escape - '0';
                for (int i = 0; i < 2 && at < to && stream[at] >= '0' && stream[at] <= '7'; i++) {
                    code = code * 8 + stream[at++] - '0';
                }
                meant.write(code);
            } else if (escape == 'x' && at < to && Character.digit(stream[at], 16) >= 0) {
                int code = Character.digit(stream[at++], 16);
                if (at < to && Character.digit(stream[at], 16) >= 0) {
                    code = code * 16 + Character.digit(stream[at++], 16);
                }
                meant.write(code);
            } else {
                meant.write(escape);
            }
        }
        return meant.toByteArray();
    }

    private void escaped(byte @Nullable [] value, ByteBuf out) {
        if (value == null) {
            out.writeBytes(nullText);
            return;
        }
        for (byte c : value) {
            int letter = c >= 0 ? ESCAPED.indexOf(c) : -1;
            if (letter >= 0) {
                out.writeByte('\\').writeByte(LETTERS.charAt(letter));
            } else if (c == '\\' || c == delimiter) {
                out.writeByte('\\').writeByte(c);
            } else {
                out.writeByte(c);
            }
        }
    }
}
