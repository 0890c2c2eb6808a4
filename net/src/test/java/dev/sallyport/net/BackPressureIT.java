package dev.sallyport.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A relay of two coupled channels, as small as it can be. */
class BackPressureIT {
    private static final int TOTAL = 64 << 20;

    @ParameterizedTest
    @EnumSource(Transport.Kind.class)
    void a_client_that_does_not_read_stops_the_target_and_later_gets_every_byte(Transport.Kind kind) throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ServerSocket target = new ServerSocket(0);
                Transport transport = Transport.open(kind, 2)) {
            Thread.ofVirtual().start(() -> pour(target, sent));
            Listener relay = Loopback.listen(
                    transport, channel -> channel.pipeline().addLast(new Relay(transport, target.getLocalPort())));
            try (Socket client =
                    new Socket(relay.address().getAddress(), relay.address().getPort())) {
                client.setSoTimeout(20_000);

                await().during(Duration.ofMillis(500)).until(() -> unchanged(sent));
                // What the kernel's buffers hold of two connections, and little more.
                assertThat(sent.get()).isPositive().isLessThan(TOTAL / 2);

                assertThat(client.getInputStream().transferTo(OutputStream.nullOutputStream()))
                        .isEqualTo(TOTAL);
            }
        }
    }

    private static boolean unchanged(AtomicLong sent) throws InterruptedException {
        long before = sent.get();
        Thread.sleep(50);
        return before > 0 && before == sent.get();
    }

    private static void pour(ServerSocket target, AtomicLong sent) {
        byte[] chunk = new byte[1 << 16];
        try (Socket socket = target.accept();
                InputStream hello = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            for (int written = 0; written < TOTAL; written += chunk.length) {
                out.write(chunk);
                sent.addAndGet(chunk.length);
            }
            socket.shutdownOutput();
            assertThat(hello.read()).isEqualTo(-1);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static final class Relay extends ChannelInboundHandlerAdapter {
        private final Transport transport;
        private final int port;

        Relay(Transport transport, int port) {
            this.transport = transport;
            this.port = port;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            Channel client = context.channel();
            new Dialer(transport, KeepAlive.DEFAULT)
                    .dial(client.eventLoop(), "127.0.0.1", port, Duration.ofSeconds(5))
                    .addListener(dialled -> {
                        Channel target = (Channel) dialled.getNow();
                        client.pipeline().replace(this, "to target", new Forward(target));
                        target.pipeline().addLast(new Forward(client));
                        BackPressure.couple(client, target);
                        target.config().setAutoRead(true);
                    });
        }
    }

    private static final class Forward extends ChannelInboundHandlerAdapter {
        private final Channel sink;

        Forward(Channel sink) {
            this.sink = sink;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            sink.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            sink.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            sink.writeAndFlush(context.alloc().buffer(0)).addListener(flushed -> sink.close());
        }
    }
}
