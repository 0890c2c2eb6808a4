package dev.sallyport.server.export;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.UUID;

/**
 * PostgreSQL's values as text. Values in text format are UTF-8; those in binary format are decoded by the type's OID
 * where it is a common one (the forms are those of the server's {@code *send} functions), and shown in hex where not, or
 * where the bytes do not fit the type.
 */
public final class PostgresValues {
    private static final LocalDate EPOCH = LocalDate.of(2000, 1, 1);

    private PostgresValues() {}

    /** The value as text; never fails. */
    public static String text(String oid, boolean binary, byte[] value) {
        if (!binary) {
            return new String(value, StandardCharsets.UTF_8);
        }
        try {
            return decoded(oid, value);
        } catch (RuntimeException doesNotFit) {
            return hex(value);
        }
    }

    private static String decoded(String oid, byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value);
        return switch (oid) {
            case "16" -> sized(in, 1).get() == 0 ? "f" : "t";
            case "20" -> Long.toString(sized(in, 8).getLong());
            case "21" -> Short.toString(sized(in, 2).getShort());
            case "23" -> Integer.toString(sized(in, 4).getInt());
            case "26" -> Integer.toUnsignedString(sized(in, 4).getInt());
            case "700" -> Float.toString(sized(in, 4).getFloat());
            case "701" -> Double.toString(sized(in, 8).getDouble());
            case "1700" -> numeric(in);
            case "1082" -> date(sized(in, 4).getInt());
            case "1083" ->
                LocalTime.MIDNIGHT
                        .plus(sized(in, 8).getLong(), ChronoUnit.MICROS)
                        .toString();
            case "1114" -> timestamp(sized(in, 8).getLong(), "");
            case "1184" -> timestamp(sized(in, 8).getLong(), "+00");
            case "2950" -> {
                sized(in, 16);
                yield new UUID(in.getLong(), in.getLong()).toString();
            }
            case "3802" -> jsonb(in);
            case "18", "19", "25", "114", "142", "705", "1042", "1043" -> utf8(in);
            default -> hex(value);
        };
    }

    private static ByteBuffer sized(ByteBuffer in, int bytes) {
        if (in.remaining() != bytes) {
            throw new IllegalArgumentException(in.remaining() + " bytes (expected: " + bytes + ")");
        }
        return in;
    }

    private static String utf8(ByteBuffer in) {
        return StandardCharsets.UTF_8.decode(in).toString();
    }

    private static String jsonb(ByteBuffer in) {
        int version = in.get();
        if (version != 1) {
            throw new IllegalArgumentException("jsonb version " + version);
        }
        return utf8(in);
    }

    private static String date(int days) {
        return switch (days) {
            case Integer.MAX_VALUE -> "infinity";
            case Integer.MIN_VALUE -> "-infinity";
            default -> EPOCH.plusDays(days).toString();
        };
    }

    private static String timestamp(long micros, String zone) {
        if (micros == Long.MAX_VALUE) {
            return "infinity";
        }
        if (micros == Long.MIN_VALUE) {
            return "-infinity";
        }
        LocalDateTime time = LocalDateTime.ofEpochSecond(
                Math.floorDiv(micros, 1_000_000L) + EPOCH.atStartOfDay().toEpochSecond(ZoneOffset.UTC),
                (int) Math.floorMod(micros, 1_000_000L) * 1_000,
                ZoneOffset.UTC);
        return time.toLocalDate() + " " + time.toLocalTime() + zone;
    }

    /** Count of base-10000 digits, weight of the first, sign, scale to be shown; then the digits. */
    private static String numeric(ByteBuffer in) {
        int count = Short.toUnsignedInt(in.getShort());
        int weight = in.getShort();
        int sign = Short.toUnsignedInt(in.getShort());
        int scale = Short.toUnsignedInt(in.getShort());
        switch (sign) {
            case 0xC000 -> {
                return "NaN";
            }
            case 0xD000 -> {
                return "Infinity";
            }
            case 0xF000 -> {
                return "-Infinity";
            }
            default -> sized(in, count * 2);
        }
        BigInteger digits = BigInteger.ZERO;
        for (int i = 0; i < count; i++) {
            digits = digits.multiply(BigInteger.valueOf(10_000)).add(BigInteger.valueOf(in.getShort()));
        }
        BigDecimal value = new BigDecimal(digits, 4 * (count - 1 - weight));
        BigDecimal shown = value.setScale(scale, RoundingMode.HALF_UP);
        return (sign == 0x4000 ? shown.negate() : shown).toPlainString();
    }

    private static String hex(byte[] value) {
        return "\\x" + HexFormat.of().formatHex(value);
    }
}
