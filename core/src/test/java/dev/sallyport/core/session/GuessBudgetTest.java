package dev.sallyport.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Guess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuessBudgetTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final GuessBudget budget = new GuessBudget();

    @Test
    void a_minutes_worth_may_be_asked_at_once_and_then_one_for_each_that_has_come_back() {
        for (int i = 0; i < 6; i++) {
            assertThat(take(NOON, ssn(1))).isEmpty();
        }
        assertThat(take(NOON, ssn(1))).contains(Duration.ofSeconds(10));
        assertThat(take(NOON.plusSeconds(4), ssn(1))).contains(Duration.ofSeconds(6));
        assertThat(take(NOON.plusSeconds(10), ssn(1))).isEmpty();
        assertThat(take(NOON.plusSeconds(10), ssn(1))).contains(Duration.ofSeconds(10));
        assertThat(take(NOON.plusSeconds(3600), ssn(6))).isEmpty();
    }

    @Test
    void each_statement_counts_and_more_than_a_minutes_worth_is_never_asked_in_one_command() {
        assertThat(take(NOON, ssn(4))).isEmpty();
        assertThat(take(NOON, ssn(4))).contains(Duration.ofSeconds(20));
        assertThat(budget.take(List.of(ssn(7)), NOON.plusSeconds(60)))
                .hasValueSatisfying(shortage -> assertThat(shortage.pause()).isEmpty());
    }

    @Test
    void nothing_is_taken_of_one_mask_where_another_has_too_little_left() {
        assertThat(take(NOON, new Guess("p/mask[1]", "a.b.pin", 1, 1))).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(take(NOON, ssn(1), new Guess("p/mask[1]", "a.b.pin", 1, 1)))
                    .contains(Duration.ofSeconds(60));
        }
        assertThat(take(NOON, ssn(6))).isEmpty();
    }

    @Test
    void a_clock_that_steps_back_gives_nothing_and_takes_nothing() {
        assertThat(take(NOON, ssn(6))).isEmpty();
        assertThat(take(NOON.minusSeconds(3600), ssn(1))).contains(Duration.ofSeconds(10));
        assertThat(take(NOON.plusSeconds(10), ssn(1))).isEmpty();
    }

    @Test
    void a_lower_rate_of_a_newer_policy_counts_what_was_asked_before() {
        assertThat(take(NOON, ssn(6))).isEmpty();
        assertThat(take(NOON, new Guess("p/mask[0]", "a.b.ssn", 2, 1))).isPresent();
    }

    @Test
    void is_full_again_after_a_minute() {
        assertThat(budget.isFull(NOON)).isTrue();
        assertThat(take(NOON, ssn(6))).isEmpty();
        assertThat(budget.isFull(NOON.plusSeconds(59))).isFalse();
        assertThat(budget.isFull(NOON.plusSeconds(60))).isTrue();
    }

    private static Guess ssn(int times) {
        return new Guess("p/mask[0]", "a.b.ssn", 6, times);
    }

    private Optional<Duration> take(Instant now, Guess... guesses) {
        return budget.take(List.of(guesses), now).flatMap(GuessBudget.Shortage::pause);
    }
}
