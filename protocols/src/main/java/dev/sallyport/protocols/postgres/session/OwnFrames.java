package dev.sallyport.protocols.postgres.session;

import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/** Messages that the gateway itself sends to the target. Each is the caller's to forward or release. */
final class OwnFrames {
    /**
     * What the names in a statement are looked up in, temporary and system schemas included. Written so that nothing in
     * the session's search path can stand in for what it calls.
     */
    private static final String READ_NAMES = "SELECT pg_catalog.current_schemas(true)::pg_catalog.text";

    private final ByteBufAllocator allocator;
    private final String noSuchPortal;

    /** @param nonce something the client cannot know, so that it cannot have made the portal that must not exist */
    OwnFrames(ByteBufAllocator allocator, String nonce) {
        this.allocator = allocator;
        this.noSuchPortal = "sallyport-refused-" + nonce;
    }

    /** Fails on every server, and with it the transaction, as the refused message would have if the server refused it. */
    ByteBuf failingExecute() {
        return frame(out -> out.begin(Tag.EXECUTE).text(noSuchPortal).int32(1).end());
    }

    /** The same for the simple protocol: no grammar reads it. The database's log shows why. */
    ByteBuf failingQuery(String incident) {
        return frame(out -> out.query("refused by sallyport, incident " + incident));
    }

    ByteBuf describePortal(String name) {
        return frame(out -> out.begin(Tag.DESCRIBE).int8('P').text(name).end());
    }

    ByteBuf flush() {
        return frame(out -> out.empty(Tag.FLUSH));
    }

    ByteBuf readNames() {
        return frame(out -> out.query(READ_NAMES));
    }

    ByteBuf terminate() {
        return frame(out -> out.empty(Tag.TERMINATE));
    }

    private ByteBuf frame(Consumer<MessageWriter> message) {
        ByteBuf frame = allocator.buffer(64);
        message.accept(new MessageWriter(frame));
        return frame;
    }
}
