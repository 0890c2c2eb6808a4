package dev.sallyport.protocols.postgres.mask;

import static dev.sallyport.protocols.postgres.mask.Samples.REDACT;
import static dev.sallyport.protocols.postgres.mask.Samples.field;
import static dev.sallyport.protocols.postgres.mask.Samples.hex;
import static dev.sallyport.protocols.postgres.mask.Samples.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.protocols.postgres.wire.Field;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyMaskerTest {
    private static final CopyFormat TEXT = CopyFormat.Text.DEFAULT;
    private static final CopyFormat CSV = CopyFormat.Csv.DEFAULT;
    private static final CopyFormat BINARY = new CopyFormat.Binary();

    /** An id that passes, a text under {@code mask}, a note that detectors read. */
    private static CopyMasker masker(CopyFormat format, Mask mask) {
        int binary = format instanceof CopyFormat.Binary ? 1 : 0;
        List<Field> fields = List.of(field(23, -1, binary), field(25, -1, binary), field(25, -1, binary));
        return new CopyMasker(
                format,
                fields,
                List.of(new ColumnPlan.Pass(), new ColumnPlan.Replace(mask), new ColumnPlan.Detect()),
                Samples.values(Detector.EMAIL),
                4096);
    }

    private static String masked(CopyMasker masker, String... chunks) {
        StringBuilder all = new StringBuilder();
        for (String chunk : chunks) {
            messages(masker, chunk.getBytes(StandardCharsets.ISO_8859_1)).forEach(all::append);
        }
        masker.done();
        return all.toString();
    }

    /** The bodies of the CopyData messages that come out, as ISO 8859-1 text. */
    private static List<String> messages(CopyMasker masker, byte[] chunk) {
        ByteBuf out = Unpooled.buffer();
        masker.data(Unpooled.wrappedBuffer(chunk), out);
        List<String> bodies = new ArrayList<>();
        while (out.isReadable()) {
            assertThat(out.readByte()).isEqualTo((byte) 'd');
            int length = out.readInt() - 4;
            bodies.add(out.readCharSequence(length, StandardCharsets.ISO_8859_1).toString());
        }
        return bodies;
    }

    private static void checkAtEverySplit(CopyFormat format, String stream, String expected) {
        assertThat(masked(masker(format, REDACT), stream)).isEqualTo(expected);
        assertThat(masked(masker(format, REDACT), stream.split("(?<=.)", -1))).isEqualTo(expected);
        for (int split = 0; split <= stream.length(); split++) {
            assertThat(masked(masker(format, REDACT), stream.substring(0, split), stream.substring(split)))
                    .as("split at %s", split)
                    .isEqualTo(expected);
        }
    }

    @Test
    void masks_text_format_however_it_is_split() {
        checkAtEverySplit(
                TEXT,
                "1\tsecret\tto a@b.co\n2\t\\N\t\\N\n3\ta\\tb\\\\\\n\tx\\ta@b.co\\\\\n4\t\t\n",
                "1\t[redacted]\tto [redacted]\n2\t\\N\t\\N\n3\t[redacted]\tx\\t[redacted]\\\\\n4\t[redacted]\t\n");
    }

    @Test
    void masks_csv_however_it_is_split() {
        checkAtEverySplit(
                CSV,
                "1,secret,to a@b.co\n2,,\n3,\"a,\"\"b\"\"\nc\",\"x,\na@b.co\"\"\"\n4,\"\",y\n",
                "1,[redacted],to [redacted]\n2,,\n3,\"[redacted]\",\"x,\n[redacted]\"\"\"\n4,\"[redacted]\",y\n");
    }

    @Test
    void masks_binary_however_it_is_split() {
        String header = "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\2xy";
        String row = "\0\3\0\0\0\4\0\0\0\1\0\0\0\6secret\0\0\0\6a@b.co";
        String nulls = "\0\3\0\0\0\4\0\0\0\2\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff";
        String trailer = "\u00ff\u00ff";
        checkAtEverySplit(
                BINARY,
                header + row + nulls + trailer,
                header + "\0\3\0\0\0\4\0\0\0\1\0\0\0\12[redacted]\0\0\0\12[redacted]" + nulls + trailer);
    }

    /** As PostgreSQL does; psycopg looks for a row behind the header in the first message. */
    @Test
    void sends_the_binary_header_with_the_first_row_or_the_end() {
        String header = "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0";
        String row = "\0\3\0\0\0\4\0\0\0\1\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff";
        String trailer = "\u00ff\u00ff";
        assertThat(messages(
                        masker(BINARY, REDACT), (header + row + row + trailer).getBytes(StandardCharsets.ISO_8859_1)))
                .containsExactly(header + row, row, trailer);
        assertThat(messages(masker(BINARY, REDACT), (header + trailer).getBytes(StandardCharsets.ISO_8859_1)))
                .containsExactly(header + trailer);
    }

    @Test
    void sends_each_row_in_a_message_of_its_own() {
        assertThat(messages(masker(TEXT, REDACT), utf8("1\ta\tb\n2\tc\td\n3\te")))
                .containsExactly("1\t[redacted]\tb\n", "2\t[redacted]\td\n");
    }

    @Test
    void knows_the_options_of_a_copy() {
        CopyFormat text = new CopyFormat.Text('|', "nil", true);
        assertThat(masked(masker(text, REDACT), "id|secret|note\n1|a\\|b|x\n2|nil|nil\n"))
                .isEqualTo("id|secret|note\n1|[redacted]|x\n2|nil|nil\n");
        CopyFormat csv = new CopyFormat.Csv(';', '\'', '\\', "NULL", true);
        assertThat(masked(masker(csv, new Mask.KeepLast(1)), "id;secret;note\n1;'it\\'s;\\\\';'a@b.co'\n2;NULL;NULL\n"))
                .isEqualTo("id;secret;note\n1;'*****\\\\';'[redacted]'\n2;NULL;NULL\n");
    }

    @Test
    void writes_null_as_the_format_has_it() {
        assertThat(masked(masker(TEXT, new Mask.Null()), "1\ta\tb\n")).isEqualTo("1\t\\N\tb\n");
        assertThat(masked(masker(CSV, new Mask.Null()), "1,a,b\n")).isEqualTo("1,,b\n");
    }

    @Test
    void reads_every_escape_of_the_text_format() {
        assertThat(masked(masker(TEXT, new Mask.KeepLast(3)), "1\t\\b\\f\\n\\r\\t\\v\\101\\x42\\q\tx\n"))
                .isEqualTo("1\t******ABq\tx\n");
        assertThat(masked(masker(TEXT, new Mask.KeepLast(2)), "1\tabcd\\n\\\\\tx\n"))
                .isEqualTo("1\t****\\n\\\\\tx\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1\ta\n", "1\ta\tb\tc\n", "\n"})
    void refuses_a_text_row_of_another_number_of_columns(String row) {
        assertThatThrownBy(() -> masked(masker(TEXT, REDACT), row)).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> masked(masker(CSV, REDACT), row.replace('\t', ',')))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void refuses_a_stream_that_ends_inside_a_row_or_never_ends_one() {
        assertThatThrownBy(() -> masked(masker(TEXT, REDACT), "1\ta")).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> masked(masker(CSV, REDACT), "1,\"a\n\n\n")).isInstanceOf(ProtocolViolation.class);
        assertThatThrownBy(() -> masked(masker(TEXT, REDACT), "x".repeat(4097)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("4096");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "5047434f50590aff0d0a01",
                "5047434f50590aff0d0a00 00010000 00000000",
                "5047434f50590aff0d0a00 00000000 ffffffff",
                "5047434f50590aff0d0a00 00000000 00000000 0002",
                "5047434f50590aff0d0a00 00000000 00000000 fffe",
                "5047434f50590aff0d0a00 00000000 00000000 0003 fffffffe",
                "5047434f50590aff0d0a00 00000000 00000000 ffff 00",
            })
    void refuses_a_binary_stream_of_another_form(String stream) {
        CopyMasker masker = masker(BINARY, REDACT);
        assertThatThrownBy(() -> masker.data(Unpooled.wrappedBuffer(hex(stream)), Unpooled.buffer()))
                .isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void refuses_a_delimiter_that_is_no_ascii_character() {
        assertThatIllegalArgumentException().isThrownBy(() -> new CopyFormat.Text('é', "\\N", false));
        assertThatIllegalArgumentException().isThrownBy(() -> new CopyFormat.Csv(',', '\n', '"', "", false));
    }
}
