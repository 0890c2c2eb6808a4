package dev.sallyport.protocols.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** What a target says its search_path is: an array or none. */
class TextArrayFuzzTest {
    @FuzzTest
    void arrays(byte[] text) {
        String array = new String(text, StandardCharsets.UTF_8);
        try {
            assertThat(TextArray.read(array)).hasSizeLessThan(array.length());
        } catch (IllegalArgumentException expected) {
            assertThat(expected.getMessage()).hasSizeLessThan(200);
        }
    }
}
