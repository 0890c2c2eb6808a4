package dev.sallyport.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * The event loops, and the way they talk to the kernel. One for the whole gateway: a session's two channels are made on
 * one of its loops, so that handing bytes from one to the other crosses no thread.
 */
public final class Transport implements AutoCloseable {
    /** The system property that asks for one kind: {@code io_uring}, {@code epoll} or {@code nio}. */
    public static final String PROPERTY = "sallyport.transport";

    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Kind kind;
    private final EventLoopGroup loops;

    private Transport(Kind kind, int threads) {
        this.kind = kind;
        this.loops = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory("loop", false, Thread.NORM_PRIORITY), kind.ioHandlers());
    }

    /** The ways to talk to the kernel, best first. */
    public enum Kind {
        /** Linux. */
        EPOLL,
        /** Linux from 5.x on, where it is not forbidden, as many container runtimes do. Only when asked for. */
        IO_URING,
        /** Wherever there is a JDK. */
        NIO;

        /** Whether it works on this machine; for {@link #IO_URING} a ring is made to find out. */
        public boolean works() {
            return switch (this) {
                case IO_URING -> IoUring.isAvailable();
                case EPOLL -> Epoll.isAvailable();
                case NIO -> true;
            };
        }

        private IoHandlerFactory ioHandlers() {
            return switch (this) {
                case IO_URING -> IoUringIoHandler.newFactory();
                case EPOLL -> EpollIoHandler.newFactory();
                case NIO -> NioIoHandler.newFactory();
            };
        }

        private Class<? extends ServerChannel> serverChannel() {
            return switch (this) {
                case IO_URING -> IoUringServerSocketChannel.class;
                case EPOLL -> EpollServerSocketChannel.class;
                case NIO -> NioServerSocketChannel.class;
            };
        }

        private Class<? extends SocketChannel> socketChannel() {
            return switch (this) {
                case IO_URING -> IoUringSocketChannel.class;
                case EPOLL -> EpollSocketChannel.class;
                case NIO -> NioSocketChannel.class;
            };
        }

        private KeepAliveOptions keepAliveOptions() {
            return switch (this) {
                case IO_URING ->
                    new KeepAliveOptions(
                            IoUringChannelOption.TCP_KEEPIDLE,
                            IoUringChannelOption.TCP_KEEPINTVL,
                            IoUringChannelOption.TCP_KEEPCNT);
                case EPOLL ->
                    new KeepAliveOptions(
                            EpollChannelOption.TCP_KEEPIDLE,
                            EpollChannelOption.TCP_KEEPINTVL,
                            EpollChannelOption.TCP_KEEPCNT);
                case NIO ->
                    new KeepAliveOptions(
                            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                            NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT));
            };
        }
    }

    private record KeepAliveOptions(
            ChannelOption<Integer> idle, ChannelOption<Integer> interval, ChannelOption<Integer> probes) {}

    /** Opens the kind that {@link #PROPERTY} names, or the best that works, with one loop a processor. */
    public static Transport open() {
        Optional<Kind> wanted =
                Optional.ofNullable(System.getProperty(PROPERTY)).map(Transport::kindNamed);
        return open(wanted.orElseGet(Transport::best), Runtime.getRuntime().availableProcessors());
    }

    /**
     * Opens one kind.
     *
     * @param threads how many event loops, each one thread
     * @throws IllegalArgumentException when this machine does not have it
     */
    public static Transport open(Kind kind, int threads) {
        if (!kind.works()) {
            throw new IllegalArgumentException("transport: " + kind + " does not work on this machine");
        }
        return new Transport(kind, threads);
    }

    private static Kind best() {
        for (Kind kind : Kind.values()) {
            if (kind.works()) {
                return kind;
            }
        }
        return Kind.NIO;
    }

    private static Kind kindNamed(String name) {
        for (Kind kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                return kind;
            }
        }
        throw new IllegalArgumentException(PROPERTY + ": '" + name + "' (expected: io_uring, epoll or nio)");
    }

    /** The kind that was opened. */
    public Kind kind() {
        return kind;
    }

    /** One of the loops, in turn, for what does not belong to a client's connection. */
    public EventLoop nextLoop() {
        return loops.next();
    }

    /** All the loops, for those who bring their own bootstrap. */
    public EventLoopGroup loops() {
        return loops;
    }

    ServerBootstrap server(KeepAlive keepAlive) {
        KeepAliveOptions options = kind.keepAliveOptions();
        return new ServerBootstrap()
                .group(loops)
                .channel(kind.serverChannel())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(options.idle, (int) keepAlive.idle().toSeconds())
                .childOption(options.interval, (int) keepAlive.interval().toSeconds())
                .childOption(options.probes, keepAlive.probes());
    }

    Bootstrap client(EventLoop loop, KeepAlive keepAlive) {
        KeepAliveOptions options = kind.keepAliveOptions();
        return new Bootstrap()
                .group(loop)
                .channel(kind.socketChannel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(options.idle, (int) keepAlive.idle().toSeconds())
                .option(options.interval, (int) keepAlive.interval().toSeconds())
                .option(options.probes, keepAlive.probes());
    }

    /** Stops the loops, closing whatever is still open on them, and waits until they have ended. */
    @Override
    public void close() {
        loops.shutdownGracefully(QUIET.toMillis(), STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
