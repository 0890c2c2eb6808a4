package dev.sallyport.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void are_the_parts_of_names_numbers_and_strings() {
        assertThat(Words.of("SELECT \"Order Id\", 12.50 FROM public.order_lines WHERE mail = 'Bob@Example.com' -- why"))
                .containsExactly(
                        "select",
                        "order",
                        "id",
                        "12",
                        "50",
                        "from",
                        "public",
                        "order_lines",
                        "where",
                        "mail",
                        "bob",
                        "example",
                        "com",
                        "why");
    }

    @Test
    void are_not_the_numbers_of_placeholders() {
        assertThat(Words.of("SELECT $1, $22 WHERE a = $tag$text$tag$ AND b = '$5x'"))
                .containsExactly("select", "where", "a", "tag", "text", "and", "b", "5x");
    }

    @Test
    void are_found_in_other_scripts() {
        assertThat(Words.of("名前 = 'Zürich' OR x = '𝒳y' , 'ÅNGSTRÖM'"))
                .containsExactly("名前", "zürich", "or", "x", "𝒳y", "ångström");
    }

    @Test
    void are_bounded_in_number_and_length() {
        String many = IntStream.range(0, 10_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        assertThat(Words.of(many)).hasSize(Words.MOST);
        assertThat(Words.of("x".repeat(1_000_000))).containsExactly("x".repeat(Words.LONGEST));
        assertThat(Words.of("")).isEmpty();
    }
}
