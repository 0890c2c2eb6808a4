package dev.sallyport.protocols.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextArrayTest {
    @Test
    void reads_plain_and_quoted_elements() {
        assertThat(TextArray.read("{}")).isEmpty();
        assertThat(TextArray.read("{pg_catalog,public}")).containsExactly("pg_catalog", "public");
        assertThat(TextArray.read("{\"a,b\",\"say \\\"x\\\"\",c}")).containsExactly("a,b", "say \"x\"", "c");
    }

    @Test
    void refuses_what_is_no_array() {
        assertThatThrownBy(() -> TextArray.read("public")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TextArray.read("{")).isInstanceOf(IllegalArgumentException.class);
    }
}
