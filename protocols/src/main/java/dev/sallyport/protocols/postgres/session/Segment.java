package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.CommandRun;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the client sent since the last point at which it may expect an answer, judged and not yet forwarded. Keeping it
 * back until then costs the client nothing, since the target would not answer before either, and lets a command be held
 * before anything of its implicit transaction has reached the target.
 */
final class Segment {
    /** One message to forward: bytes, what the target will answer, and the command whose evidence it needs. */
    record Item(
            ByteBuf frame,
            @Nullable Expected expected,
            @Nullable CommandRun run) {}

    private List<Item> items = new ArrayList<>();
    private int bytes;

    /** Takes ownership of {@code frame}. */
    void add(ByteBuf frame, @Nullable Expected expected, @Nullable CommandRun run) {
        items.add(new Item(frame, expected, run));
        bytes += frame.readableBytes();
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    int bytes() {
        return bytes;
    }

    /** Hands the items over and starts anew. */
    List<Item> take() {
        List<Item> taken = items;
        items = new ArrayList<>();
        bytes = 0;
        return taken;
    }

    void release() {
        take().forEach(item -> item.frame().release());
    }
}
