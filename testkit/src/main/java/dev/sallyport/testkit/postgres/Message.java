package dev.sallyport.testkit.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message from the server.
 *
 * @param tag its first byte
 * @param body what stands behind its length
 */
@SuppressWarnings("ArrayRecordComponent") // Read, never compared.
public record Message(char tag, byte[] body) {
    /** The fields of an ErrorResponse or NoticeResponse by their codes. */
    public Map<Character, String> fields() {
        Map<Character, String> fields = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(body);
        for (char code = (char) in.get(); code != 0; code = (char) in.get()) {
            fields.put(code, text(in));
        }
        return fields;
    }

    /** One field of an ErrorResponse or NoticeResponse, empty where it is absent. */
    public String field(char code) {
        return fields().getOrDefault(code, "");
    }

    /** The values of a DataRow as UTF-8. */
    public List<@Nullable String> row() {
        ByteBuffer in = ByteBuffer.wrap(body);
        int columns = in.getShort();
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            int length = in.getInt();
            if (length < 0) {
                row.add(null);
            } else {
                byte[] value = new byte[length];
                in.get(value);
                row.add(new String(value, StandardCharsets.UTF_8));
            }
        }
        return row;
    }

    /** The names of a RowDescription's columns. */
    public List<String> columns() {
        ByteBuffer in = ByteBuffer.wrap(body);
        int count = in.getShort();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(text(in));
            in.position(in.position() + 18);
        }
        return names;
    }

    /** The body as text up to its first zero, such as CommandComplete's. */
    public String text() {
        return text(ByteBuffer.wrap(body));
    }

    private static String text(ByteBuffer in) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            byte next = in.get();
            if (next == 0) {
                break;
            }
            text.write(next);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return switch (tag) {
            case 'E', 'N' -> tag + fields().toString();
            case 'D' -> tag + row().toString();
            case 'T' -> tag + columns().toString();
            case 'C', 'Z' -> tag + "[" + text() + "]";
            default -> tag + "(" + body.length + " bytes)";
        };
    }
}
