package dev.sallyport.protocols.postgres.target;

import dev.sallyport.core.target.Target;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.TimeUnit;

/**
 * One CancelRequest: PostgreSQL documentation, section 54.2.8. It goes over TLS where the target's settings say so, as
 * libpq does it since version 17, so that nobody in between learns the key. Outside the budget: when all connections are
 * in use is when one wants to cancel.
 */
final class Cancel {
    private final TargetConnector connector;
    private final Target target;
    private final EventLoop loop;
    private final CancelKey key;
    private final Promise<Void> sent;

    Cancel(TargetConnector connector, EventLoop loop, CancelKey key, Promise<Void> sent) {
        this.connector = connector;
        this.target = connector.target();
        this.loop = loop;
        this.key = key;
        this.sent = sent;
    }

    void start() {
        Future<Channel> dialling = connector.dialer().dial(loop, target.host(), target.port(), target.connectTimeout());
        dialling.addListener(dialled -> {
            if (dialled.isSuccess()) {
                dialled(dialling.getNow());
            } else {
                fail(Failures.ofDialling(dialled.cause()));
            }
        });
    }

    private void dialled(Channel channel) {
        var timer = loop.schedule(
                () -> fail(new TargetFailure.Timeout("while cancelling")),
                target.connectTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
        sent.addListener(done -> {
            timer.cancel(false);
            channel.close();
        });
        if (connector.tls().isEmpty()) {
            send(channel);
            return;
        }
        channel.pipeline().addLast(new TlsRequest(connector.tls().get(), target, new TlsRequest.Outcome() {
            @Override
            public void secured(SslHandler handler) {
                send(channel);
            }

            @Override
            public void failed(Throwable cause) {
                fail(Failures.ofTls(cause));
            }
        }));
    }

    private void send(Channel channel) {
        ByteBuf out = channel.alloc().buffer();
        new MessageWriter(out)
                .beginUntagged()
                .int32(ProtocolVersion.CANCEL_REQUEST)
                .int32(key.processId())
                .bytes(key.key())
                .end();
        channel.writeAndFlush(out).addListener(written -> {
            if (!written.isSuccess()) {
                fail(Failures.ofStartUp(written.cause()));
            }
        });
        // The target answers nothing; it closes when it has sent the signal.
        channel.closeFuture().addListener(closed -> sent.trySuccess(null));
        channel.config().setAutoRead(true);
    }

    private void fail(TargetFailure failure) {
        sent.tryFailure(new TargetException(failure));
    }
}
