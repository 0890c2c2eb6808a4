package dev.sallyport.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stops reading from one channel while another, to which its bytes go, has more waiting than it can send: the kernel's
 * buffers fill up and the sender's window closes, so that what is in memory stays below the write buffer's high water
 * mark and one read.
 */
public final class BackPressure extends ChannelInboundHandlerAdapter {
    private final ReadGate source;

    private BackPressure(ReadGate source) {
        this.source = source;
    }

    /**
     * Couples two channels of one event loop in both directions. Called on that loop.
     *
     * @throws IllegalArgumentException when they do not share a loop
     */
    public static void couple(Channel one, Channel other) {
        if (!one.eventLoop().equals(other.eventLoop())) {
            throw new IllegalArgumentException("channels: on two event loops (expected: one)");
        }
        throttle(one, other);
        throttle(other, one);
    }

    private static void throttle(Channel source, Channel sink) {
        BackPressure pressure = new BackPressure(ReadGate.of(source));
        sink.pipeline().addFirst(pressure);
        pressure.follow(sink);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        follow(context.channel());
        context.fireChannelWritabilityChanged();
    }

    private void follow(Channel sink) {
        if (sink.isWritable()) {
            source.release(this);
        } else {
            source.hold(this);
        }
    }
}
