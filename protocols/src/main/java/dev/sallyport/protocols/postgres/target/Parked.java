package dev.sallyport.protocols.postgres.target;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Holds the end of the pipeline between start-up and the session that takes over. Reading is off by then, but what was
 * read before, or is decrypted from it, may still come; it is kept in order for the session.
 */
final class Parked extends ChannelInboundHandlerAdapter {
    private final Deque<ByteBuf> kept = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;

    /** Owns {@code rest}. */
    Parked(ByteBuf rest) {
        kept.add(rest);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext reading, Object message) {
        kept.add((ByteBuf) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext failing, Throwable cause) {
        failing.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        kept.forEach(ReferenceCountUtil::release);
        kept.clear();
    }

    /**
     * Puts the session in place of this, and gives it what came meanwhile. On the event loop, once.
     *
     * @return false when the connection has ended already; the session is not added then
     */
    boolean handTo(ChannelHandler session) {
        ChannelHandlerContext own = context;
        if (own == null || own.isRemoved() || !own.channel().isActive()) {
            return false;
        }
        own.pipeline().addLast("session", session);
        for (ByteBuf next = kept.poll(); next != null; next = kept.poll()) {
            if (next.isReadable()) {
                own.fireChannelRead(next);
            } else {
                next.release();
            }
        }
        own.fireChannelReadComplete();
        if (!own.isRemoved()) {
            own.pipeline().remove(this);
        }
        return true;
    }
}
