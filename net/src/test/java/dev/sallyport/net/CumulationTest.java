package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CumulationTest {
    private static final int MESSAGE_BYTES = 8_011;
    private static final int READ_BYTES = 8_192;

    @Test
    void keeps_no_more_than_a_message_and_a_read_however_much_comes() {
        Cutting cutting = new Cutting();
        EmbeddedChannel channel = new EmbeddedChannel(cutting);

        for (int i = 0; i < 2_000; i++) {
            channel.writeInbound(channel.alloc().directBuffer(READ_BYTES).writeZero(READ_BYTES));
            cutting.flush();
        }

        assertThat(cutting.messages).isGreaterThan(2_000);
        assertThat(cutting.largest).isLessThan(8 * READ_BYTES);
        channel.finishAndReleaseAll();
    }

    /** Hands out slices, which are let go only when the read has completed. */
    private static final class Cutting extends ByteToMessageDecoder {
        private final Queue<ByteBuf> written = new ArrayDeque<>();
        private int messages;
        private int largest;

        Cutting() {
            setCumulator(Cumulation::bounded);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            largest = Math.max(largest, in.capacity());
            while (in.readableBytes() >= MESSAGE_BYTES) {
                written.add(in.readRetainedSlice(MESSAGE_BYTES));
                messages++;
            }
        }

        void flush() {
            written.forEach(ByteBuf::release);
            written.clear();
        }
    }
}
