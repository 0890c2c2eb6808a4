package dev.sallyport.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens TCP connections on a given event loop. Names are looked up by the JDK, and so by the system's own rules, on a
 * virtual thread: its look-up blocks and may take seconds. Where a name has several addresses they are tried in turn.
 */
public final class Dialer {
    private final Transport transport;
    private final KeepAlive keepAlive;

    public Dialer(Transport transport, KeepAlive keepAlive) {
        this.transport = transport;
        this.keepAlive = keepAlive;
    }

    /**
     * Connects. The channel is registered with {@code loop}, its pipeline is empty, and {@code autoRead} is off until the
     * caller turns it on.
     *
     * @param timeout for the look-up and every attempt together
     * @return fails with {@link UnknownHostException}, {@link java.net.ConnectException} or
     *     {@link ConnectTimeoutException}; cancelling it closes what was being opened
     */
    public Future<Channel> dial(EventLoop loop, String host, int port, Duration timeout) {
        Promise<Channel> connected = loop.newPromise();
        Attempt attempt = new Attempt(loop, port, System.nanoTime() + timeout.toNanos(), connected);
        var timer =
                loop.schedule(() -> connected.tryFailure(attempt.timedOut()), timeout.toNanos(), TimeUnit.NANOSECONDS);
        connected.addListener(done -> timer.cancel(false));
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal == null) {
            Thread.ofVirtual().name("look-up").start(() -> lookUp(host, attempt));
        } else {
            lookUp(host, attempt);
        }
        return connected;
    }

    private void lookUp(String host, Attempt attempt) {
        try {
            List<InetAddress> addresses = Arrays.asList(InetAddress.getAllByName(host));
            attempt.loop.execute(() -> connect(addresses.iterator(), attempt));
        } catch (UnknownHostException e) {
            attempt.connected.tryFailure(e);
        }
    }

    private void connect(Iterator<InetAddress> addresses, Attempt attempt) {
        if (attempt.connected.isDone()) {
            return;
        }
        InetSocketAddress address = new InetSocketAddress(addresses.next(), attempt.port);
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(attempt.deadlineNanos - System.nanoTime());
        ChannelFuture connecting = transport
                .client(attempt.loop, keepAlive)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.clamp(leftMillis, 1, Integer.MAX_VALUE))
                .handler(new Empty())
                .connect(address);
        attempt.connected.addListener(done -> {
            if (!done.isSuccess()) {
                connecting.channel().close();
            }
        });
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                if (!attempt.connected.trySuccess(connecting.channel())) {
                    connecting.channel().close();
                }
            } else if (addresses.hasNext()) {
                connect(addresses, attempt);
            } else {
                attempt.connected.tryFailure(done.cause());
            }
        });
    }

    private record Attempt(EventLoop loop, int port, long deadlineNanos, Promise<Channel> connected) {
        ConnectTimeoutException timedOut() {
            return new ConnectTimeoutException("no connection in time");
        }
    }

    /** A bootstrap insists on a handler. */
    private static final class Empty extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {}
    }
}
