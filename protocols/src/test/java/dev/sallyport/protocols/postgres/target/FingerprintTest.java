package dev.sallyport.protocols.postgres.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    @Test
    void does_not_depend_on_the_order_of_rows() {
        assertThat(Fingerprint.of(List.of(List.of(List.of("a", "b"), List.of("c", "d")))))
                .isEqualTo(Fingerprint.of(List.of(List.of(List.of("c", "d"), List.of("a", "b")))));
    }

    @Test
    void tells_apart_what_moves_between_values_rows_and_statements() {
        assertThat(List.of(
                        Fingerprint.of(List.of(List.of(List.of("ab", "c")))),
                        Fingerprint.of(List.of(List.of(List.of("a", "bc")))),
                        Fingerprint.of(List.of(List.of(List.of("abc")))),
                        Fingerprint.of(List.of(List.of(List.of("abc"), List.of("abc")))),
                        Fingerprint.of(List.of(List.of(), List.of(List.of("abc")))),
                        Fingerprint.of(List.of(List.of(List.of("")))),
                        Fingerprint.of(List.of(List.of(Arrays.asList((String) null))))))
                .doesNotHaveDuplicates();
    }
}
