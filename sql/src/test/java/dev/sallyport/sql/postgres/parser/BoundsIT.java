package dev.sallyport.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The slow part of {@link BoundsTest}: every text gets an answer in bounded time, and the parser is as good as new after it. */
@Timeout(120)
class BoundsIT {

    private static final ParserLimits LIMITS = ParserLimits.standard().withEngines(1);
    // Generous, so that which bound is met does not depend on how fast the machine is.
    private static final PostgresParser PARSER = new PostgresParser(LIMITS.withParseTimeout(Duration.ofSeconds(60)));

    @AfterAll
    static void close() {
        PARSER.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "SELECT ~ ( ~ 1 ~ )",
                "SELECT ~ NOT ~ true ~ ''",
                "SELECT ~ - ~ a ~ ''",
                "SELECT ~ f( ~ 1 ~ )",
                "SELECT ~ (SELECT ~ 1 ~ )",
                "SELECT ~ CASE WHEN true THEN ~ 1 ~ END",
                "SELECT ~ ARRAY[ ~ 1 ~ ]",
                // The only one that reaches the end of the thread's stack.
                "SELECT 1 ~ +1 ~ '' ~ ''",
                "SELECT a ~ ::int ~ '' ~ ''",
                "SELECT 1 ~ UNION SELECT 1 ~ '' ~ ''",
                "SELECT * FROM a ~ NATURAL JOIN a ~ '' ~ ''"
            })
    void refuses_what_nests_too_deeply(String before, String open, String middle, String close) {
        String sql = before + " " + (open + " ").repeat(20_000) + middle + " " + (close + " ").repeat(20_000);

        assertThat(kindOf(PARSER.parse(sql))).isEqualTo(Failure.TOO_DEEP);
        assertUsable();
    }

    @Test
    void refuses_a_hundred_thousand_parentheses() {
        String sql = "SELECT " + "(".repeat(100_000) + "1" + ")".repeat(100_000);

        assertThat(kindOf(PARSER.parse(sql))).isEqualTo(Failure.TOO_DEEP);
        assertUsable();
    }

    @Test
    void takes_a_long_literal() {
        String sql = "SELECT '" + "x".repeat(1_000_000) + "'";

        assertThat(PARSER.parse(sql)).isInstanceOf(Parsed.class);
    }

    @Test
    void takes_an_insert_of_many_rows() {
        String sql = "INSERT INTO t VALUES (0, 'a')" + ", (1, 'abcdefghijklmnopqrstuvwxyz')".repeat(10_000);

        assertThat(PARSER.parse(sql)).isInstanceOf(Parsed.class);
    }

    @Test
    void refuses_a_tree_much_larger_than_its_text() {
        String sql = "SELECT 1" + ",1".repeat(400_000);

        assertThat(kindOf(PARSER.parse(sql))).isEqualTo(Failure.TOO_LARGE);
        assertUsable();
    }

    private static void assertUsable() {
        assertThat(PARSER.parse("SELECT 1")).isInstanceOf(Parsed.class);
    }

    private static Failure kindOf(ParseResult result) {
        return ((Failed) result).kind();
    }
}
