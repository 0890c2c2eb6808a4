package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Detectors;
import dev.sallyport.core.masking.Findings;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.Masker;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Looks for values in a JSON text and masks them so that it stays JSON: inside a string the mask takes the value's
 * place, a number that is or holds one becomes a string. Strings with escapes are read as what they mean.
 *
 * <p>The text was written by PostgreSQL, so it is JSON (RFC 8259); should it not be, what follows the fault is read as a
 * string.
 */
final class JsonText {
    private static final byte[] NOTHING = {};

    private final Masker masker;
    private final Detectors detectors;
    private final Findings found = new Findings();
    private final Findings foundInString = new Findings();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] text = NOTHING;
    private int copied;
    private int range;
    private boolean changed;

    JsonText(Masker masker, Detectors detectors) {
        this.masker = masker;
        this.detectors = detectors;
    }

    /** Whether anything was found; then {@link #masked} has the text with the masks. */
    boolean find(byte[] bytes, int from, int to) {
        boolean hit = detectors.find(bytes, from, to, found);
        if (!hit && !holdsEscape(bytes, from, to)) {
            return false;
        }
        text = bytes;
        copied = from;
        range = 0;
        changed = false;
        out.reset();
        int at = from;
        while (at < to) {
            at = switch (text[at]) {
                case '"' -> string(at + 1, to);
                case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(at, to);
                default -> at + 1;
            };
        }
        out.write(text, copied, to - copied);
        text = NOTHING;
        return changed;
    }

    byte[] masked() {
        return out.toByteArray();
    }

    private static boolean holdsEscape(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\\') {
                return true;
            }
        }
        return false;
    }

    /** Reads the string whose first character is at {@code start}; returns where the text goes on. */
    private int string(int start, int to) {
        boolean escaped = false;
        int end = start;
        while (end < to && text[end] != '"') {
            if (text[end] == '\\') {
                escaped = true;
                end++;
            }
            end++;
        }
        end = Math.min(end, to);
        if (escaped) {
            maskEscaped(start, end);
        } else {
            maskPlain(start, end);
        }
        return end + 1;
    }

    private void maskPlain(int start, int end) {
        for (boolean more = isNextBefore(start, end); more; more = isNextBefore(start, end)) {
            int from = Math.max(start, found.start(range));
            int until = Math.min(end, found.end(range));
            replace(from, until, masker.mask(found.mask(range), utf8(from, until)));
            if (found.end(range) > end) {
                return;
            }
            range++;
        }
    }

    /** Whether a range that was found reaches into the token; those that end before it are passed over. */
    private boolean isNextBefore(int start, int end) {
        while (range < found.count() && found.end(range) <= start) {
            range++;
        }
        return range < found.count() && found.start(range) < end;
    }

    private void maskEscaped(int start, int end) {
        @Nullable String meant = unescaped(start, end);
        byte[] bytes = (meant == null ? utf8(start, end) : meant).getBytes(StandardCharsets.UTF_8);
        if (detectors.find(bytes, 0, bytes.length, foundInString)) {
            byte[] masked = detectors.masked(bytes, 0, bytes.length, foundInString);
            replace(start, end, escaped(new String(masked, StandardCharsets.UTF_8)));
        } else if (isNextBefore(start, end)) {
            replace(start, end, escaped(masker.mask(found.mask(range), new String(bytes, StandardCharsets.UTF_8))));
        }
    }

    private int number(int start, int to) {
        int end = start;
        while (end < to && isNumberByte(text[end])) {
            end++;
        }
        if (isNextBefore(start, end)) {
            Mask mask = found.mask(range);
            replace(start, end, '"' + masker.mask(mask, utf8(start, end)) + '"');
        }
        return end;
    }

    private static boolean isNumberByte(byte c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }

    private void replace(int from, int to, String replacement) {
        out.write(text, copied, from - copied);
        out.writeBytes(replacement.getBytes(StandardCharsets.UTF_8));
        copied = to;
        changed = true;
    }

    private String utf8(int from, int to) {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    /** What the string means, or null where an escape is none. */
    private @Nullable String unescaped(int start, int end) {
        String raw = utf8(start, end);
        StringBuilder meant = new StringBuilder(raw.length());
        int at = 0;
        while (at < raw.length()) {
            char c = raw.charAt(at++);
            if (c != '\\') {
                meant.append(c);
                continue;
            }
            char escape = at < raw.length() ? raw.charAt(at++) : 0;
            int letter = "bfnrt".indexOf(escape);
            if (letter >= 0) {
                meant.append("\b\f\n\r\t".charAt(letter));
            } else if (escape == 'u' && at + 4 <= raw.length() && HexFormat.isHexDigit(raw.charAt(at))) {
                try {
                    meant.append((char) Integer.parseInt(raw, at, at + 4, 16));
                } catch (NumberFormatException e) {
                    return null;
                }
                at += 4;
            } else if (escape == '"' || escape == '\\' || escape == '/') {
                meant.append(escape);
            } else {
                return null;
            }
        }
        return meant.toString();
    }

    private static String escaped(String meant) {
        StringBuilder raw = new StringBuilder(meant.length() + 8);
        for (int i = 0; i < meant.length(); i++) {
            char c = meant.charAt(i);
            int index = "\b\f\n\r\t".indexOf(c);
            if (index >= 0) {
                raw.append('\\').append("bfnrt".charAt(index));
            } else if (c == '"' || c == '\\') {
                raw.append('\\').append(c);
            } else if (c < ' ') {
                raw.append("\\u00").append(c < 0x10 ? "0" : "").append(Integer.toHexString(c));
            } else {
                raw.append(c);
            }
        }
        return raw.toString();
    }
}
