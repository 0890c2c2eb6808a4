package dev.sallyport.server.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresValuesTest {
    /** The bytes are written by hand from the types' {@code send} functions. */
    @ParameterizedTest
    @CsvSource(textBlock = """
                    16,   01,                               t
                    20,   ffffffffffffffff,                 -1
                    21,   7fff,                             32767
                    23,   0000002a,                         42
                    26,   ffffffff,                         4294967295
                    700,  3fc00000,                         1.5
                    701,  3ff8000000000000,                 1.5
                    1700, 00020000400000020001 1770,        -1.60
                    1700, 0001000100000000 0001,            10000
                    1700, 0000000000000002,                 0.00
                    1700, 0001fffe00000008 0064,            0.00000100
                    1700, 00000000c0000000,                 NaN
                    1082, 00000000,                         2000-01-01
                    1082, ffffffff,                         1999-12-31
                    1082, 7fffffff,                         infinity
                    1083, 000000000000000f,                 00:00:00.000015
                    1114, ffffffffffffffff,                 1999-12-31 23:59:59.999999
                    1184, 0000000000000000,                 2000-01-01 00:00+00
                    1184, 8000000000000000,                 -infinity
                    2950, 00112233445566778899aabbccddeeff, 00112233-4455-6677-8899-aabbccddeeff
                    17,   00ff,                             \\x00ff
                    25,   c3a4,                             ä
                    3802, 017b7d,                           {}
                    99999, 0102,                            \\x0102
                    """)
    void decodes_the_binary_form_of_common_types(String oid, String hex, String expected) {
        assertThat(PostgresValues.text(oid, true, HexFormat.of().parseHex(hex.replace(" ", ""))))
                .isEqualTo(expected);
    }

    @Test
    void shows_in_hex_what_does_not_fit_its_type() {
        for (String oid : new String[] {"16", "20", "21", "23", "1700", "1082", "1184", "2950"}) {
            assertThat(PostgresValues.text(oid, true, new byte[] {1, 2, 3})).isEqualTo("\\x010203");
        }
    }

    @Test
    void takes_text_as_it_is() {
        assertThat(PostgresValues.text("23", false, "42".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("42");
    }
}
