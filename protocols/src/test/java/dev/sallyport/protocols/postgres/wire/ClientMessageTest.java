package dev.sallyport.protocols.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessageTest {
    @Test
    void reads_a_bind_with_text_binary_and_null_parameters() {
        ByteBuf frame = message(out -> out.begin(Tag.BIND)
                .text("p")
                .text("s")
                .int16(3)
                .int16(0)
                .int16(1)
                .int16(0)
                .int16(3)
                .int32(2)
                .bytes(new byte[] {'a', 'b'})
                .int32(1)
                .bytes(new byte[] {7})
                .int32(-1)
                .int16(1)
                .int16(1)
                .end());

        ClientMessage.Bind bind = (ClientMessage.Bind) ClientMessage.read(frame);

        assertThat(bind.portal()).isEqualTo("p");
        assertThat(bind.statement()).isEqualTo("s");
        assertThat(bind.parameters().get(0).value().orElseThrow()).asString().isEqualTo("ab");
        assertThat(bind.parameters().get(1).binary()).isTrue();
        assertThat(bind.parameters().get(2).value()).isEmpty();
        assertThat(bind.resultFormats()).containsExactly(1);
    }

    @Test
    void refuses_each_message_cut_at_any_byte() {
        for (ByteBuf whole : List.of(
                message(out -> out.query("SELECT 1")),
                message(out -> out.begin(Tag.PARSE)
                        .text("s")
                        .text("SELECT $1")
                        .int16(1)
                        .int32(23)
                        .end()),
                message(out -> out.begin(Tag.BIND)
                        .text("")
                        .text("")
                        .int16(0)
                        .int16(1)
                        .int32(2)
                        .bytes(new byte[2])
                        .int16(0)
                        .end()),
                message(out -> out.begin(Tag.EXECUTE).text("p").int32(0).end()),
                message(out -> out.begin(Tag.DESCRIBE).int8('S').text("s").end()),
                message(out -> out.begin(Tag.CLOSE).int8('P').text("p").end()))) {
            for (int bytes = Frames.HEADER_BYTES; bytes < whole.readableBytes(); bytes++) {
                ByteBuf cut = whole.slice(0, bytes);
                assertThatThrownBy(() -> ClientMessage.read(cut))
                        .as("tag %c, %d bytes", (char) whole.getByte(0), bytes)
                        .isInstanceOf(ProtocolViolation.class);
            }
        }
    }

    @Test
    void refuses_bytes_behind_the_last_field() {
        ByteBuf frame =
                message(out -> out.begin(Tag.QUERY).text("SELECT 1").int8('x').end());

        assertThatThrownBy(() -> ClientMessage.read(frame)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void says_that_text_is_not_utf8() {
        ByteBuf query = message(
                out -> out.begin(Tag.QUERY).int8(0xc3).int8(0x28).int8(0).end());
        ByteBuf close =
                message(out -> out.begin(Tag.CLOSE).int8('S').int8(0xff).int8(0).end());

        assertThat(ClientMessage.read(query)).isEqualTo(new ClientMessage.Unreadable(query, true));
        assertThat(ClientMessage.read(close)).isEqualTo(new ClientMessage.Unreadable(close, false));
    }

    @Test
    void refuses_a_count_that_cannot_fit_before_it_makes_room_for_it() {
        ByteBuf frame = message(
                out -> out.begin(Tag.BIND).text("").text("").int16(0).int16(-1).end());

        assertThatThrownBy(() -> ClientMessage.read(frame)).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1024})
    void refuses_a_length_out_of_bounds_by_its_header_alone(int length) {
        ByteBuf in = Unpooled.buffer().writeByte('Q').writeInt(length);

        assertThatThrownBy(() -> Frames.size(in, 0, 1024)).isInstanceOf(ProtocolViolation.class);
    }

    private static ByteBuf message(Consumer<MessageWriter> message) {
        ByteBuf out = Unpooled.buffer();
        message.accept(new MessageWriter(out));
        return out;
    }
}
