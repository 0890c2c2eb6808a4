package dev.sallyport.sql.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConstantsTest {

    private static List<String> found(String sql) {
        return Constants.in(sql).stream()
                .map(each -> each.kind() + " " + sql.substring(each.start(), each.end()))
                .toList();
    }

    @Test
    void finds_texts_in_every_way_to_write_them() {
        assertThat(found("'a''b' E'c\\'d' b'01' X'ff' U&'e\\0041' n'f' $$g'$$ $t$h$$i$t$ x$1$y"))
                .containsExactly(
                        "QUOTED 'a''b'",
                        "OTHER E'c\\'d'",
                        "OTHER b'01'",
                        "OTHER X'ff'",
                        "OTHER U&'e\\0041'",
                        "QUOTED 'f'",
                        "OTHER $$g'$$",
                        "OTHER $t$h$$i$t$");
    }

    @Test
    void finds_numbers_in_every_way_to_write_them() {
        assertThat(found("1 2.5 .5 3. 1e5 1.5E-3 0x1F 1_000 a1 $1 t.c[2:3] 4-5 LIMIT 6"))
                .containsExactly(
                        "NUMBER 1",
                        "NUMBER 2.5",
                        "NUMBER .5",
                        "NUMBER 3.",
                        "NUMBER 1e5",
                        "NUMBER 1.5E-3",
                        "NUMBER 0x1F",
                        "NUMBER 1_000",
                        "NUMBER 2",
                        "NUMBER 3",
                        "NUMBER 4",
                        "NUMBER 5",
                        "NUMBER 6");
    }

    @Test
    void finds_comments_and_nothing_inside_of_them_or_of_names() {
        assertThat(found("a --b 'c' 1\nd /* e /* 'f' */ 2 */ \"g 'h' \"\"3\" U&\"i 'j'\""))
                .containsExactly("COMMENT --b 'c' 1", "COMMENT /* e /* 'f' */ 2 */");
    }

    @Test
    void takes_what_is_cut_off_to_the_end() {
        for (String open : List.of("'a", "'a''", "E'a\\", "$$a", "$t$ a$$", "/* a", "U&'a")) {
            List<Constants.Found> found = Constants.in("x " + open);
            assertThat(found).as(open).hasSize(1);
            assertThat(found.getFirst().end()).as(open).isEqualTo(open.length() + 2);
        }
        assertThat(found("\"a 'b'")).isEmpty();
    }

    @Test
    void counts_places_in_bytes_as_the_parser_does() {
        String sql = "SELECT 'ü€😀', 'x' AS \"ä\", 7";
        assertThat(Constants.in(sql))
                .allSatisfy(each -> assertThat(each.place())
                        .isEqualTo(sql.substring(0, each.start()).getBytes(StandardCharsets.UTF_8).length));
    }
}
