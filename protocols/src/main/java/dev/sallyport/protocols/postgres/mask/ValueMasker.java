package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Detectors;
import dev.sallyport.core.masking.Findings;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.Masker;
import dev.sallyport.protocols.postgres.wire.Field;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Masks single values. A value is given as a range of bytes together with its column, from which type, type modifier
 * and format are known; what replaces it is of that type and format, and NULL where there is no such thing. It keeps
 * working space, so each session has its own.
 *
 * <p>Sources: PostgreSQL 18 documentation, 8 "Data Types" for the text forms, the types' {@code send} functions for the
 * binary ones.
 */
public final class ValueMasker {
    private static final byte[] NO_BYTES = {};
    private static final byte JSONB_VERSION = 1;
    private static final int BYTEA_HASH_BYTES = 8;

    private final Masker masker;
    private final Detectors detectors;
    private final Findings found = new Findings();
    private final JsonText json;
    private final Forms forms;

    public ValueMasker(Masker masker, Detectors detectors) {
        this.masker = masker;
        this.detectors = detectors;
        this.json = new JsonText(masker, detectors);
        this.forms = new Forms(detectors);
    }

    /** Whether looking through values of this column can find anything. */
    boolean canDetect(Field column) {
        ValueKind kind = ValueKind.of(column.typeOid());
        return !detectors.isEmpty() && kind != ValueKind.INERT && kind != ValueKind.UUID;
    }

    /** The bytes that replace a value under a mask on its column, or null for NULL. */
    byte @Nullable [] replacement(ColumnPlan.Replace plan, Field column, byte[] row, int from, int to) {
        return plan.isWhole() ? replacement(plan.mask(), column, row, from, to) : between(plan, column, row, from, to);
    }

    /** Masks what stands between the plan's constant texts. */
    private byte @Nullable [] between(ColumnPlan.Replace plan, Field column, byte[] row, int from, int to) {
        byte[] prefix = utf8(plan.prefix());
        byte[] suffix = utf8(plan.suffix());
        int first = from + prefix.length;
        int last = to - suffix.length;
        boolean fits = ValueKind.of(column.typeOid()) == ValueKind.TEXT
                && first <= last
                && Arrays.equals(prefix, 0, prefix.length, row, from, first)
                && Arrays.equals(suffix, 0, suffix.length, row, last, to);
        if (!fits) {
            return replacement(Mask.stricter(plan.mask(), new Mask.Redact()), column, row, from, to);
        }
        byte[] masked = replacement(plan.mask(), column, row, first, last);
        return masked == null ? null : joined(prefix, masked, suffix);
    }

    private byte @Nullable [] replacement(Mask mask, Field column, byte[] row, int from, int to) {
        if (mask instanceof Mask.Null) {
            return null;
        }
        ValueKind kind = ValueKind.of(column.typeOid());
        return switch (kind) {
            case TEXT -> replacedText(mask, column, row, from, to);
            case JSON -> utf8('"' + whole(mask, row, from, to) + '"');
            case JSONB -> replacedJsonb(mask, column, row, from, to);
            case XML -> utf8(whole(mask, row, from, to));
            case UUID -> mask instanceof Mask.Hash ? hashedUuid(column, row, from, to) : null;
            case BYTEA -> mask instanceof Mask.Hash ? hashedBytea(column, row, from, to) : emptyBytea(column);
            case INT8, NUMERIC, FLOAT8, NETWORK, INERT, OTHER -> null;
        };
    }

    /** Whether detectors find anything in a value; then {@link #detected} gives what replaces it. */
    boolean detects(Field column, byte[] row, int from, int to) {
        boolean binary = column.format() != 0;
        return switch (ValueKind.of(column.typeOid())) {
            case TEXT, XML -> detectors.find(row, from, to, found);
            case JSON -> json.find(row, from, to);
            case JSONB -> json.find(row, binary ? Math.min(from + 1, to) : from, to);
            case BYTEA -> forms.byteaHolds(binary, row, from, to);
            case INT8, NUMERIC, FLOAT8, NETWORK, OTHER ->
                binary ? forms.binaryHolds(column.typeOid(), row, from, to) : forms.textHolds(column, row, from, to);
            case UUID, INERT -> false;
        };
    }

    /** The bytes that replace the value in which {@link #detects} just found something, or null for NULL. */
    byte @Nullable [] detected(Field column, byte[] row, int from, int to) {
        return switch (ValueKind.of(column.typeOid())) {
            case TEXT -> fitted(column, detectors.masked(row, from, to, found));
            case XML -> holdsMarkup(row) ? utf8(Masker.REDACTED) : detectors.masked(row, from, to, found);
            case JSON -> json.masked();
            case JSONB -> column.format() == 0 ? json.masked() : versioned(json.masked());
            case UUID, BYTEA, INT8, NUMERIC, FLOAT8, NETWORK, INERT, OTHER -> null;
        };
    }

