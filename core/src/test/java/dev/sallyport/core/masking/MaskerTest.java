package dev.sallyport.core.masking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sallyport.core.target.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskerTest {
    private final Masker masker = new Masker(Secret.of("0123456789abcdef"));

    @Test
    void redacts_and_blanks() {
        assertThat(masker.mask(new Mask.Redact(), "secret")).isEqualTo("[redacted]");
        assertThat(masker.mask(new Mask.Null(), "secret")).isEmpty();
    }

    @Test
    void keeps_the_end_or_the_beginning() {
        assertThat(masker.mask(new Mask.KeepLast(4), "123-45-6789")).isEqualTo("*******6789");
        assertThat(masker.mask(new Mask.KeepFirst(2), "secret")).isEqualTo("se****");
    }

    @Test
    void redacts_a_value_of_which_half_would_be_kept() {
        assertThat(masker.mask(new Mask.KeepLast(4), "12345678")).isEqualTo("[redacted]");
        assertThat(masker.mask(new Mask.KeepFirst(4), "12345678")).isEqualTo("[redacted]");
        assertThat(masker.mask(new Mask.KeepLast(4), "123456789")).isEqualTo("*****6789");
        assertThat(masker.mask(new Mask.KeepLast(Integer.MAX_VALUE), "123456789"))
                .isEqualTo("[redacted]");
        assertThat(masker.mask(new Mask.KeepLast(1), "")).isEqualTo("[redacted]");
    }

    @Test
    void counts_characters_and_not_their_halves() {
        assertThat(masker.mask(new Mask.KeepLast(1), "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02"))
                .isEqualTo("**\uD83D\uDE02");
        assertThat(masker.mask(new Mask.KeepFirst(1), "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02"))
                .isEqualTo("\uD83D\uDE00**");
    }

    @Test
    void hashes_under_its_key() {
        Masker other = new Masker(Secret.of("another key, as long"));
        String hash = masker.mask(new Mask.Hash(), "jane@example.com");

        // echo -n jane@example.com | openssl dgst -sha256 -hmac 0123456789abcdef
        assertThat(hash).isEqualTo("a7a54661c75bce90").isEqualTo(masker.hash("jane@example.com"));
        assertThat(hash).isNotEqualTo(masker.hash("joan@example.com")).isNotEqualTo(other.hash("jane@example.com"));
    }

    @Test
    void every_mask_knows_what_it_may_have_made() {
        List<Mask> masks = List.of(
                new Mask.Redact(), new Mask.KeepLast(4), new Mask.KeepFirst(2), new Mask.KeepLast(1), new Mask.Hash());
        for (Mask mask : masks) {
            for (String value : List.of("", "a", "12345678", "123456789", "\uD83D\uDE00\uD83D\uDE01\uD83D\uDE02")) {
                assertThat(mask.mayHaveMade(masker.mask(mask, value))).isTrue();
            }
            for (String other : List.of("", "a", "[redacted", "****6789", "12345678", "A7A54661C75BCE90", "jane**")) {
                assertThat(mask.mayHaveMade(other)).as("%s %s", mask, other).isFalse();
            }
        }
        assertThat(new Mask.Null().mayHaveMade("")).isFalse();
    }

    @Test
    void refuses_a_short_key() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Masker(Secret.of("short")))
                .withMessage("hash key: 5 bytes (expected: at least 16)");
    }
}
