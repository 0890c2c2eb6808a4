package dev.sallyport.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.policy.Guess;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Usage usage = new Usage();

    @Test
    void is_forgotten_only_once_its_sessions_are_closed_and_its_guesses_made_up_for() {
        assertThat(usage.isIdle(NOON)).isTrue();
        assertThat(usage.tryOpen(1)).isTrue();
        assertThat(usage.tryOpen(1)).isFalse();
        assertThat(usage.isIdle(NOON)).isFalse();
        assertThat(usage.guesses().take(List.of(new Guess("p/mask[0]", "a.b.c", 60, 5)), NOON))
                .isEmpty();
        usage.closed();
        assertThat(usage.isIdle(NOON.plusSeconds(4))).isFalse();
        assertThat(usage.isIdle(NOON.plusSeconds(5))).isTrue();
    }
}
