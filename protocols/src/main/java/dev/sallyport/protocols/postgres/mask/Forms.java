package dev.sallyport.protocols.postgres.mask;

import dev.sallyport.core.masking.Detectors;
import dev.sallyport.core.masking.Findings;
import dev.sallyport.protocols.postgres.wire.Field;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Says whether detectors find anything in values that are no text: numbers by the digits they stand for, addresses by
 * their text, containers by their elements. What it finds cannot be cut out, so it only says yes or no.
 *
 * <p>In the binary form of a type that is not known every stretch of text is looked at, starting at each of its first
 * bytes, since the last bytes of a length may look like letters; and if the value reads as an array or a record from
 * end to end, its elements are looked at by their own types.
 */
final class Forms {
    private static final int LEAST_STRETCH = 3;
    private static final int MOST_DEPTH = 4;
    private static final int MOST_DIMENSIONS = 6;
    /** A card number has 19 digits at most, so one of more groups of four than that is none. */
    private static final int MOST_NUMERIC_WEIGHT = 5;

    private static final double LEAST_CARD = 1e12;
    private static final double MOST_CARD = 1e19;

    private final Detectors detectors;
    private final Findings found = new Findings();

    Forms(Detectors detectors) {
        this.detectors = detectors;
    }

    boolean textHolds(Field column, byte[] row, int from, int to) {
        if (detectors.find(row, from, to, found)) {
            return true;
        }
        return ValueKind.of(column.typeOid()) == ValueKind.FLOAT8 && exponentHolds(row, from, to);
    }

    boolean byteaHolds(boolean binary, byte[] row, int from, int to) {
        byte[] decoded = binary ? null : hexBytes(row, from, to);
        if (decoded != null) {
            return stretchesHold(decoded, 0, decoded.length);
        }
        return binary ? stretchesHold(row, from, to) : detectors.find(row, from, to, found);
    }

    boolean binaryHolds(int typeOid, byte[] row, int from, int to) {
        return binaryHolds(typeOid, ByteBuffer.wrap(row, from, to - from).slice(), 0);
    }

    /** The bytes of a bytea in hex format, or null where it is in escape format. */
    static byte @Nullable [] hexBytes(byte[] row, int from, int to) {
        if (to - from < 2 || row[from] != '\\' || row[from + 1] != 'x') {
            return null;
        }
        String digits = new String(row, from + 2, to - from - 2, StandardCharsets.US_ASCII);
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean binaryHolds(int typeOid, ByteBuffer value, int depth) {
        int bytes = value.remaining();
        return switch (ValueKind.of(typeOid)) {
            case INERT, UUID -> false;
            case INT8 -> bytes == Long.BYTES && holds(Long.toString(value.getLong(0)));
            case FLOAT8 -> bytes == Double.BYTES && doubleHolds(value.getDouble(0));
            case NUMERIC -> numericHolds(value);
            case NETWORK -> networkHolds(value);
            case TEXT, JSON, JSONB, XML, BYTEA -> stretchesHold(value);
            case OTHER ->
                stretchesHold(value) || (depth < MOST_DEPTH && (arrayHolds(value, depth) || recordHolds(value, depth)));
        };
    }

    private boolean holds(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return detectors.find(utf8, 0, utf8.length, found);
    }

    private boolean exponentHolds(byte[] row, int from, int to) {
        for (int i = from; i < to; i++) {
            if (row[i] == 'e') {
                try {
                    return doubleHolds(Double.parseDouble(new String(row, from, to - from, StandardCharsets.US_ASCII)));
                } catch (NumberFormatException e) {
                    return false;
                }
            }
        }
        return false;
    }

    private boolean doubleHolds(double number) {
        double size = Math.abs(number);
        return size >= LEAST_CARD
                && size < MOST_CARD
                && size == Math.rint(size)
                && holds(new BigDecimal(size).toPlainString());
    }

    /** Four int16 (digits, weight, sign, scale), then as many digits to the base of 10000. */
    private boolean numericHolds(ByteBuffer value) {
        if (value.remaining() < 8) {
            return false;
        }
        int digits = value.getShort(0);
        int weight = value.getShort(2);
        if (digits < 0 || value.remaining() != 8 + digits * 2 || weight < 0 || weight > MOST_NUMERIC_WEIGHT) {
            return false;
        }
        long whole = 0;
        for (int i = 0; i <= weight; i++) {
            int digit = i < digits ? value.getShort(8 + i * 2) : 0;
            if (whole > Long.MAX_VALUE / 10_000 - 1) {
                return false;
            }
            whole = whole * 10_000 + digit;
        }
        return holds(Long.toString(whole));
    }

    /** Family, bits, whether it is a cidr, the address's length, the address. */
    private boolean networkHolds(ByteBuffer value) {
        int bytes = value.remaining() - 4;
        StringBuilder address = new StringBuilder();
        if (bytes == 4) {
            for (int i = 0; i < 4; i++) {
                address.append(i > 0 ? "." : "").append(value.get(4 + i) & 0xff);
            }
        } else if (bytes == 16) {
            for (int i = 0; i < 8; i++) {
                address.append(i > 0 ? ":" : "").append(Integer.toHexString(value.getShort(4 + i * 2) & 0xffff));
            }
        }
        return holds(address.toString());
    }

    /** Dimensions, whether there are NULLs, element type, for each dimension its length and lower bound, elements. */
    private boolean arrayHolds(ByteBuffer value, int depth) {
        if (value.remaining() < 12) {
            return false;
        }
        int dimensions = value.getInt(0);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS || value.remaining() < 12 + dimensions * 8) {
            return false;
        }
        int elementType = value.getInt(8);
        int at = 12 + dimensions * 8;
        boolean hit = false;
        while (at >= 0 && at < value.limit()) {
            int length = lengthAt(value, at);
            hit |= length > 0 && binaryHolds(elementType, value.slice(at + 4, length), depth + 1);
            at = length < -1 ? -1 : at + 4 + Math.max(0, length);
        }
        return hit;
    }

    /** The number of fields, then for each its type, length and bytes. */
    private boolean recordHolds(ByteBuffer value, int depth) {
        boolean hit = false;
        int at = 4;
        while (at >= 0 && at + 8 <= value.limit()) {
            int length = lengthAt(value, at + 4);
            hit |= length > 0 && binaryHolds(value.getInt(at), value.slice(at + 8, length), depth + 1);
            at = length < -1 ? -1 : at + 8 + Math.max(0, length);
        }
        return hit;
    }

    /** The length at {@code at}: -1 for NULL, -2 where it does not fit. */
    private static int lengthAt(ByteBuffer value, int at) {
        if (at + 4 > value.limit()) {
            return -2;
        }
        int length = value.getInt(at);
        return length < -1 || length > value.limit() - at - 4 ? -2 : length;
    }

    private boolean stretchesHold(ByteBuffer value) {
        int from = value.arrayOffset();
        return stretchesHold(value.array(), from, from + value.limit());
    }

    private boolean stretchesHold(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int end = at;
            while (end < to && isText(bytes[end])) {
                end++;
            }
            for (int skipped = 0; skipped < LEAST_STRETCH && end - at - skipped >= LEAST_STRETCH; skipped++) {
                if (detectors.find(bytes, at + skipped, end, found)) {
                    return true;
                }
            }
            at = end + 1;
        }
        return false;
    }

    private static boolean isText(byte c) {
        return c >= ' ' || c < 0 || c == '\t' || c == '\n' || c == '\r';
    }
}
