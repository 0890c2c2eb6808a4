package dev.sallyport.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection that has not come far enough in time. The clock runs from the moment it is put into a pipeline, and
 * bytes that trickle in do not turn it back, unlike those of an idle timer; {@link #meet} takes it out.
 */
public final class Deadline extends ChannelHandlerAdapter {
    private final Duration limit;
    private final Consumer<Channel> missed;
    private @Nullable Future<?> timer;

    private Deadline(Duration limit, Consumer<Channel> missed) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: > 0)");
        }
        this.limit = limit;
        this.missed = missed;
    }

    /** Closes the channel when {@code limit} is over. */
    public static Deadline closing(Duration limit) {
        return new Deadline(limit, Channel::close);
    }

    /** Runs {@code missed} on the channel's event loop when {@code limit} is over; it should end with closing. */
    public static Deadline after(Duration limit, Consumer<Channel> missed) {
        return new Deadline(limit, missed);
    }

    /** Takes the deadline out, where there is one. */
    public static void meet(ChannelPipeline pipeline) {
        Deadline deadline = pipeline.get(Deadline.class);
        if (deadline != null) {
            pipeline.remove(deadline);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timer = context.executor()
                .schedule(() -> missed.accept(context.channel()), limit.toNanos(), TimeUnit.NANOSECONDS);
        Future<?> pending = timer;
        // A closed channel's pipeline lets go of its handlers, but a timer would keep it all in memory until it fires.
        context.channel().closeFuture().addListener(closed -> pending.cancel(false));
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
