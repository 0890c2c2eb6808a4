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
import org.junit.jupiter.params.provider.ValueSource;

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
                "SELECT ~ ARRAY[ ~ 1 ~ ]"
            })
    void refuses_what_nests_too_deeply(String before, String open, String middle, String close) {
        String sql = before + " " + (open + " ").repeat(20_000) + middle + " " + (close + " ").repeat(20_000);

        assertThat(kindOf(PARSER.parse(sql))).isEqualTo(Failure.TOO_DEEP);
        assertUsable();
    }

    /** What the grammar reduces at once grows no stack of its own, only the tree. */
    @ParameterizedTest
    @ValueSource(strings = {"+1", "::int", " UNION SELECT 1"})
    void refuses_what_makes_a_deep_tree(String level) {
        assertThat(kindOf(PARSER.parse("SELECT 1" + level.repeat(1_500)))).isEqualTo(Failure.TOO_DEEP);
        assertUsable();
    }

    @Test
    void refuses_what_reaches_the_end_of_the_stack() {
        assertThat(kindOf(PARSER.parse("SELECT 1" + "+1".repeat(50_000)))).isEqualTo(Failure.TOO_DEEP);
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
        String sql = "SELECT '" + "x".repeat(100_000) + "'";

        assertThat(PARSER.parse(sql)).isInstanceOf(Parsed.class);
    }

    @Test
    void takes_an_insert_of_many_rows() {
        String sql = "INSERT INTO t VALUES (0, 'a')" + ", (1, 'abcdefghijklmnopqrstuvwxyz')".repeat(1_000);

        assertThat(PARSER.parse(sql)).isInstanceOf(Parsed.class);
    }

    private static void assertUsable() {
        assertThat(PARSER.parse("SELECT 1")).isInstanceOf(Parsed.class);
    }

    private static Failure kindOf(ParseResult result) {
        return ((Failed) result).kind();
    }
}
