package dev.sallyport.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "10s,PT10S", "10m,PT10M", "2h,PT2H", "1d,PT24H", "1h30m,PT1H30M", "0s,PT0S"})
    void reads_durations(String text, Duration expected) {
        assertThat(Units.duration(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "-1s", "1.5s", "10 s", "10S", "10min", "1h 30m", "99999999999s"})
    void refuses_other_durations(String text) {
        assertThat(Units.duration(text)).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "65536,65536",
        "10B,10",
        "2KB,2000",
        "50MB,50000000",
        "1GB,1000000000",
        "64KiB,65536",
        "1GiB,1073741824"
    })
    void reads_sizes(String text, long expected) {
        assertThat(Units.size(text)).hasValue(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1", "1.5MB", "50 MB", "50mb", "999999999999999GiB"})
    void refuses_other_sizes(String text) {
        assertThat(Units.size(text)).isEqualTo(OptionalLong.empty());
    }

    @Test
    void suggests_what_is_close_and_else_lists_what_there_is() {
        assertThat(Suggestion.hint("approver", List.of("approvers", "actions"))).isEqualTo("did you mean 'approvers'?");
        assertThat(Suggestion.hint("Postgres", List.of("postgres"))).isEqualTo("did you mean 'postgres'?");
        assertThat(Suggestion.hint("zzz", List.of("b", "a"))).isEqualTo("one of: a, b");
        assertThat(Suggestion.hint("x".repeat(100_000), List.of("a"))).isEqualTo("one of: a");
        assertThat(Suggestion.distance("abcd", "acbd")).isEqualTo(1);
        assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
    }
}