    /** Appends a value as a row or binary COPY holds it: its length, -1 for NULL, and its bytes. */
    static void write(byte @Nullable [] value, ByteBuf out) {
        if (value == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(value.length).writeBytes(value);
        }
    }

    private byte[] replacedText(Mask mask, Field column, byte[] row, int from, int to) {
        int end = to;
        if (column.typeOid() == ValueKind.BPCHAR) {
            // Blanks at the end are padding and no part of the value.
            while (end > from && row[end - 1] == ' ') {
                end--;
            }
        }
        return fitted(column, utf8(masker.mask(mask, text(row, from, end))));
    }

    /** Cuts and pads a text to what the column's type modifier says. */
    private static byte[] fitted(Field column, byte[] value) {
        boolean padded = column.typeOid() == ValueKind.BPCHAR;
        if ((!padded && column.typeOid() != ValueKind.VARCHAR) || column.typeModifier() < 5) {
            return value;
        }
        int most = column.typeModifier() - 4;
        String text = new String(value, StandardCharsets.UTF_8);
        int characters = text.codePointCount(0, text.length());
        if (characters > most) {
            String cut = text.equals(Masker.REDACTED)
                    ? "*".repeat(most)
                    : text.substring(0, text.offsetByCodePoints(0, most));
            return utf8(cut);
        }
        return padded ? utf8(text + " ".repeat(most - characters)) : value;
    }

    /** A mask on a structured text as a whole: what keeps some characters would keep brackets, so it redacts. */
    private String whole(Mask mask, byte[] row, int from, int to) {
        return switch (mask) {
            case Mask.Hash() -> masker.hash(text(row, from, to));
            case Mask.Redact _, Mask.Null _, Mask.KeepLast _, Mask.KeepFirst _ -> Masker.REDACTED;
        };
    }

    private byte[] replacedJsonb(Mask mask, Field column, byte[] row, int from, int to) {
        boolean binary = column.format() != 0;
        byte[] replaced = utf8('"' + whole(mask, row, binary ? Math.min(from + 1, to) : from, to) + '"');
        return binary ? versioned(replaced) : replaced;
    }

    private static byte[] versioned(byte[] jsonText) {
        byte[] value = new byte[jsonText.length + 1];
        value[0] = JSONB_VERSION;
        System.arraycopy(jsonText, 0, value, 1, jsonText.length);
        return value;
    }

    /** A UUID of version 8 (RFC 9562, 5.8) made of the hash of the original's usual form. */
    private byte @Nullable [] hashedUuid(Field column, byte[] row, int from, int to) {
        boolean binary = column.format() != 0;
        if (binary && to - from != 16) {
            return null;
        }
        String original = binary ? uuid(row, from) : text(row, from, to).toLowerCase(Locale.ROOT);
        byte[] hash = Arrays.copyOf(masker.hash(utf8(original)), 16);
        hash[6] = (byte) ((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte) ((hash[8] & 0x3f) | 0x80);
        return binary ? hash : utf8(uuid(hash, 0));
    }

    private static String uuid(byte[] bytes, int from) {
        HexFormat hex = HexFormat.of();
        return String.join(
                "-",
                hex.formatHex(bytes, from, from + 4),
                hex.formatHex(bytes, from + 4, from + 6),
                hex.formatHex(bytes, from + 6, from + 8),
                hex.formatHex(bytes, from + 8, from + 10),
                hex.formatHex(bytes, from + 10, from + 16));
    }

    private byte @Nullable [] hashedBytea(Field column, byte[] row, int from, int to) {
        boolean binary = column.format() != 0;
        byte[] original = binary ? Arrays.copyOfRange(row, from, to) : Forms.hexBytes(row, from, to);
        if (original == null) {
            return null;
        }
        byte[] hash = Arrays.copyOf(masker.hash(original), BYTEA_HASH_BYTES);
        return binary ? hash : utf8("\\x" + HexFormat.of().formatHex(hash));
    }

    private static byte[] emptyBytea(Field column) {
        return column.format() == 0 ? utf8("\\x") : NO_BYTES;
    }

    private boolean holdsMarkup(byte[] row) {
        for (int i = 0; i < found.count(); i++) {
            for (int at = found.start(i); at < found.end(i); at++) {
                if (row[at] == '<' || row[at] == '>' || row[at] == '&') {
                    return true;
                }
            }
        }
        return false;
    }

    private static String text(byte[] row, int from, int to) {
        return new String(row, from, to - from, StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
