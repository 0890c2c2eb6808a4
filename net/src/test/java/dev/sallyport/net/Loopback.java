package dev.sallyport.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** Short forms for tests over the loopback interface. */
final class Loopback {
    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Loopback() {}

    static ChannelInitializer<SocketChannel> each(Consumer<Channel> initializer) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                initializer.accept(channel);
            }
        };
    }

    static Listener listen(Transport transport, Consumer<Channel> initializer) throws IOException {
        return Listener.bind(transport, Listener.Settings.on(ANY_PORT), each(initializer));
    }
}
