package dev.sallyport.protocols.postgres.target;

import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends statements by the simple query protocol, all at once, and collects the rows of each in text form, bounded; one
 * asking after the other. What the target says while nothing was asked ends the connection.
 */
final class CatalogueRows extends ChannelInboundHandlerAdapter {
    static final int MAX_MESSAGE_BYTES = 1 << 20;
    static final int MAX_BYTES = 64 << 20;

    private @Nullable Asked asked;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;

    /** What was asked, and what has come of it. */
    private static final class Asked {
        private final int statements;
        private final Promise<List<List<List<@Nullable String>>>> done;
        private final List<List<List<@Nullable String>>> results = new ArrayList<>();
        private List<List<@Nullable String>> rows = new ArrayList<>();
        private int bytes;

        Asked(int statements, Promise<List<List<List<@Nullable String>>>> done) {
            this.statements = statements;
            this.done = done;
        }
    }

    /** Asks once this is in the pipeline and nothing else is asked. On the event loop. */
    void ask(Channel channel, List<String> statements, Promise<List<List<List<@Nullable String>>>> done) {
        asked = new Asked(statements.size(), done);
        ByteBuf out = channel.alloc().buffer();
        MessageWriter writer = new MessageWriter(out);
        statements.forEach(writer::query);
        channel.writeAndFlush(out);
        channel.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, (ByteBuf) message);
        try {
            while (true) {
                int size = Frames.size(received, received.readerIndex(), MAX_MESSAGE_BYTES);
                if (size == 0 || size > received.readableBytes()) {
                    return;
                }
                byte tag = received.readByte();
                received.skipBytes(Integer.BYTES);
                take(tag, received.readSlice(size - Frames.HEADER_BYTES), size);
            }
        } catch (ProtocolViolation e) {
            fail(context, new TargetException(Failures.ofStartUp(e), e));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(
                context,
                new TargetException(new TargetFailure.Unreachable(
                        "the target closed the connection while the catalogue was read")));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, new TargetException(Failures.ofStartUp(cause), cause));
    }

    private void fail(ChannelHandlerContext context, TargetException failure) {
        Asked failed = asked;
        asked = null;
        context.close();
        if (failed != null) {
            failed.done.tryFailure(failure);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        received.release();
        received = Unpooled.EMPTY_BUFFER;
    }

    private void take(byte tag, ByteBuf body, int size) {
        Asked now = asked;
        if (now == null) {
            throw new ProtocolViolation("catalogue: a message with the tag " + (tag & 0xff) + " that nobody asked for");
        }
        now.bytes += size;
        if (now.bytes > MAX_BYTES) {
            throw new ProtocolViolation("catalogue: more than " + MAX_BYTES + " bytes");
        }
        switch (tag) {
            case Tag.DATA_ROW -> now.rows.add(row(new MessageReader(body)));
            case Tag.ERROR_RESPONSE -> {
                ErrorFields error = new MessageReader(body).errorFields();
                String sqlState = error.get(ErrorFields.SQLSTATE);
                now.done.tryFailure(new TargetException(new TargetFailure.Refused(
                        sqlState, Failures.shown("the catalogue cannot be read: " + error.get(ErrorFields.MESSAGE)))));
            }
            case Tag.READY_FOR_QUERY -> next(now);
            case Tag.ROW_DESCRIPTION,
                    Tag.COMMAND_COMPLETE,
                    Tag.NOTICE_RESPONSE,
                    Tag.PARAMETER_STATUS,
                    Tag.NOTIFICATION_RESPONSE -> {}
            default ->
                throw new ProtocolViolation("catalogue: a message with the tag " + (tag & 0xff) + " out of its turn");
        }
    }

    private void next(Asked now) {
        now.results.add(now.rows);
        now.rows = new ArrayList<>();
        if (now.results.size() == now.statements) {
            asked = null;
            now.done.trySuccess(now.results);
        }
    }

    private static List<@Nullable String> row(MessageReader body) {
        int columns = body.count(Integer.BYTES);
        List<@Nullable String> row = new ArrayList<>(columns);
        for (int i = 0; i < columns; i++) {
            int length = body.int32();
            row.add(length < 0 ? null : new String(body.bytes(length), StandardCharsets.UTF_8));
        }
        body.end();
        return row;
    }
}
