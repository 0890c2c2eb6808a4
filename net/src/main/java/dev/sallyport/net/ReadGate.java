package dev.sallyport.net;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Whether a channel is read. Several parties may have a reason to stop reading (the other side is slow, the recorder is
 * behind, a queue is full), and reading goes on only when none of them has one left; setting {@code autoRead} directly,
 * one would undo what another did. Used on the channel's event loop only.
 */
public final class ReadGate {
    private static final AttributeKey<ReadGate> KEY = AttributeKey.valueOf(ReadGate.class, "gate");

    private final Channel channel;
    private final Set<Object> reasons = Collections.newSetFromMap(new IdentityHashMap<>());

    private ReadGate(Channel channel) {
        this.channel = channel;
    }

    /** The channel's one gate; open at first, whatever {@code autoRead} is by then. */
    public static ReadGate of(Channel channel) {
        ReadGate gate = channel.attr(KEY).get();
        if (gate == null) {
            gate = new ReadGate(channel);
            channel.attr(KEY).set(gate);
        }
        return gate;
    }

    /** Stops reading for {@code reason}, compared by identity; doing it twice is doing it once. */
    public void hold(Object reason) {
        if (reasons.add(reason)) {
            channel.config().setAutoRead(false);
        }
    }

    /** Takes {@code reason} back; reading goes on if it was the last one. */
    public void release(Object reason) {
        if (reasons.remove(reason) && reasons.isEmpty()) {
            channel.config().setAutoRead(true);
        }
    }

    /** Whether no reason is left. */
    public boolean isOpen() {
        return reasons.isEmpty();
    }
}
