package dev.sallyport.protocols.postgres.target;

import dev.sallyport.core.target.Target;
import dev.sallyport.net.ClientTls;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Asks the target for TLS and begins it: PostgreSQL documentation, section 54.2.10 "SSL Session Encryption". The answer
 * is one byte in clear text, and nothing may come behind it: somebody in between could have put it there to be read as
 * if it had come over TLS (CVE-2021-23222).
 */
final class TlsRequest extends ChannelInboundHandlerAdapter {
    private final ClientTls tls;
    private final Target target;
    private final Outcome outcome;
    private @Nullable SslHandler handler;
    private boolean over;

    /** Who is told how it ended, once. */
    interface Outcome {
        /** The connection is encrypted, and the certificate accepted by the target's settings. */
        void secured(SslHandler handler);

        void failed(Throwable cause);
    }

    TlsRequest(ClientTls tls, Target target, Outcome outcome) {
        this.tls = tls;
        this.target = target;
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ByteBuf out = context.alloc().buffer(8);
        new MessageWriter(out)
                .beginUntagged()
                .int32(ProtocolVersion.SSL_REQUEST)
                .end();
        context.writeAndFlush(out);
        context.channel().config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            ByteBuf in = (ByteBuf) message;
            if (handler != null) {
                fail(context, tlsFailed("it sent data before it was greeted"));
            } else if (in.isReadable()) {
                answered(context, in.readByte(), in.readableBytes());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(ChannelHandlerContext context, byte answer, int bytesBehind) {
        // What an error says here is not to be believed: anybody in between could have said it.
        switch (answer) {
            case 'S' -> {
                if (bytesBehind > 0) {
                    fail(context, tlsFailed("it sent " + bytesBehind + " bytes behind its answer to SSLRequest"));
                } else {
                    shakeHands(context);
                }
            }
            case 'N' -> fail(context, tlsFailed("it does not offer TLS"));
            case 'E' -> fail(context, tlsFailed("it answered SSLRequest with an error"));
            default -> fail(context, tlsFailed("it answered SSLRequest with the byte " + (answer & 0xff)));
        }
    }

    private void shakeHands(ChannelHandlerContext context) {
        SslHandler added = tls.newHandler(context.alloc(), target.host(), target.port());
        handler = added;
        // The deadline of the whole connect is shorter or longer than this one as configured; it alone shall count.
        added.setHandshakeTimeoutMillis(0);
        added.handshakeFuture().addListener(shaken -> {
            if (shaken.isSuccess() && !over) {
                over = true;
                outcome.secured(added);
                context.pipeline().remove(this);
            } else if (!shaken.isSuccess()) {
                fail(context, shaken.cause());
            }
        });
        context.pipeline().addFirst("tls", added);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, tlsFailed("it closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, cause);
    }

    private void fail(ChannelHandlerContext context, Throwable cause) {
        if (!over) {
            over = true;
            outcome.failed(cause);
            context.close();
        }
    }

    private static TargetException tlsFailed(String detail) {
        return new TargetException(new TargetFailure.TlsFailed(detail));
    }
}
