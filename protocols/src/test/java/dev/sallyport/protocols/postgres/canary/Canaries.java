package dev.sallyport.protocols.postgres.canary;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;

/**
 * Makes values that occur nowhere else, as SQL literals, and tells the spotter every form of them that must not be seen:
 * in text, in the types' binary forms, reversed, in hex and in base64. Letters in upper case are found by the spotter
 * itself, which takes no notice of case.
 */
final class Canaries {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final String GREEK = "αβγδεζηθικλμνξοπρστυφχψω";
    private static final int LENGTH = 28;
    /** So that a stretch of a value in hex stands for eight of its bytes. */
    private static final int HEX_WINDOW = 16;

    private final Dice dice;
    private final Spotter spotter;

    Canaries(long seed, Spotter spotter) {
        this.dice = new Dice(seed, -1);
        this.spotter = spotter;
    }

    /** Letters and digits. */
    String word() {
        return text(letters(LETTERS, LENGTH));
    }

    String greek() {
        String value = letters(GREEK, LENGTH);
        known(utf8(value.toUpperCase(Locale.ROOT)));
        return text(value);
    }

    private String text(String value) {
        known(utf8(value));
        known(utf8(new StringBuilder(value).reverse().toString()));
        return "'" + value + "'";
    }

    private String letters(String of, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(of.charAt(dice.below(of.length())));
        }
        return text.toString();
    }

    String number() {
        long value = dice.between(100_000_000_000_000L, 1_000_000_000_000_000L);
        String digits = String.valueOf(value);
        plain(utf8(digits));
        plain(utf8(new StringBuilder(digits).reverse().toString()));
        plain(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        plain(numeric(value));
        spotter.know(ByteBuffer.allocate(Double.BYTES).putDouble((double) value).array(), Double.BYTES);
        return digits;
    }

    /** The digits of {@code numeric} in binary, four to an int16. */
    private static byte[] numeric(long value) {
        ByteBuffer groups = ByteBuffer.allocate(8);
        BigDecimal digits = BigDecimal.valueOf(value);
        for (int i = 3; i >= 0; i--) {
            BigDecimal[] parts = digits.divideAndRemainder(BigDecimal.valueOf(10_000));
            groups.putShort(2 * i, parts[1].shortValue());
            digits = parts[0];
        }
        return groups.array();
    }

    String date() {
        LocalDate value = LocalDate.of(6060 + dice.below(40), dice.between(1, 12), dice.between(1, 28));
        plain(utf8(value.toString()));
        int days = (int) (value.toEpochDay() - LocalDate.of(2000, 1, 1).toEpochDay());
        // Too short by itself, so as a field with its length.
        plain(ByteBuffer.allocate(8).putInt(Integer.BYTES).putInt(days).array());
        plain(ByteBuffer.allocate(8).putLong(days * 86_400_000_000L).array());
        return value.toString();
    }

    String uuid() {
        byte[] bytes = dice.bytes(16);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        UUID value = new UUID(in.getLong(), in.getLong());
        plain(utf8(value.toString()));
        plain(bytes);
        return "'" + value + "'";
    }

    String bytea() {
        byte[] bytes = dice.bytes(20);
        known(bytes);
        return "'\\x" + HexFormat.of().formatHex(bytes) + "'";
    }

    String inet() {
        byte[] bytes = dice.bytes(16);
        bytes[0] = (byte) 0xfd;
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; i += 2) {
            // No group may begin with a zero, which would be left out.
            bytes[i] |= 0x10;
            text.append(i == 0 ? "" : ":").append(HexFormat.of().formatHex(bytes, i, i + 2));
        }
        plain(utf8(text.toString()));
        plain(bytes);
        return "'" + text + "'";
    }

    private void plain(byte[] value) {
        spotter.know(value, Spotter.WINDOW);
    }

    private void known(byte[] value) {
        plain(value);
        spotter.know(utf8(HexFormat.of().formatHex(value)), HEX_WINDOW);
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[value.length + shift];
            System.arraycopy(value, 0, shifted, shift, value.length);
            byte[] encoded = Base64.getEncoder().encode(shifted);
            // What holds bits of what stands around is not this value's.
            int from = shift == 0 ? 0 : shift + 1;
            int to = shifted.length / 3 * 4;
            plain(Arrays.copyOfRange(encoded, from, to));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
