package dev.sallyport.server.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputSinkTest {
    private final Narrow out = new Narrow();

    @Test
    void finishes_a_line_that_an_error_cut_before_it_writes_on() throws Exception {
        StandardOutputSink sink = new StandardOutputSink(out);
        out.room = 10;
        assertThatThrownBy(() -> sink.write(bytes("{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n")))
                .isInstanceOf(IOException.class);
        out.room = 100;
        sink.write(bytes("{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n"));

        assertThat(out.taken.toString().lines())
                .containsExactly("{\"a\":1}", "{\"b\":2}", "{\"a\":1}", "{\"b\":2}", "{\"c\":3}");
    }

    @Test
    void has_nothing_to_finish_where_the_error_came_between_two_lines() throws Exception {
        StandardOutputSink sink = new StandardOutputSink(out);
        out.room = 4;
        assertThatThrownBy(() -> sink.write(bytes("{1}\n{2}\n"))).isInstanceOf(IOException.class);
        out.room = 2;
        assertThatThrownBy(() -> sink.write(bytes("{1}\n{2}\n"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> sink.write(bytes("{1}\n{2}\n"))).isInstanceOf(IOException.class);
        out.room = 100;
        sink.write(bytes("{1}\n{2}\n"));

        assertThat(out.taken.toString().lines()).containsExactly("{1}", "{1}", "{1}", "{2}");
    }

    private static ByteBuffer bytes(String lines) {
        return ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes three bytes at a time, and fails where there is no more room. */
    private static final class Narrow implements WritableByteChannel {
        private final StringBuilder taken = new StringBuilder();
        private int room;

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (room == 0) {
                throw new IOException("no room");
            }
            int count = Math.min(Math.min(3, room), source.remaining());
            for (int i = 0; i < count; i++) {
                taken.append((char) source.get());
            }
            room -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
