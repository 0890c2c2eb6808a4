package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.Session;
import dev.sallyport.net.BackPressure;
import dev.sallyport.net.Cumulation;
import dev.sallyport.net.Listener;
import dev.sallyport.net.ReadGate;
import dev.sallyport.protocols.postgres.target.TargetConnection;
import dev.sallyport.protocols.postgres.wire.ClientMessage;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two channels of a session, on one event loop: cuts what they bring into messages for the {@link PostgresSession},
 * and carries out what it says. Whatever goes wrong here ends the session, and is told to the client without detail.
 */
final class SessionChannels implements Wire {
    private static final Logger LOG = LoggerFactory.getLogger(SessionChannels.class);

    /** How long a client may take to read what it was sent last, before its connection is closed all the same. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Channel client;
    private final Channel target;
    private final TargetConnection connection;
    private final Session session;
    private final Settings settings;
    private final ClientInbound fromClient = new ClientInbound();
    private final TargetInbound fromTarget = new TargetInbound();
    private final Object unreleased = new Object();
    private final Object full = new Object();
    private @Nullable PostgresSession machine;
    private long bytesIn;
    private long bytesOut;

    SessionChannels(Channel client, TargetConnection connection, Session session, Settings settings) {
        this.client = client;
        this.connection = connection;
        this.target = connection.channel();
        this.session = session;
        this.settings = settings;
    }

    /** Puts the handlers in place and lets the target's bytes flow; the client's follow when names are known. */
    void open(PostgresSession sessionMachine) {
        machine = sessionMachine;
        BackPressure.couple(client, target);
        if (!connection.handTo(fromTarget)) {
            sessionMachine.targetGone();
            return;
        }
        target.config().setAutoRead(ReadGate.of(target).isOpen());
        sessionMachine.start();
    }

    /** The client may send its commands: from here on its handler is this session's. */
    void greet() {
        client.pipeline().addLast("session", fromClient);
    }

    private PostgresSession machine() {
        if (machine == null) {
            throw new IllegalStateException("the channels were not opened");
        }
        return machine;
    }

    @Override
    public void toClient(ByteBuf takenFrame) {
        bytesOut += takenFrame.readableBytes();
        client.write(takenFrame, client.voidPromise());
    }

    @Override
    public void toClient(Consumer<MessageWriter> messages) {
        ByteBuf out = client.alloc().buffer();
        messages.accept(new MessageWriter(out));
        toClient(out);
    }

    @Override
    public void toTarget(ByteBuf takenFrame) {
        target.write(takenFrame, target.voidPromise());
    }

    @Override
    public void readClient(boolean wanted) {
        if (wanted) {
            ReadGate.of(client).release(full);
        } else {
            ReadGate.of(client).hold(full);
        }
    }

    @Override
    public void flushClient() {
        client.flush();
    }

    @Override
    public void flushTarget() {
        target.flush();
    }

    @Override
    public void resumeTarget() {
        ReadGate.of(target).release(unreleased);
        fromTarget.again();
        client.flush();
    }

    @Override
    public void cancelTarget(Runnable then) {
        connection.cancel().addListener(done -> then.run());
    }

    @Override
    public void later(Duration delay, Runnable task) {
        var timer = client.eventLoop().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        client.closeFuture().addListener(closed -> timer.cancel(false));
    }

    @Override
    public int targetProcess() {
        return connection.processId();
    }

    @Override
    public Executor executor() {
        return client.eventLoop();
    }

    @Override
    public void close(String reason) {
        session.close(reason, bytesIn, bytesOut);
        connection.close();
        client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        later(LAST_WORDS, client::close);
    }

    private void failed(Throwable cause) {
        if (machine().hasEnded()) {
            return;
        }
        if (cause instanceof ProtocolViolation violation) {
            machine().failed("protocol-violation", Errors.violation(violation.text()));
        } else if (!(cause instanceof IOException)) {
            // Only the kind: the message may quote what was sent.
            LOG.error("session={} failure={}", session.id(), cause.getClass().getName(), stackOf(cause));
            machine().failed("failure", Errors.failure());
        }
    }

    /** The stack without the message. */
    private static Throwable stackOf(Throwable cause) {
        Throwable bare = new IllegalStateException("session failed");
        bare.setStackTrace(cause.getStackTrace());
        return bare;
    }

    private static Throwable unwrapped(Throwable cause) {
        return cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
    }

    /** What the client sends. */
    private final class ClientInbound extends ByteToMessageDecoder {
        ClientInbound() {
            setCumulator(Cumulation::bounded);
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
            PostgresSession running = machine();
            while (!running.hasEnded()) {
                int size = Frames.size(in, in.readerIndex(), settings.maxMessageBytes());
                if (size == 0 || in.readableBytes() < size) {
                    return;
                }
                bytesIn += size;
                ByteBuf frame = in.readRetainedSlice(size);
                ClientMessage message;
                try {
                    message = ClientMessage.read(frame);
                } catch (RuntimeException e) {
                    frame.release();
                    throw e;
                }
                running.clientMessage(message);
            }
            in.skipBytes(in.readableBytes());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            // Not the decoder's own: having passed on nothing, as it thinks, that would read on whatever the gate says.
            discardSomeReadBytes();
            client.flush();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event == Listener.Draining.EVENT) {
                machine().drain();
            }
            super.userEventTriggered(context, event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            super.channelInactive(context);
            machine().clientGone();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failed(unwrapped(cause));
            if (unwrapped(cause) instanceof IOException) {
                context.close();
            }
        }
    }

    /** What the target answers. */
    private final class TargetInbound extends ByteToMessageDecoder {
        private @Nullable ChannelHandlerContext context;

        TargetInbound() {
            setCumulator(Cumulation::bounded);
        }

        @Override
        public void handlerAdded(ChannelHandlerContext added) {
            context = added;
        }

        /** Goes on with what was left lying. */
        void again() {
            ChannelHandlerContext here = context;
            if (here == null || here.isRemoved()) {
                return;
            }
            try {
                channelRead(here, Unpooled.EMPTY_BUFFER);
            } catch (Exception e) {
                exceptionCaught(here, e);
            }
        }

        @Override
        protected void decode(ChannelHandlerContext here, ByteBuf in, List<Object> out) {
            PostgresSession running = machine();
            TargetHalf half = running.target();
            while (!running.hasEnded()) {
                if (in.readableBytes() >= Frames.HEADER_BYTES && !half.mayRead()) {
                    ReadGate.of(target).hold(unreleased);
                    return;
                }
                int behindRows = half.passRows(in, in.readerIndex(), settings.maxRowBytes());
                in.readerIndex(behindRows);
                int size = Frames.size(in, behindRows, settings.maxRowBytes());
                if (size == 0 || in.readableBytes() < size) {
                    return;
                }
                running.targetMessage(in.readSlice(size));
            }
            in.skipBytes(in.readableBytes());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext here) {
            // Not the decoder's own, as for the client's.
            discardSomeReadBytes();
            client.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext here) throws Exception {
            super.channelInactive(here);
            machine().targetGone();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
            Throwable real = unwrapped(cause);
            if (real instanceof IOException) {
                here.close();
            } else {
                failed(real);
            }
        }
    }
}
