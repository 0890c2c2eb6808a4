package dev.sallyport.sql.postgres.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.sql.postgres.parser.ParseResult.Failed;
import dev.sallyport.sql.postgres.parser.ParseResult.Failure;
import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every text gets an answer in bounded time, and the parser is as good as new after it. */
@Timeout(60)
class BoundsTest {

    private static final ParserLimits LIMITS = ParserLimits.standard().withEngines(1);
    // Generous, so that which bound is met does not depend on how fast the machine is.
    private static final PostgresParser PARSER = new PostgresParser(LIMITS.withParseTimeout(Duration.ofSeconds(30)));

    @AfterAll
    static void close() {
        PARSER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1", "::int", " UNION SELECT 1", " || 'a'"})
    void takes_what_nests_as_people_write_it(String level) {
        assertThat(PARSER.parse("SELECT 1" + level.repeat(200))).isInstanceOf(Parsed.class);
    }

    @Test
    void refuses_ten_megabytes_unread() {
        String sql = "SELECT '" + "x".repeat(10_000_000) + "'";

        CompletableFuture<ParseResult> result = PARSER.parseAsync(sql);

        assertThat(result).isDone();
        assertThat(kindOf(result.join())).isEqualTo(Failure.TOO_LARGE);
    }

    @Test
    void counts_the_size_of_a_text_in_bytes() {
        String sql = "SELECT '" + "é".repeat(600_000) + "'";

        assertThat(kindOf(PARSER.parse(sql))).isEqualTo(Failure.TOO_LARGE);
    }

    @Test
    void refuses_a_tree_much_larger_than_its_text() {
        try (var parser =
                new PostgresParser(new ParserLimits(1, 8, 10_000, 20_000, 100, 100, Duration.ofSeconds(30)))) {
            assertThat(kindOf(parser.parse("SELECT 1" + ",1".repeat(1_000)))).isEqualTo(Failure.TOO_LARGE);
            assertThat(kindOf(parser.parse("SELECT 1" + ",1".repeat(30)))).isEqualTo(Failure.TOO_LARGE);
            assertThat(parser.parse("SELECT 1, 1")).isInstanceOf(Parsed.class);
        }
    }

    @Test
    void ends_what_takes_too_long_and_goes_on() {
        try (var parser = new PostgresParser(LIMITS.withParseTimeout(Duration.ofMillis(100)))) {
            parser.parse("SELECT 1");
            ParseResult result = parser.parse("SELECT 1" + ", a + b".repeat(100_000));

            assertThat(kindOf(result)).isEqualTo(Failure.TIMEOUT);
            assertThat(parser.parse(";")).isInstanceOf(Parsed.class);
        }
    }

    @Test
    void what_comes_while_an_engine_starts_has_not_waited_for_its_turn() {
        try (var parser = new PostgresParser(LIMITS.withParseTimeout(Duration.ofMillis(250)))) {
            var answers = IntStream.range(0, 3)
                    .mapToObj(i -> parser.parseAsync("SELECT " + i))
                    .toList();

            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isInstanceOf(Parsed.class));
        }
    }

    @Test
    void answers_each_of_many_callers() {
        var answers = IntStream.range(0, 200)
                .mapToObj(i -> PARSER.parseAsync("SELECT " + i))
                .toList();

        for (int i = 0; i < answers.size(); i++) {
            Parsed parsed = (Parsed) answers.get(i).join();
            assertThat(parsed.statements()
                            .getFirst()
                            .body()
                            .findValue("A_Const")
                            .toString())
                    .contains(i == 0 ? "{}" : ":" + i + "}");
        }
    }

    @Test
    void refuses_more_than_may_wait() {
        ParserLimits few = new ParserLimits(1, 2, 1000, 1000, 1000, 1000, Duration.ofSeconds(30));
        try (var parser = new PostgresParser(few)) {
            var answers = IntStream.range(0, 50)
                    .mapToObj(i -> parser.parseAsync("SELECT 1"))
                    .map(CompletableFuture::join)
                    .toList();
            var atOnce = IntStream.range(0, 50)
                    .mapToObj(i -> parser.parseAsync("SELECT 1"))
                    .toList();

            assertThat(answers).allMatch(Parsed.class::isInstance);
            assertThat(atOnce.stream().map(CompletableFuture::join))
                    .anyMatch(result -> result instanceof Failed failed && failed.kind() == Failure.BUSY);
        }
    }

    @Test
    void fails_once_closed() {
        var parser = new PostgresParser(LIMITS);
        parser.close();

        assertThat(kindOf(parser.parse("SELECT 1"))).isEqualTo(Failure.ENGINE);
    }

    @Test
    void refuses_what_has_no_form_on_the_wire() {
        assertThat(PARSER.parse("SELECT 1\0; DROP TABLE x"))
                .isEqualTo(new Failed(Failure.SYNTAX, "a NUL or half of a surrogate pair", 8));
        assertThat(PARSER.parse("SELECT '\ud83d'")).isInstanceOf(Failed.class);
        assertThat(PARSER.parse("SELECT '\ude00\ud83d'")).isInstanceOf(Failed.class);
    }

    @Test
    void bounds_are_checked_when_they_are_set() {
        assertThatThrownBy(() -> LIMITS.withMaxTextBytes(0)).hasMessage("maxTextBytes: 0 (expected: > 0)");
    }

    private static Failure kindOf(ParseResult result) {
        return ((Failed) result).kind();
    }
}
