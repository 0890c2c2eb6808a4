package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.testkit.ports.ClosedPort;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DialerIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(Transport.Kind.class)
    void connects_by_name_on_the_loop_it_was_given_and_does_not_read_yet(Transport.Kind kind) throws Exception {
        try (Transport transport = Transport.open(kind, 2)) {
            Listener listener = Loopback.listen(transport, channel -> {});
            EventLoop loop = transport.nextLoop();

            // On most machines localhost is ::1 first, where nothing listens.
            Channel channel = dial(
                            transport, loop, "localhost", listener.address().getPort())
                    .sync()
                    .getNow();

            assertThat(channel.eventLoop()).isSameAs(loop);
            assertThat(channel.config().isAutoRead()).isFalse();
            await().until(() -> listener.connections() == 1);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.Kind.class)
    void a_port_where_nobody_listens_refuses(Transport.Kind kind) throws Exception {
        try (ClosedPort port = new ClosedPort();
                Transport transport = Transport.open(kind, 1)) {
            Future<Channel> dialled = dial(transport, transport.nextLoop(), "127.0.0.1", port.number())
                    .await();

            assertThat(dialled.cause()).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.Kind.class)
    void a_name_that_does_not_exist_is_unknown(Transport.Kind kind) throws Exception {
        try (Transport transport = Transport.open(kind, 1)) {
            Future<Channel> dialled = dial(transport, transport.nextLoop(), "no-such-host.invalid", 1)
                    .await();

            assertThat(dialled.cause()).isInstanceOf(UnknownHostException.class);
        }
    }

    private static Future<Channel> dial(Transport transport, EventLoop loop, String host, int port) {
        return new Dialer(transport, KeepAlive.DEFAULT).dial(loop, host, port, TIMEOUT);
    }
}
