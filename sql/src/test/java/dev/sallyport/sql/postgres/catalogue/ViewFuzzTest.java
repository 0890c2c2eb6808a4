package dev.sallyport.sql.postgres.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Whatever a target says that a view's definition is: read, or not, and never more than that. */
class ViewFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void definitions(byte[] text) {
        String action = new String(text, StandardCharsets.UTF_8);

        assertThat(ViewReader.columns(action)).isEqualTo(ViewReader.columns(action));
    }

    @Test
    void does_not_read_a_hundred_thousand_parentheses() {
        for (String open : new String[] {"(", "{A :b ", "({A :b "}) {
            Assertions.assertTimeout(
                    Duration.ofSeconds(2),
                    () -> assertThat(ViewReader.columns(open.repeat(100_000))).isEmpty());
        }
    }

    /** A join's column that is that column itself. */
    @Test
    void does_not_follow_what_refers_to_itself() {
        String column = "{VAR :varno 1 :varattno 1 :varlevelsup 0}";
        String join = "{RANGETBLENTRY :rtekind 2 :joinaliasvars (" + column + ")}";
        String target = "{TARGETENTRY :expr " + column + " :resno 1 :resjunk false}";

        assertThat(ViewReader.columns(
                        "({QUERY :rtable (" + join + ") :targetList (" + target + ") :setOperations <>})"))
                .isEmpty();
    }
}
