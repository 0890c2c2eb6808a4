package dev.sallyport.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sallyport.core.command.ObjectRef;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectPatternTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            table:public.orders | table:public.orders   | true  | true
            table:public.orders | table:public.order    | false | false
            table:public.orders | function:public.orders| false | false
            table:public.orders | table:?.orders        | false | true
            table:public.orders | table:public.?        | false | true
            table:public.orders | table:other.?         | false | false
            table:public.orders | table:?               | false | true
            table:public.*      | table:public.?        | true  | true
            table:public.*      | table:public.a.b      | false | true
            table:public.*      | table:?.a             | false | true
            table:*.orders      | table:?.orders        | true  | true
            table:*.orders      | table:?.other         | false | false
            table:*             | table:?               | true  | true
            table:*.*           | table:?               | true  | true
            table:*             | table:a.b.c           | true  | true
            table:public.ord*   | table:public.orders   | true  | true
            table:public.ord*   | table:public.?        | false | true
            table:pub*.*        | table:public.orders   | true  | true
            table:pub*          | table:public.orders   | x     | x
            *                   | file:/etc/passwd      | true  | true
            file:/var/lib/*     | file:/var/lib/a.csv   | true  | true
            file:/var/lib/*     | file:?                | false | true
            setting:search_path | setting:search_path   | true  | true
            setting:work*       | setting:work_mem      | true  | true
            transaction:        | transaction:          | true  | true
            channel:jobs.*      | channel:jobs.a.b      | true  | true
            """)
    void covers_for_sure_and_may_concern(String pattern, String object, String covers, String concerns) {
        if (covers.equals("x")) {
            assertThatThrownBy(() -> ObjectPattern.parse(pattern)).hasMessageContaining("table:schema.name");
            return;
        }
        int colon = object.indexOf(':');
        ObjectRef ref = new ObjectRef(object.substring(0, colon), object.substring(colon + 1));
        assertThat(ObjectPattern.parse(pattern).covers(ref)).isEqualTo(Boolean.valueOf(covers));
        assertThat(ObjectPattern.parse(pattern).mayConcern(ref)).isEqualTo(Boolean.valueOf(concerns));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "orders", "table", "Table:public.x", "table:orders", "table:a.b.c", "table:.x", "**:x", ":x"
            })
    void refuses_what_is_no_pattern(String text) {
        assertThatThrownBy(() -> ObjectPattern.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_covered_is_also_concerned() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            String pattern = "table:" + text(random, "ab*", 3) + "." + text(random, "ab*", 3);
            ObjectRef object = new ObjectRef("table", text(random, "ab?", 3) + "." + text(random, "ab?", 3));
            ObjectPattern parsed = ObjectPattern.parse(pattern);
            if (parsed.covers(object)) {
                assertThat(parsed.mayConcern(object)).as(pattern + " " + object).isTrue();
            }
        }
    }

    @Test
    void takes_bounded_time_however_the_name_is_made() {
        ObjectPattern pattern = ObjectPattern.parse("table:" + "*a".repeat(30) + ".*");
        ObjectRef object = new ObjectRef("table", "?b".repeat(500) + "." + "c".repeat(1000));
        assertThat(assertTimeoutPreemptively(Duration.ofSeconds(2), () -> pattern.mayConcern(object)))
                .isTrue();
    }

    private static String text(Random random, String alphabet, int most) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(most);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
