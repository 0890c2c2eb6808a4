package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ListenerIT {
    private static Transport transport;

    @BeforeAll
    static void open() {
        transport = Transport.open();
    }

    @AfterAll
    static void close() {
        transport.close();
    }

    @Test
    void closes_what_comes_beyond_the_maximum_and_accepts_again_when_one_has_left() throws Exception {
        Listener listener = bounded(2, 2);
        Socket first = connect(listener);
        Socket second = connect(listener);
        await().until(() -> listener.connections() == 2);

        try (Socket third = connect(listener)) {
            assertThat(third.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(listener.refused()).isEqualTo(1);

        first.close();
        await().until(() -> listener.connections() == 1);
        try (Socket fourth = connect(listener)) {
            assertThat(fourth.getInputStream().read()).isEqualTo('h');
        }
        second.close();
        listener.close().sync();
    }

    @Test
    void bounds_the_connections_from_one_address() throws Exception {
        Listener listener = bounded(10, 1);
        try (Socket first = connect(listener)) {
            assertThat(first.getInputStream().read()).isEqualTo('h');
            try (Socket second = connect(listener)) {
                assertThat(second.getInputStream().read()).isEqualTo(-1);
            }
        }
        await().until(() -> listener.connections() == 0);
        listener.close().sync();
    }

    @Test
    void draining_tells_the_open_connections_and_accepts_no_more() throws Exception {
        Listener listener =
                Loopback.listen(transport, channel -> channel.pipeline().addLast(new EndsWhenDraining()));
        try (Socket socket = connect(listener)) {
            await().until(() -> listener.connections() == 1);

            Future<Boolean> drained = listener.drain(Duration.ofSeconds(30));

            assertThat(socket.getInputStream().read()).isEqualTo('b');
            assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> connect(listener)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void draining_cuts_what_is_still_open_after_the_grace() throws Exception {
        Listener listener = bounded(1, 1);
        try (Socket socket = connect(listener)) {
            assertThat(socket.getInputStream().read()).isEqualTo('h');

            Future<Boolean> drained = listener.drain(Duration.ofMillis(200));

            assertThat(drained.get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void draining_without_a_connection_ends_at_once() throws Exception {
        assertThat(bounded(1, 1).drain(Duration.ofSeconds(30)).get(10, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void a_port_that_is_taken_is_an_error_that_names_it() throws Exception {
        Listener listener = bounded(1, 1);

        assertThatThrownBy(() -> Listener.bind(
                        transport, Listener.Settings.on(listener.address()), Loopback.each(channel -> {})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(String.valueOf(listener.address().getPort()));
        listener.close().sync();
    }

    private static Listener bounded(int maxConnections, int maxConnectionsPerAddress) throws IOException {
        var settings =
                new Listener.Settings(Loopback.ANY_PORT, maxConnections, maxConnectionsPerAddress, KeepAlive.DEFAULT);
        return Listener.bind(
                transport, settings, Loopback.each(channel -> channel.pipeline().addLast(new SaysHello())));
    }

    private static Socket connect(Listener listener) throws IOException {
        Socket socket =
                new Socket(listener.address().getAddress(), listener.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static final class SaysHello extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'h'}));
        }
    }

    private static final class EndsWhenDraining extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == Listener.Draining.EVENT) {
                context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'b'})).addListener(written -> context.close());
            }
        }
    }
}
