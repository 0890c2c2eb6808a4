package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadGateTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Test
    void reads_again_only_when_the_last_reason_is_gone() {
        ReadGate gate = ReadGate.of(channel);
        gate.hold("slow client");
        gate.hold("slow recorder");

        gate.release("slow client");
        assertThat(channel.config().isAutoRead()).isFalse();

        gate.release("slow recorder");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void a_release_without_a_hold_opens_nothing() {
        channel.config().setAutoRead(false);

        ReadGate.of(channel).release("never held");

        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void a_channel_has_one_gate() {
        assertThat(ReadGate.of(channel)).isSameAs(ReadGate.of(channel));
    }
}
