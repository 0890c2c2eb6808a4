package dev.sallyport.protocols.postgres.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the body of one message. Every read is checked against what is left, and text has to be UTF-8, which is the only
 * client encoding that the gateway lets through. Does not own the buffer.
 */
public final class MessageReader {
    private final ByteBuf body;

    /** Reads from {@code body}'s reader index to its writer index. */
    public MessageReader(ByteBuf body) {
        this.body = body;
    }

    /** Reads the body of the message that {@code frame} holds whole; moves nothing in it. */
    public static MessageReader ofFrame(ByteBuf frame) {
        return new MessageReader(
                frame.slice(frame.readerIndex() + Frames.HEADER_BYTES, frame.readableBytes() - Frames.HEADER_BYTES));
    }

    public byte int8() {
        require(1);
        return body.readByte();
    }

    public short int16() {
        require(2);
        return body.readShort();
    }

    /** An int16 that counts: not negative, and no more than could follow. */
    public int count(int leastBytesEach) {
        int count = int16();
        // Bind allows up to 65535 parameters, so the sign bit belongs to the number.
        count &= 0xffff;
        if ((long) count * leastBytesEach > body.readableBytes()) {
            throw new ProtocolViolation("message: a count of " + count + " does not fit its length");
        }
        return count;
    }

    public int int32() {
        require(4);
        return body.readInt();
    }

    public byte[] bytes(int length) {
        if (length < 0) {
            throw new ProtocolViolation("message: a length of " + length);
        }
        require(length);
        byte[] bytes = new byte[length];
        body.readBytes(bytes);
        return bytes;
    }

    public String text() {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw new ProtocolViolation("message: a text without its end");
        }
        String text = utf8(body, body.readerIndex(), length);
        body.skipBytes(length + 1);
        return text;
    }

    public int remaining() {
        return body.readableBytes();
    }

    /** Refuses bytes behind the last field. */
    public void end() {
        if (body.isReadable()) {
            throw new ProtocolViolation("message: " + body.readableBytes() + " bytes behind its last field");
        }
    }

    /** Reads a RowDescription's body. */
    public List<Field> fields() {
        int count = count(19);
        List<Field> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(new Field(text(), int32(), int16(), int32(), int16(), int32(), int16()));
        }
        end();
        return List.copyOf(fields);
    }

    /** Reads an ErrorResponse's or NoticeResponse's body. Text that is not UTF-8 is read with replacements. */
    public ErrorFields errorFields() {
        Map<Character, String> fields = new LinkedHashMap<>();
        for (byte code = int8(); code != 0; code = int8()) {
            int length = body.bytesBefore((byte) 0);
            if (length < 0) {
                throw new ProtocolViolation("message: a text without its end");
            }
            fields.put((char) code, body.toString(body.readerIndex(), length, StandardCharsets.UTF_8));
            body.skipBytes(length + 1);
        }
        end();
        return new ErrorFields(fields);
    }

    private void require(int bytes) {
        if (body.readableBytes() < bytes) {
            throw new ProtocolViolation("message: ends " + (bytes - body.readableBytes()) + " bytes too early");
        }
    }

    private static String utf8(ByteBuf body, int index, int length) {
        byte[] bytes = new byte[length];
        body.getBytes(index, bytes);
        for (byte each : bytes) {
            if (each < 0) {
                return strictly(bytes);
            }
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String strictly(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolViolation.NotUtf8();
        }
    }
}
