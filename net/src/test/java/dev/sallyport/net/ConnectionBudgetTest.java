package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.net.ConnectionBudget.ExhaustedException;
import dev.sallyport.net.ConnectionBudget.Permit;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionBudgetTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EventExecutor executor = channel.eventLoop();
    private final ConnectionBudget budget = new ConnectionBudget(1, 2);

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    @Test
    void hands_a_permit_that_comes_back_to_the_one_who_waited_longest() {
        Permit held = budget.acquire(executor, SECOND).getNow();
        Future<Permit> first = budget.acquire(executor, SECOND);
        Future<Permit> second = budget.acquire(executor, SECOND);

        held.close();

        assertThat(first.isSuccess()).isTrue();
        assertThat(second.isDone()).isFalse();
        assertThat(budget.inUse()).isEqualTo(1);
    }

    @Test
    void refuses_at_once_when_the_line_is_full() {
        budget.acquire(executor, SECOND);
        budget.acquire(executor, SECOND);
        budget.acquire(executor, SECOND);

        Future<Permit> refused = budget.acquire(executor, SECOND);

        assertThat(refused.cause()).isInstanceOf(ExhaustedException.class);
    }

    @Test
    void gives_up_waiting_after_the_timeout() {
        budget.acquire(executor, SECOND);
        Future<Permit> waiting = budget.acquire(executor, SECOND);

        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();

        assertThat(waiting.cause()).isInstanceOf(ExhaustedException.class);
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void skips_those_who_left_the_line() {
        Permit held = budget.acquire(executor, SECOND).getNow();
        budget.acquire(executor, SECOND).cancel(false);
        Future<Permit> stays = budget.acquire(executor, SECOND);

        held.close();

        assertThat(stays.isSuccess()).isTrue();
    }

    @Test
    void counts_a_permit_back_once_however_often_it_is_closed() {
        Permit held = budget.acquire(executor, SECOND).getNow();

        held.close();
        held.close();

        assertThat(budget.inUse()).isZero();
    }
}
