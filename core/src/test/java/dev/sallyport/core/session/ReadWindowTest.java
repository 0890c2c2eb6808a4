package dev.sallyport.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.Evidence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReadWindowTest {
    private static final Duration WINDOW = Duration.ofNanos(100);

    private final ReadWindow window = new ReadWindow();

    private static final class Pending implements Evidence {
        private final List<Consumer<Boolean>> waiting = new ArrayList<>();

        void settle(boolean synced) {
            waiting.forEach(each -> each.accept(synced));
        }

        @Override
        public boolean isWritten() {
            return true;
        }

        @Override
        public boolean isSynced() {
            return false;
        }

        @Override
        public void whenWritten(Consumer<Boolean> then) {
            then.accept(true);
        }

        @Override
        public void whenSynced(Consumer<Boolean> then) {
            waiting.add(then);
        }
    }

    @Test
    void lets_answers_go_ahead_until_the_oldest_is_unsynced_for_longer_than_the_window() {
        assertThat(window.admits(new Pending(), WINDOW, 1_000)).isTrue();
        assertThat(window.admits(new Pending(), WINDOW, 1_100)).isTrue();
        assertThat(window.admits(new Pending(), WINDOW, 1_101)).isFalse();
    }

    @Test
    void begins_anew_once_the_oldest_is_synced_or_never_will_be() {
        for (boolean synced : List.of(true, false)) {
            Pending oldest = new Pending();
            window.admits(oldest, WINDOW, 1_000);

            oldest.settle(synced);

            Pending next = new Pending();
            assertThat(window.admits(next, WINDOW, 5_000)).isTrue();
            next.settle(true);
        }
    }
}
