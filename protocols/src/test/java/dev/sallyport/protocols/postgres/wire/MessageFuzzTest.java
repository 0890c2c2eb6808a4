package dev.sallyport.protocols.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Whatever bytes come, reading a message gives one or a {@link ProtocolViolation}, and takes no more than was sent. */
class MessageFuzzTest {
    private static final int MAX_BYTES = 1 << 20;

    @FuzzTest
    void messages_of_a_client(byte[] stream) {
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        try {
            int size = Frames.size(in, 0, MAX_BYTES);
            while (size > 0 && in.readableBytes() >= size) {
                ByteBuf frame = in.readSlice(size);
                ClientMessage message = ClientMessage.read(frame);
                assertThat(message.frame()).isSameAs(frame);
                assertThat(message.size()).isEqualTo(size);
                assertThat(message.toString()).isNotNull();
                size = Frames.size(in, in.readerIndex(), MAX_BYTES);
            }
        } catch (ProtocolViolation expected) {
            assertThat(expected.text()).hasSizeLessThan(200);
        }
    }

    @FuzzTest
    void errors_of_a_target(byte[] body) {
        try {
            ErrorFields fields = new MessageReader(Unpooled.wrappedBuffer(body)).errorFields();
            assertThat(fields.byCode().size()).isLessThan(body.length);
            fields.isFatal();
            ByteBuf out = Unpooled.buffer();
            new MessageWriter(out).error(fields);
            ErrorFields again = new MessageReader(out.skipBytes(Frames.HEADER_BYTES)).errorFields();
            assertThat(again).isEqualTo(fields);
        } catch (ProtocolViolation expected) {
            assertThat(expected.text()).hasSizeLessThan(200);
        }
    }

    @FuzzTest
    void columns_of_a_target(byte[] body) {
        try {
            assertThat(new MessageReader(Unpooled.wrappedBuffer(body)).fields()).hasSizeLessThanOrEqualTo(body.length);
        } catch (ProtocolViolation expected) {
            assertThat(expected.text()).hasSizeLessThan(200);
        }
    }
}
