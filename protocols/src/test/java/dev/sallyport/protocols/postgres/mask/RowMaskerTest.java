package dev.sallyport.protocols.postgres.mask;

import static dev.sallyport.protocols.postgres.mask.Samples.CARD;
import static dev.sallyport.protocols.postgres.mask.Samples.HASH;
import static dev.sallyport.protocols.postgres.mask.Samples.MASKER;
import static dev.sallyport.protocols.postgres.mask.Samples.REDACT;
import static dev.sallyport.protocols.postgres.mask.Samples.field;
import static dev.sallyport.protocols.postgres.mask.Samples.hex;
import static dev.sallyport.protocols.postgres.mask.Samples.row;
import static dev.sallyport.protocols.postgres.mask.Samples.utf8;
import static dev.sallyport.protocols.postgres.mask.Samples.valuesOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowMaskerTest {
    private static final int TEXT = 25;
    private static final int VARCHAR = 1043;
    private static final int BPCHAR = 1042;
    private static final int JSON = 114;
    private static final int JSONB = 3802;
    private static final int XML = 142;
    private static final int UUID = 2950;
    private static final int BYTEA = 17;
    private static final int INT8 = 20;
    private static final int NUMERIC = 1700;
    private static final int FLOAT8 = 701;
    private static final int INET = 869;
    private static final int TEXT_ARRAY = 1009;
    private static final int INT8_ARRAY = 1016;
    private static final int RECORD = 2249;
    private static final int CITEXT = 16_500;

    private static byte[] replaced(Mask mask, Field column, byte[] value) {
        return masked(new ColumnPlan.Replace(mask), column, value);
    }

    private static byte[] detected(Field column, byte[] value) {
        return masked(new ColumnPlan.Detect(), column, value);
    }

    private static byte[] masked(ColumnPlan plan, Field column, byte[] value) {
        ValueMasker values =
                Samples.values(Detector.CREDIT_CARD, Detector.EMAIL, Detector.API_KEY, Detector.IP_ADDRESS);
        RowMasker masker = new RowMasker(List.of(column), List.of(plan), values);
        ByteBuf out = Unpooled.buffer();
        masker.mask(row(value), out);
        return valuesOf(out).getFirst();
    }

    private static String text(byte[] value) {
        return value == null ? "NULL" : new String(value, StandardCharsets.UTF_8);
    }

    // Masks on columns.

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void masks_text_in_both_formats(int format) {
        Field column = field(TEXT, -1, format);

        assertThat(text(replaced(REDACT, column, utf8("secret")))).isEqualTo("[redacted]");
        assertThat(text(replaced(new Mask.Null(), column, utf8("secret")))).isEqualTo("NULL");
        assertThat(text(replaced(new Mask.KeepLast(4), column, utf8("123-45-6789"))))
                .isEqualTo("*******6789");
        assertThat(text(replaced(new Mask.KeepFirst(1), column, utf8("secret"))))
                .isEqualTo("s*****");
        assertThat(text(replaced(HASH, column, utf8("secret")))).isEqualTo(MASKER.hash("secret"));
    }

    @ParameterizedTest
    @CsvSource({
        "1043, 8, secret, ****",
        "1043, 20, secret, [redacted]",
        "1042, 7, abc, ***",
        "1042, 18, 'secret        ', '[redacted]    '",
        "1042, -1, secret, [redacted]",
        "1043, -1, secret, [redacted]",
    })
    void keeps_to_the_length_of_the_type(int type, int modifier, String value, String expected) {
        assertThat(text(replaced(REDACT, field(type, modifier, 0), utf8(value))))
                .isEqualTo(expected);
    }

    @Test
    void takes_the_padding_of_char_for_no_part_of_the_value() {
        assertThat(text(replaced(new Mask.KeepLast(2), field(BPCHAR, 14, 1), utf8("secret    "))))
                .isEqualTo("****et    ");
        assertThat(text(replaced(HASH, field(BPCHAR, 34, 1), utf8("secret" + " ".repeat(24)))))
                .isEqualTo(MASKER.hash("secret") + " ".repeat(14));
    }

    @Test
    void masks_json_as_a_json_string() {
        assertThat(text(replaced(REDACT, field(JSON, -1, 0), utf8("{\"a\":1}"))))
                .isEqualTo("\"[redacted]\"");
        assertThat(text(replaced(new Mask.KeepLast(1), field(JSON, -1, 1), utf8("{\"a\":1}"))))
                .isEqualTo("\"[redacted]\"");
        assertThat(text(replaced(REDACT, field(JSONB, -1, 0), utf8("{\"a\":1}"))))
                .isEqualTo("\"[redacted]\"");
        assertThat(text(replaced(REDACT, field(JSONB, -1, 1), utf8("\u0001{\"a\":1}"))))
                .isEqualTo("\u0001\"[redacted]\"");
        assertThat(text(replaced(HASH, field(JSONB, -1, 1), utf8("\u0001{\"a\":1}"))))
                .isEqualTo("\u0001\"" + MASKER.hash("{\"a\":1}") + "\"");
        assertThat(text(replaced(REDACT, field(XML, -1, 0), utf8("<a/>")))).isEqualTo("[redacted]");
    }

    @Test
    void hashes_a_uuid_to_a_uuid_that_is_the_same_in_both_formats() {
        String original = "550e8400-e29b-41d4-a716-446655440000";

        String hashed = text(replaced(HASH, field(UUID, -1, 0), utf8(original)));
        byte[] binary = replaced(HASH, field(UUID, -1, 1), hex(original.replace("-", "")));

        assertThat(hashed).matches("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(binary).isEqualTo(hex(hashed.replace("-", "")));
        assertThat(replaced(REDACT, field(UUID, -1, 0), utf8(original))).isNull();
        assertThat(replaced(HASH, field(UUID, -1, 1), hex("00"))).isNull();
    }

    @Test
    void empties_or_hashes_bytea() {
        assertThat(text(replaced(REDACT, field(BYTEA, -1, 0), utf8("\\xdeadbeef"))))
                .isEqualTo("\\x");
        assertThat(replaced(REDACT, field(BYTEA, -1, 1), hex("deadbeef"))).isEmpty();
        byte[] hash = replaced(HASH, field(BYTEA, -1, 1), hex("deadbeef"));
        assertThat(hash).hasSize(8);
        assertThat(text(replaced(HASH, field(BYTEA, -1, 0), utf8("\\xdeadbeef"))))
                .isEqualTo("\\x" + HexFormat.of().formatHex(hash));
        assertThat(replaced(HASH, field(BYTEA, -1, 0), utf8("\\001abc"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 20, 21, 23, 700, 701, 1700, 1082, 1114, 1184, 869, 1009, 1007, 2249, 3904, CITEXT})
    void makes_null_of_what_has_no_mask_of_its_type(int type) {
        for (int format = 0; format <= 1; format++) {
            for (Mask mask : List.of(REDACT, HASH, new Mask.KeepLast(1), new Mask.KeepFirst(1), new Mask.Null())) {
                assertThat(replaced(mask, field(type, -1, format), utf8("1234")))
                        .isNull();
            }
        }
    }

    @Test
    void leaves_null_and_what_passes_alone() {
        RowMasker masker = new RowMasker(
                List.of(field(TEXT, -1, 0), field(TEXT, -1, 0), field(TEXT, -1, 0)),
                List.of(new ColumnPlan.Replace(REDACT), new ColumnPlan.Pass(), new ColumnPlan.Detect()),
                Samples.values(Detector.EMAIL));
        ByteBuf out = Unpooled.buffer();

        masker.mask(row(null, utf8("a@b.co"), utf8("a@b.co")), out);

        List<byte[]> values = valuesOf(out);
        assertThat(values.get(0)).isNull();
        assertThat(text(values.get(1))).isEqualTo("a@b.co");
        assertThat(text(values.get(2))).isEqualTo("[redacted]");
    }

    @Test
    void is_needed_only_where_something_may_be_masked() {
        ValueMasker none = Samples.values();
        ValueMasker some = Samples.values(Detector.EMAIL);
        List<Field> date = List.of(field(1082, -1, 0));
        List<Field> text = List.of(field(TEXT, -1, 0));

        assertThat(new RowMasker(text, List.of(new ColumnPlan.Detect()), none).isNeeded())
                .isFalse();
        assertThat(new RowMasker(date, List.of(new ColumnPlan.Detect()), some).isNeeded())
                .isFalse();
        assertThat(new RowMasker(text, List.of(new ColumnPlan.Pass()), some).isNeeded())
                .isFalse();
        assertThat(new RowMasker(text, List.of(new ColumnPlan.Detect()), some).isNeeded())
                .isTrue();
        assertThat(new RowMasker(date, List.of(new ColumnPlan.Replace(REDACT)), none).isNeeded())
                .isTrue();
    }

    // Detectors.

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void masks_what_detectors_find_in_text(int format) {
        assertThat(text(detected(field(TEXT, -1, format), utf8("pay " + CARD + " now"))))
                .isEqualTo("pay [redacted] now");
        assertThat(text(detected(field(VARCHAR, 24, format), utf8("a@b.co " + "x".repeat(13)))))
                .isEqualTo("[redacted] xxxxxxxxx");
        assertThat(text(detected(field(BPCHAR, 34, format), utf8("a@b.co" + " ".repeat(24)))))
                .isEqualTo("[redacted]" + " ".repeat(20));
        assertThat(text(detected(field(TEXT, -1, format), utf8("nothing")))).isEqualTo("nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"n\":4111111111111111} | {\"n\":\"[redacted]\"}",
                "{\"n\":\"4111111111111111\",\"m\":1} | {\"n\":\"[redacted]\",\"m\":1}",
                "[\"x a@b.co y\"] | [\"x [redacted] y\"]",
                "\"a\\njane@x.co\" | \"a\\n[redacted]\"",
                "\"jane\\u0040x.co\" | \"[redacted]\"",
                "{\"a@b.co\":{\"n\":-4111111111111111}} | {\"[redacted]\":{\"n\":\"[redacted]\"}}",
                "[\"\\\\\\\"\",\"a@b.co\"] | [\"\\\\\\\"\",\"[redacted]\"]",
                "{\"n\":\"4111 1111 \\u00201\"} | {\"n\":\"4111 1111 \\u00201\"}",
                "[4111,1111,1111,1111] | [4111,1111,1111,1111]",
            })
    void keeps_json_valid(String json, String expected) {
        assertThat(text(detected(field(JSON, -1, 0), utf8(json)))).isEqualTo(expected);
        assertThat(text(detected(field(JSONB, -1, 1), utf8("\u0001" + json)))).isEqualTo("\u0001" + expected);
    }

    @Test
    void keeps_json_valid_around_a_key_that_was_cut_off() {
        ValueMasker values = Samples.values(Detector.PRIVATE_KEY);
        RowMasker masker = new RowMasker(List.of(field(JSON, -1, 0)), List.of(new ColumnPlan.Detect()), values);
        ByteBuf out = Unpooled.buffer();

        masker.mask(row(utf8("{\"k\":\"-----BEGIN PRIVATE KEY-----\\nMIIE\",\"n\":12,\"t\":true}")), out);

        assertThat(text(valuesOf(out).getFirst()))
                .isEqualTo("{\"k\":\"[redacted]\",\"[redacted]\":\"[redacted]\",\"[redacted]\":true}");
    }

    @Test
    void keeps_xml_well_formed() {
        assertThat(text(detected(field(XML, -1, 0), utf8("<a>a@b.co</a>")))).isEqualTo("<a>[redacted]</a>");
    }

    @Test
    void makes_null_of_other_types_in_which_detectors_find_something() {
        assertThat(detected(field(INT8, -1, 0), utf8(CARD))).isNull();
        assertThat(detected(field(NUMERIC, -1, 0), utf8(CARD + ".00"))).isNull();
        assertThat(detected(field(FLOAT8, -1, 0), utf8("4.111111111111111e+15")))
                .isNull();
        assertThat(detected(field(CITEXT, -1, 0), utf8("a@b.co"))).isNull();
        assertThat(detected(field(TEXT_ARRAY, -1, 0), utf8("{x,a@b.co}"))).isNull();
        assertThat(detected(field(INET, -1, 0), utf8("10.0.0.1/24"))).isNull();
        assertThat(detected(field(BYTEA, -1, 0), utf8("\\x" + HexFormat.of().formatHex(utf8(CARD)))))
                .isNull();
        assertThat(text(detected(field(INT8, -1, 0), utf8("4111111111111112")))).isEqualTo("4111111111111112");
        assertThat(text(detected(field(TEXT_ARRAY, -1, 0), utf8("{x,y}")))).isEqualTo("{x,y}");
        assertThat(text(detected(field(FLOAT8, -1, 0), utf8("4.3e+15")))).isEqualTo("4.3e+15");
    }

    @Test
    void makes_null_of_binary_values_in_which_detectors_find_something() {
        byte[] card = ByteBuffer.allocate(8).putLong(Long.parseLong(CARD)).array();
        byte[] numeric = hex("0004 0003 0000 0000 100f 0457 0457 0457");
        byte[] textArray = array(TEXT, utf8("x"), utf8("a@b.co"));
        byte[] cardArray = array(INT8, card);
        byte[] record = concat(hex("00000002 00000017 00000004 00000001 00000014 00000008"), card);

        assertThat(detected(field(INT8, -1, 1), card)).isNull();
        assertThat(detected(field(NUMERIC, -1, 1), numeric)).isNull();
        assertThat(detected(
                        field(FLOAT8, -1, 1),
                        ByteBuffer.allocate(8).putDouble(4111111111111111d).array()))
                .isNull();
        assertThat(detected(field(INET, -1, 1), hex("02 20 00 04 0a000001"))).isNull();
        assertThat(detected(field(INET, -1, 1), hex("03 80 00 10 20010db8000000000000000000000001")))
                .isNull();
        assertThat(detected(field(TEXT_ARRAY, -1, 1), textArray)).isNull();
        assertThat(detected(field(CITEXT, -1, 1), utf8("a@b.co"))).isNull();
        assertThat(detected(field(INT8_ARRAY, -1, 1), cardArray)).isNull();
        assertThat(detected(field(RECORD, -1, 1), record)).isNull();
        assertThat(detected(field(BYTEA, -1, 1), utf8("\0\0" + CARD + "\0"))).isNull();
    }

    @Test
    void finds_a_value_in_a_binary_array_whatever_its_length_looks_like() {
        // Lengths of 0x41 and 0x6161 look like letters in front of the value.
        for (int length : new int[] {0x41, 0x141, 0x6161}) {
            String key = "ghp_" + "a1".repeat(length).substring(0, length - 4);
            assertThat(detected(field(TEXT_ARRAY, -1, 1), array(TEXT, utf8(key))))
                    .as("length %s", length)
                    .isNull();
            String card = CARD + " ".repeat(length - CARD.length());
            assertThat(detected(field(TEXT_ARRAY, -1, 1), array(TEXT, utf8(card))))
                    .as("length %s", length)
                    .isNull();
        }
    }

    @Test
    void leaves_binary_values_alone_in_which_there_is_nothing() {
        byte[] order = ByteBuffer.allocate(8).putLong(1700000000000000L).array();
        byte[] array = array(TEXT, utf8("x"), utf8("y"));

        assertThat(detected(field(INT8, -1, 1), order)).isEqualTo(order);
        assertThat(detected(field(TEXT_ARRAY, -1, 1), array)).isEqualTo(array);
    }

    private static byte[] array(int elementType, byte[]... elements) {
        ByteBuf array = Unpooled.buffer().writeInt(1).writeInt(0).writeInt(elementType);
        array.writeInt(elements.length).writeInt(1);
        for (byte[] element : elements) {
            ValueMasker.write(element, array);
        }
        byte[] bytes = new byte[array.readableBytes()];
        array.readBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    // Rows.

    @Test
    void reads_a_row_from_any_kind_of_buffer_without_consuming_it() {
        RowMasker masker =
                new RowMasker(List.of(field(TEXT, -1, 0)), List.of(new ColumnPlan.Replace(REDACT)), Samples.values());
        ByteBuf direct = UnpooledByteBufAllocator.DEFAULT.directBuffer();
        ByteBuf out = UnpooledByteBufAllocator.DEFAULT.directBuffer();
        try {
            direct.writeByte('x').writeBytes(row(utf8("secret"))).readByte();
            int readerIndex = direct.readerIndex();

            masker.mask(direct, out);

            assertThat(direct.readerIndex()).isEqualTo(readerIndex);
            assertThat(text(valuesOf(out).getFirst())).isEqualTo("[redacted]");
        } finally {
            direct.release();
            out.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "0000",
                "0002",
                "0001",
                "000100",
                "0001000000",
                "00010000000461",
                "0001fffffffe",
                "000180000000",
                "00017fffffff61",
                "0001000000016162",
                "0001ffffffff00",
                "0002ffffffffffffffff",
            })
    void refuses_a_row_whose_lengths_do_not_add_up(String body) {
        RowMasker masker = new RowMasker(
                List.of(field(TEXT, -1, 0)), List.of(new ColumnPlan.Detect()), Samples.values(Detector.EMAIL));
        ByteBuf out = Unpooled.buffer().writeByte('x');

        assertThatThrownBy(() -> masker.mask(Unpooled.wrappedBuffer(hex(body)), out))
                .isInstanceOf(ProtocolViolation.class);
        assertThat(out.readableBytes()).isEqualTo(1);
    }

    @Test
    void survives_any_bytes_of_any_type() {
        Random random = new Random(7);
        int[] types = {
            TEXT,
            VARCHAR,
            BPCHAR,
            JSON,
            JSONB,
            XML,
            UUID,
            BYTEA,
            INT8,
            NUMERIC,
            FLOAT8,
            INET,
            TEXT_ARRAY,
            INT8_ARRAY,
            RECORD,
            CITEXT
        };
        List<Field> fields = IntStream.range(0, types.length * 2)
                .mapToObj(i -> field(types[i / 2], random.nextInt(20) - 1, i % 2))
                .toList();
        ValueMasker values = Samples.values(Detector.values());
        RowMasker detect = new RowMasker(
                fields,
                fields.stream().<ColumnPlan>map(f -> new ColumnPlan.Detect()).toList(),
                values);
        RowMasker hash = new RowMasker(
                fields,
                fields.stream()
                        .<ColumnPlan>map(f -> new ColumnPlan.Replace(HASH))
                        .toList(),
                values);
        String[] pieces = {
            CARD,
            "a@b.co",
            "\\",
            "\"",
            "\\u0040",
            "{",
            "10.0.0.1",
            "\\x41",
            "1e15",
            "\1",
            "\0\0\0\1",
            "-----BEGIN PRIVATE KEY-----"
        };
        for (int round = 0; round < 2_000; round++) {
            byte[][] row = new byte[fields.size()][];
            for (int i = 0; i < row.length; i++) {
                StringBuilder value = new StringBuilder();
                for (int piece = random.nextInt(4); piece > 0; piece--) {
                    value.append(pieces[random.nextInt(pieces.length)]);
                }
                row[i] = utf8(value.toString());
                if (row[i].length > 0 && random.nextBoolean()) {
                    row[i][random.nextInt(row[i].length)] = (byte) random.nextInt(256);
                }
            }
            for (RowMasker masker : List.of(detect, hash)) {
                ByteBuf out = Unpooled.buffer();
                masker.mask(row(row), out);
                assertThat(valuesOf(out)).hasSize(fields.size());
            }
        }
    }
}
