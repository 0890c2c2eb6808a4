package dev.sallyport.protocols.postgres.wire;

import dev.sallyport.core.command.Parameter;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client sends after it has authenticated. Each message keeps the bytes it was read from, so that what is
 * forwarded is what was judged; whoever takes {@link #frame()} owns it.
 */
public sealed interface ClientMessage {
    /** The whole message as it was sent, tag and length included. */
    ByteBuf frame();

    /** Its size in bytes. */
    default int size() {
        return frame().readableBytes();
    }

    record Query(ByteBuf frame, String sql) implements ClientMessage {}

    /**
     * @param name the statement's name, empty for the unnamed one
     * @param typeOids the parameters' types as far as the client gives them
     */
    record Parse(ByteBuf frame, String name, String sql, List<Integer> typeOids) implements ClientMessage {
        public Parse {
            typeOids = List.copyOf(typeOids);
        }
    }

    /**
     * @param parameters the values; their type is empty here, the statement knows it
     * @param resultFormats none for all text, one for all columns, or one each
     */
    record Bind(ByteBuf frame, String portal, String statement, List<Parameter> parameters, List<Integer> resultFormats)
            implements ClientMessage {
        public Bind {
            parameters = List.copyOf(parameters);
            resultFormats = List.copyOf(resultFormats);
        }
    }

    record DescribeStatement(ByteBuf frame, String name) implements ClientMessage {}

    record DescribePortal(ByteBuf frame, String name) implements ClientMessage {}

    record CloseStatement(ByteBuf frame, String name) implements ClientMessage {}

    record ClosePortal(ByteBuf frame, String name) implements ClientMessage {}

    /** @param maxRows 0 for all */
    record Execute(ByteBuf frame, String portal, int maxRows) implements ClientMessage {}

    record Sync(ByteBuf frame) implements ClientMessage {}

    record Flush(ByteBuf frame) implements ClientMessage {}

    record CopyData(ByteBuf frame) implements ClientMessage {}

    record CopyDone(ByteBuf frame) implements ClientMessage {}

    record CopyFail(ByteBuf frame) implements ClientMessage {}

    record FunctionCall(ByteBuf frame) implements ClientMessage {}

    record Terminate(ByteBuf frame) implements ClientMessage {}

    /**
     * One of the messages above with a text that is not UTF-8. A server answers it with an error and goes on.
     *
     * @param simple whether a ReadyForQuery answers it, as it does a Query
     */
    record Unreadable(ByteBuf frame, boolean simple) implements ClientMessage {}

    /**
     * Reads one message.
     *
     * @param frame the whole message; on success it belongs to the message, on failure still to the caller
     * @throws ProtocolViolation when it is not a message that a client may send here
     */
    static ClientMessage read(ByteBuf frame) {
        try {
            return readable(frame);
        } catch (ProtocolViolation.NotUtf8 e) {
            return new Unreadable(frame, frame.getByte(frame.readerIndex()) == Tag.QUERY);
        }
    }

    private static ClientMessage readable(ByteBuf frame) {
        byte tag = frame.getByte(frame.readerIndex());
        MessageReader body = MessageReader.ofFrame(frame);
        ClientMessage message = switch (tag) {
            case Tag.QUERY -> new Query(frame, body.text());
            case Tag.PARSE -> new Parse(frame, body.text(), body.text(), oids(body));
            case Tag.BIND -> bind(frame, body);
            case Tag.DESCRIBE ->
                isStatement(body) ? new DescribeStatement(frame, body.text()) : new DescribePortal(frame, body.text());
            case Tag.CLOSE ->
                isStatement(body) ? new CloseStatement(frame, body.text()) : new ClosePortal(frame, body.text());
            case Tag.EXECUTE -> new Execute(frame, body.text(), body.int32());
            case Tag.SYNC -> new Sync(frame);
            case Tag.FLUSH -> new Flush(frame);
            case Tag.COPY_DATA -> new CopyData(frame);
            case Tag.COPY_DONE -> new CopyDone(frame);
            case Tag.COPY_FAIL -> new CopyFail(frame);
            case Tag.FUNCTION_CALL -> new FunctionCall(frame);
            case Tag.TERMINATE -> new Terminate(frame);
            default -> throw new ProtocolViolation("message: the type " + (tag & 0xff) + " is unknown");
        };
        if (!(message instanceof CopyData || message instanceof CopyFail || message instanceof FunctionCall)) {
            body.end();
        }
        return message;
    }

    private static boolean isStatement(MessageReader body) {
        byte kind = body.int8();
        return switch (kind) {
            case 'S' -> true;
            case 'P' -> false;
            default -> throw new ProtocolViolation("message: describes or closes the unknown kind " + (kind & 0xff));
        };
    }

    private static List<Integer> oids(MessageReader body) {
        int count = body.count(4);
        List<Integer> oids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            oids.add(body.int32());
        }
        return oids;
    }

    private static Bind bind(ByteBuf frame, MessageReader body) {
        String portal = body.text();
        String statement = body.text();
        List<Integer> formats = formats(body);
        int count = body.count(4);
        if (formats.size() > 1 && formats.size() != count) {
            throw new ProtocolViolation("Bind: " + formats.size() + " parameter formats for " + count + " parameters");
        }
        List<Parameter> parameters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = body.int32();
            Optional<byte[]> value = length == -1 ? Optional.empty() : Optional.of(body.bytes(length));
            parameters.add(new Parameter("", format(formats, i) == 1, value));
        }
        return new Bind(frame, portal, statement, parameters, formats(body));
    }

    private static List<Integer> formats(MessageReader body) {
        int count = body.count(2);
        List<Integer> formats = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int format = body.int16();
            if (format != 0 && format != 1) {
                throw new ProtocolViolation("Bind: the format " + format + " is unknown");
            }
            formats.add(format);
        }
        return formats;
    }

    /** The format that holds for the value at {@code index}: none given means text, one given holds for all. */
    static int format(List<Integer> formats, int index) {
        if (formats.isEmpty()) {
            return 0;
        }
        return formats.size() == 1 ? formats.getFirst() : formats.get(index);
    }
}
