package dev.sallyport.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A bound port. What is accepted beyond the bounds is closed at once, before any byte of it is read: nothing is known of
 * the peer yet that would say whom to prefer.
 */
public final class Listener {
    private final Settings settings;
    private final ChannelHandler connection;
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> connectionsByAddress = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();
    private final Channel channel;

    private Listener(Transport transport, Settings settings, ChannelHandler connection) throws IOException {
        this.settings = settings;
        this.connection = connection;
        var binding = transport
                .server(settings.keepAlive)
                .childHandler(new Admit())
                .bind(settings.address)
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            InetSocketAddress address = settings.address;
            throw new IOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": "
                            + (address.isUnresolved()
                                    ? "there is no such host"
                                    : binding.cause().getMessage()),
                    binding.cause());
        }
        this.channel = binding.channel();
    }

    /**
     * Where to listen, and how many connections to bear.
     *
     * @param address port 0 takes any free one
     * @param maxConnections connections open at once
     * @param maxConnectionsPerAddress connections open at once from one remote address
     * @param keepAlive for the accepted connections
     */
    public record Settings(
            InetSocketAddress address, int maxConnections, int maxConnectionsPerAddress, KeepAlive keepAlive) {
        public Settings {
            if (maxConnections < 1) {
                throw new IllegalArgumentException("maxConnections: " + maxConnections + " (expected: > 0)");
            }
            if (maxConnectionsPerAddress < 1) {
                throw new IllegalArgumentException(
                        "maxConnectionsPerAddress: " + maxConnectionsPerAddress + " (expected: > 0)");
            }
        }

        /** 10,000 connections, all of which may come from one address: bots often share a NAT gateway. */
        public static Settings on(InetSocketAddress address) {
            return new Settings(address, 10_000, 10_000, KeepAlive.DEFAULT);
        }
    }

    /** Fired as a user event through every open connection's pipeline when the listener drains. */
    public enum Draining {
        /** End the session where that does no harm, between two commands. */
        EVENT
    }

    /**
     * Binds and begins to accept. Blocks until bound; not for an event loop.
     *
     * @param connection made anew or sharable; added to the pipeline of each accepted connection
     */
    public static Listener bind(Transport transport, Settings settings, ChannelInitializer<SocketChannel> connection)
            throws IOException {
        return new Listener(transport, settings, connection);
    }

    /** The address it is bound to, with the port that was taken. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** How many accepted connections are open. */
    public int connections() {
        return connections.get();
    }

    /** How many connections were closed at once because there were too many. */
    public long refused() {
        return refused.sum();
    }

    /** Stops accepting; what is open stays so. Done when the port is free again. */
    public Future<Void> close() {
        return channel.close();
    }

    /**
     * Stops accepting, tells every connection that it should end ({@link Draining}), and closes what is still open when
     * {@code grace} is over.
     *
     * @return done when no connection is left: true if all of them ended by themselves
     */
    public Future<Boolean> drain(Duration grace) {
        Promise<Boolean> drained = GlobalEventExecutor.INSTANCE.newPromise();
        channel.close().addListener(closed -> {
            open.forEach(
                    each -> each.eventLoop().execute(() -> each.pipeline().fireUserEventTriggered(Draining.EVENT)));
            var cut = GlobalEventExecutor.INSTANCE.schedule(
                    () -> open.close().addListener(all -> drained.trySuccess(false)),
                    grace.toMillis(),
                    TimeUnit.MILLISECONDS);
            open.newCloseFuture().addListener(all -> {
                if (drained.trySuccess(!cut.isDone())) {
                    cut.cancel(false);
                }
            });
        });
        return drained;
    }

    private boolean admit(InetAddress remote) {
        if (connections.incrementAndGet() > settings.maxConnections) {
            connections.decrementAndGet();
            return false;
        }
        if (connectionsByAddress.merge(remote, 1, Integer::sum) > settings.maxConnectionsPerAddress) {
            release(remote);
            return false;
        }
        return true;
    }

    private void release(InetAddress remote) {
        connections.decrementAndGet();
        connectionsByAddress.computeIfPresent(remote, (address, count) -> count == 1 ? null : count - 1);
    }

    @ChannelHandler.Sharable
    private final class Admit extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel accepted) {
            InetSocketAddress remote = accepted.remoteAddress();
            // A peer that is gone already has no address any more.
            if (remote == null || !admit(remote.getAddress())) {
                refused.increment();
                accepted.close();
                return;
            }
            accepted.closeFuture().addListener(closed -> release(remote.getAddress()));
            open.add(accepted);
            accepted.pipeline().addLast(connection);
        }
    }
}
