package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void shows_what_a_terminal_would_obey() {
        assertThat(Printable.line("a\u001b[2Jb\u202ec\nd\u009b")).isEqualTo("a\\u{1b}[2Jb\\u{202e}c\\nd\\u{9b}");
    }

    @Test
    void shows_what_cannot_be_seen() {
        assertThat(Printable.line("a\u200bb\u00ad\ufe0f\u034f\u3164\udb40\udd00\u2066\u0085\ufeff"))
                .isEqualTo("a\\u{200b}b\\u{ad}\\u{fe0f}\\u{34f}\\u{3164}\\u{e0100}\\u{2066}\\u{85}\\u{feff}");
    }

    @Test
    void counts_the_columns_that_a_terminal_takes() {
        assertThat(Printable.columns("Zoe\u0301")).isEqualTo(3);
        assertThat(Printable.columns("東京x")).isEqualTo(5);
        assertThat(Printable.cut("東京都", 4)).isEqualTo("東…");
    }

    @Test
    void leaves_what_people_write_as_it_is() {
        assertThat(Printable.line("Zoë 東京 'x' \\d")).isEqualTo("Zoë 東京 'x' \\d");
    }

    @Test
    void cuts_between_characters_and_says_so() {
        assertThat(Printable.cut("𝒜𝒜𝒜𝒜", 3)).isEqualTo("𝒜𝒜…");
    }
}
