package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void closes_a_connection_that_trickles_bytes_but_does_not_meet_it() {
        EmbeddedChannel channel = new EmbeddedChannel(Deadline.closing(Duration.ofSeconds(3)));
        channel.freezeTime();

        for (int second = 0; second < 3; second++) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {1}));
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
        }

        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void leaves_a_connection_alone_that_met_it() {
        EmbeddedChannel channel = new EmbeddedChannel(Deadline.closing(Duration.ofSeconds(3)));
        channel.freezeTime();

        Deadline.meet(channel.pipeline());
        channel.advanceTimeBy(1, TimeUnit.HOURS);
        channel.runScheduledPendingTasks();

        assertThat(channel.isOpen()).isTrue();
        assertThat(channel.pipeline().get(Deadline.class)).isNull();
        channel.finishAndReleaseAll();
    }

    @Test
    void keeps_no_timer_for_a_connection_that_is_closed() {
        EmbeddedChannel channel = new EmbeddedChannel(Deadline.closing(Duration.ofSeconds(3)));

        channel.close();

        assertThat(channel.hasPendingTasks()).isFalse();
        channel.finishAndReleaseAll();
    }
}
