package dev.sallyport.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    private static Map<String, Object> read(String json) {
        return StrictJson.object(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void gives_plain_values_and_leaves_null_out() {
        assertThat(read("{\"a\":1,\"b\":1.5,\"c\":[true,null,\"x\"],\"d\":{\"e\":null,\"f\":\"é\"},\"g\":null}"))
                .isEqualTo(Map.of("a", 1L, "b", 1.5d, "c", List.of(true, "x"), "d", Map.of("f", "é")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sub\":\"a\",\"sub\":\"b\"}",
                "{\"a\":{\"b\":1,\"\\u0062\":2}}",
                "{} {}",
                "{}x",
                "[]",
                "null",
                "",
                "{\"a\":\"\\u0000\"}",
                "{\"a\":\"\\ud800\"}",
                "{\"a\":'b'}",
                "{\"a\":NaN}",
                "/* */{}",
                "{\"a\":\u0000}"
            })
    void refuses_what_two_readers_could_take_differently(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_bytes_that_are_not_utf_8() {
        assertThatThrownBy(() -> StrictJson.object(new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'}))
                .hasMessage("not UTF-8");
    }

    @Test
    void refuses_other_encodings_than_utf_8() {
        assertThatThrownBy(() -> StrictJson.object("{}".getBytes(StandardCharsets.UTF_16BE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bounds_depth_and_numbers() {
        assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read("{\"a\":" + "9".repeat(5000) + "}")).isInstanceOf(IllegalArgumentException.class);
        assertThat(read("{\"a\":1e999999999}")).containsEntry("a", Double.POSITIVE_INFINITY);
    }

    @Test
    void never_quotes_the_text() {
        assertThatThrownBy(() -> read("{\"password\": hunter2"))
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }
}
