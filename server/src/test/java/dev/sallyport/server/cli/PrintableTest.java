package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void shows_what_a_terminal_would_obey() {
        assertThat(Printable.line("a\u001b[2Jb\u202ec\nd\u009b")).isEqualTo("a\\u{1b}[2Jb\\u{202e}c\\nd\\u{9b}");
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
