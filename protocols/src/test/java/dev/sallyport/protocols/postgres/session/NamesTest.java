package dev.sallyport.protocols.postgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamesTest {
    private final Names<Object> names = new Names<>(3);
    private final Object first = new Object();
    private final Object second = new Object();

    @Test
    void a_name_has_both_meanings_while_its_second_making_is_unanswered() {
        names.making("s", first, 1);
        names.made("s", first);

        names.making("s", second, 1);

        assertThat(names.get("s", 2)).containsExactly(first, second);
    }

    @Test
    void there_is_no_doubt_before_the_next_sync() {
        names.making("s", first, 0);
        names.making("s", second, 1);

        assertThat(names.get("s", 1)).containsExactly(second);
    }

    @Test
    void a_confirmed_making_takes_the_older_meaning_away() {
        names.making("s", first, 1);
        names.making("s", second, 1);

        names.made("s", second);

        assertThat(names.get("s", 2)).containsExactly(second);
    }

    @Test
    void a_failed_making_leaves_the_older_meaning() {
        names.making("s", first, 1);
        names.making("s", second, 1);

        names.gone("s", second);

        assertThat(names.get("s", 2)).containsExactly(first);
    }

    @Test
    void an_unknown_name_has_no_meaning() {
        names.making("s", first, 1);
        names.gone("s", first);

        assertThat(names.get("s", 2)).isEmpty();
        assertThat(names.all()).isEmpty();
    }

    @Test
    void is_full_at_its_bound_and_not_again_once_something_is_gone() {
        names.making("a", first, 1);
        names.making("b", second, 1);
        names.making("c", new Object(), 1);
        assertThat(names.isFull()).isTrue();

        names.gone("a", first);

        assertThat(names.isFull()).isFalse();
    }
}
