package dev.sallyport.protocols.postgres.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartupPacketTest {
    @Test
    void reads_a_start_up_message() {
        ByteBuf packet = startup(ProtocolVersion.V3_2, "user", "bot", "database", "orders");

        StartupPacket.Startup startup = (StartupPacket.Startup) StartupPacket.read(packet);

        assertThat(startup.version()).isEqualTo(ProtocolVersion.V3_2);
        assertThat(startup.parameters()).containsEntry("user", "bot").containsEntry("database", "orders");
    }

    @Test
    void refuses_a_start_up_message_cut_at_any_byte() {
        ByteBuf whole = startup(ProtocolVersion.V3_0, "user", "bot");
        for (int bytes = 8; bytes < whole.readableBytes(); bytes++) {
            ByteBuf cut = whole.slice(0, bytes);
            assertThatThrownBy(() -> StartupPacket.read(cut))
                    .as("%d bytes", bytes)
                    .isInstanceOf(ProtocolViolation.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 7, -1, Integer.MIN_VALUE, 10_001, Integer.MAX_VALUE})
    void refuses_a_length_out_of_bounds_before_the_packet_is_there(int length) {
        ByteBuf in = Unpooled.buffer().writeInt(length);

        assertThatThrownBy(() -> StartupPacket.length(in)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void waits_for_a_length_that_is_not_whole_yet() {
        assertThat(StartupPacket.length(Unpooled.buffer().writeShort(0))).isZero();
    }

    @Test
    void refuses_another_major_version() {
        assertThatThrownBy(() -> StartupPacket.read(startup(2 << 16, "user", "bot")))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("2.0");
    }

    @Test
    void refuses_a_parameter_given_twice() {
        assertThatThrownBy(() -> StartupPacket.read(startup(ProtocolVersion.V3_0, "user", "a", "user", "b")))
                .isInstanceOf(ProtocolViolation.class);
    }

    private static ByteBuf startup(int version, String... parameters) {
        ByteBuf out = Unpooled.buffer();
        MessageWriter writer = new MessageWriter(out).beginUntagged().int32(version);
        for (String parameter : parameters) {
            writer.text(parameter);
        }
        writer.int8(0).end();
        return out;
    }
}
