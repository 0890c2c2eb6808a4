package dev.sallyport.protocols.postgres.target;

import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Feeds {@link StartUp} from a channel. Authentication is computed on a virtual thread; until it has answered, nothing
 * more is read.
 */
final class StartUpHandler extends ChannelInboundHandlerAdapter {
    private final StartUp startUp;
    private final Authentication authentication;
    private final Outcome outcome;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private boolean authenticating;
    private boolean over;
    private @Nullable Throwable ending;

    /** Who is told how it ended, once. */
    interface Outcome {
        /** The handler has been replaced by {@code parked}, which holds what came behind ReadyForQuery. */
        void ready(Welcome welcome, Parked parked);

        /** @param messages how many messages the target had sent by then, the one that failed included */
        void failed(Throwable cause, int messages);
    }

    StartUpHandler(StartUp startUp, Authentication authentication, Outcome outcome) {
        this.startUp = startUp;
        this.authentication = authentication;
        this.outcome = outcome;
    }

    /** Sends the StartupMessage that {@code greeting} writes, and begins to read. */
    void begin(ChannelHandlerContext context, Consumer<ByteBuf> greeting) {
        ByteBuf out = context.alloc().buffer();
        greeting.accept(out);
        context.writeAndFlush(out);
        context.channel().config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, (ByteBuf) message);
        proceed(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(
                context,
                new TargetException(
                        new TargetFailure.ProtocolViolation("the target closed the connection during start-up")));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end(context, cause);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (!authenticating) {
            release();
        }
    }

    /** The connection ended. What it said before that counts more, and may still wait behind the authentication. */
    private void end(ChannelHandlerContext context, Throwable cause) {
        if (authenticating) {
            ending = cause;
        } else {
            fail(context, cause);
        }
    }

    private void release() {
        received.release();
        received = Unpooled.EMPTY_BUFFER;
    }

    private void proceed(ChannelHandlerContext context) {
        try {
            while (!authenticating && !over) {
                int size = Frames.size(received, received.readerIndex(), StartUp.MAX_MESSAGE_BYTES);
                if (size == 0 || size > received.readableBytes()) {
                    return;
                }
                byte tag = received.readByte();
                received.skipBytes(Integer.BYTES);
                take(context, startUp.receive(tag, received.readSlice(size - Frames.HEADER_BYTES)));
            }
        } catch (ProtocolViolation | TargetException e) {
            fail(context, e);
        }
    }

    private void take(ChannelHandlerContext context, StartUp.Step step) {
        switch (step) {
            case StartUp.Step.Next() -> {}
            case StartUp.Step.Authenticate asked -> authenticate(context, asked.request());
            case StartUp.Step.Ready(Welcome welcome) -> ready(context, welcome);
        }
    }

    private void authenticate(ChannelHandlerContext context, byte[] request) {
        authenticating = true;
        context.channel().config().setAutoRead(false);
        Thread.ofVirtual().name("authenticate").start(() -> {
            try {
                Optional<byte[]> answer = authentication.answer(request);
                context.executor().execute(() -> answered(context, answer));
            } catch (TargetException | RuntimeException e) {
                context.executor().execute(() -> refuse(context, e));
            }
        });
    }

    private void answered(ChannelHandlerContext context, Optional<byte[]> answer) {
        authenticating = false;
        if (!over && ending == null) {
            answer.ifPresent(body -> send(context, body));
            context.channel().config().setAutoRead(true);
        }
        proceed(context);
        if (ending != null && !authenticating) {
            fail(context, ending);
        }
        releaseIfRemoved(context);
    }

    /** The authentication is at fault, whatever the target sent behind it. */
    private void refuse(ChannelHandlerContext context, Throwable cause) {
        authenticating = false;
        fail(context, cause);
        releaseIfRemoved(context);
    }

    private void releaseIfRemoved(ChannelHandlerContext context) {
        if (context.isRemoved() && !authenticating) {
            release();
        }
    }

    private static void send(ChannelHandlerContext context, byte[] body) {
        ByteBuf out = context.alloc().buffer();
        new MessageWriter(out).begin(Tag.PASSWORD).bytes(body).end();
        Arrays.fill(body, (byte) 0);
        context.writeAndFlush(out);
    }

    private void ready(ChannelHandlerContext context, Welcome welcome) {
        if (ending != null) {
            return;
        }
        over = true;
        context.channel().config().setAutoRead(false);
        Parked parked = new Parked(received.retain());
        context.pipeline().replace(this, "parked", parked);
        outcome.ready(welcome, parked);
    }

    private void fail(ChannelHandlerContext context, Throwable cause) {
        if (!over) {
            over = true;
            outcome.failed(cause, startUp.messages());
            context.close();
        }
    }
}
