package dev.sallyport.protocols.postgres.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Appends messages to a buffer that the caller owns. {@link #begin} opens a message, {@link #end} closes it by filling
 * in its length; the methods named after messages do both.
 */
public final class MessageWriter {
    private final ByteBuf out;
    private int lengthIndex = -1;

    public MessageWriter(ByteBuf out) {
        this.out = out;
    }

    public MessageWriter begin(byte tag) {
        out.writeByte(tag);
        return beginUntagged();
    }

    /** For start-up messages, which have no tag. */
    public MessageWriter beginUntagged() {
        lengthIndex = out.writerIndex();
        out.writeInt(0);
        return this;
    }

    public MessageWriter int8(int value) {
        out.writeByte(value);
        return this;
    }

    public MessageWriter int16(int value) {
        out.writeShort(value);
        return this;
    }

    public MessageWriter int32(int value) {
        out.writeInt(value);
        return this;
    }

    public MessageWriter bytes(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    /** Text and its terminating zero; a zero inside would end it early, so it is refused. */
    public MessageWriter text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("text: holds a zero byte");
        }
        out.writeCharSequence(value, StandardCharsets.UTF_8);
        out.writeByte(0);
        return this;
    }

    public void end() {
        out.setInt(lengthIndex, out.writerIndex() - lengthIndex);
        lengthIndex = -1;
    }

    /** A message that is nothing but its tag. */
    public void empty(byte tag) {
        begin(tag).end();
    }

    public void error(ErrorFields fields) {
        errorOrNotice(Tag.ERROR_RESPONSE, fields);
    }

    public void notice(ErrorFields fields) {
        errorOrNotice(Tag.NOTICE_RESPONSE, fields);
    }

    public void readyForQuery(byte status) {
        begin(Tag.READY_FOR_QUERY).int8(status).end();
    }

    public void parameterStatus(String name, String value) {
        begin(Tag.PARAMETER_STATUS).text(name).text(value).end();
    }

    public void query(String sql) {
        begin(Tag.QUERY).text(sql).end();
    }

    private void errorOrNotice(byte tag, ErrorFields fields) {
        begin(tag);
        for (Map.Entry<Character, String> field : fields.byCode().entrySet()) {
            // What comes from elsewhere may hold anything; a zero would forge further fields.
            out.writeByte(field.getKey());
            text(field.getValue().replace("\0", ""));
        }
        int8(0);
        end();
    }
}
