package dev.sallyport.protocols.postgres.client;

import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a connection begins with: one of four kinds of packet, none of which has a tag (section 54.7, "StartupMessage"). */
sealed interface StartupPacket {
    /** The least and most a packet may say of its length; the most is the server's own limit. */
    int MIN_BYTES = 8;

    int MAX_BYTES = 10_000;
    int MAX_KEY_BYTES = 256;

    record TlsRequest() implements StartupPacket {}

    record GssRequest() implements StartupPacket {}

    /** @param key 4 bytes before protocol 3.2, up to 256 since; not a secret once it has been used */
    @SuppressWarnings("ArrayRecordComponent") // read once, compared by the registry in constant time
    record Cancel(int processId, byte[] key) implements StartupPacket {}

    /** @param parameters by name, in the client's order */
    record Startup(int version, Map<String, String> parameters) implements StartupPacket {
        String parameter(String name) {
            return parameters.getOrDefault(name, "");
        }
    }

    /**
     * The length of the packet at the reader index.
     *
     * @return 0 where it is not there yet
     * @throws ProtocolViolation when it is out of bounds
     */
    static int length(ByteBuf in) {
        if (in.readableBytes() < 4) {
            return 0;
        }
        int length = in.getInt(in.readerIndex());
        if (length < MIN_BYTES || length > MAX_BYTES) {
            throw new ProtocolViolation(
                    "start-up packet: a length of " + length + " (expected: " + MIN_BYTES + " to " + MAX_BYTES + ")");
        }
        return length;
    }

    /** Reads one whole packet. */
    static StartupPacket read(ByteBuf packet) {
        MessageReader body = new MessageReader(packet);
        body.int32();
        int code = body.int32();
        return switch (code) {
            case ProtocolVersion.SSL_REQUEST -> new TlsRequest();
            case ProtocolVersion.GSSENC_REQUEST -> new GssRequest();
            case ProtocolVersion.CANCEL_REQUEST -> cancel(body);
            default -> startup(code, body);
        };
    }

    private static Cancel cancel(MessageReader body) {
        int processId = body.int32();
        int length = body.remaining();
        if (length < 4 || length > MAX_KEY_BYTES) {
            throw new ProtocolViolation("CancelRequest: a key of " + length + " bytes");
        }
        return new Cancel(processId, body.bytes(length));
    }

    private static Startup startup(int version, MessageReader body) {
        if (ProtocolVersion.major(version) != 3) {
            throw new ProtocolViolation("unsupported frontend protocol " + ProtocolVersion.major(version) + "."
                    + ProtocolVersion.minor(version) + ": server supports 3.0 to 3.2");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String name = body.text(); !name.isEmpty(); name = body.text()) {
            if (parameters.put(name, body.text()) != null) {
                throw new ProtocolViolation("start-up packet: a parameter is given twice");
            }
        }
        body.end();
        return new Startup(version, parameters);
    }
}
