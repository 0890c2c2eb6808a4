package dev.sallyport.testkit.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds the bytes of messages, right or wrong ones, with nothing of the gateway's own code. */
public final class Messages {
    private Messages() {}

    /** A message with its tag and its true length. */
    public static byte[] message(char tag, byte[]... body) {
        byte[] whole = concat(body);
        return concat(new byte[] {(byte) tag}, int32(whole.length + Integer.BYTES), whole);
    }

    /** A message without a tag, such as StartupMessage. */
    public static byte[] untagged(byte[]... body) {
        byte[] whole = concat(body);
        return concat(int32(whole.length + Integer.BYTES), whole);
    }

    /** StartupMessage: names and values in turn. */
    public static byte[] startup(int version, String... parameters) {
        return untagged(int32(version), texts(parameters), new byte[1]);
    }

    public static byte[] query(String sql) {
        return message('Q', texts(sql));
    }

    /** Parse without parameter types. */
    public static byte[] parse(String statement, String sql) {
        return message('P', texts(statement, sql), int16(0));
    }

    /** Bind with text parameters and text results; null stands for NULL. */
    public static byte[] bind(String portal, String statement, String... parameters) {
        byte[][] values = new byte[parameters.length][];
        for (int i = 0; i < parameters.length; i++) {
            byte[] text = parameters[i] == null ? new byte[0] : utf8(parameters[i]);
            values[i] = concat(int32(parameters[i] == null ? -1 : text.length), text);
        }
        return message('B', texts(portal, statement), int16(0), int16(parameters.length), concat(values), int16(0));
    }

    public static byte[] describePortal(String portal) {
        return message('D', utf8("P"), texts(portal));
    }

    public static byte[] describeStatement(String statement) {
        return message('D', utf8("S"), texts(statement));
    }

    public static byte[] execute(String portal, int maxRows) {
        return message('E', texts(portal), int32(maxRows));
    }

    public static byte[] closePortal(String portal) {
        return message('C', utf8("P"), texts(portal));
    }

    public static byte[] closeStatement(String statement) {
        return message('C', utf8("S"), texts(statement));
    }

    public static byte[] sync() {
        return message('S');
    }

    public static byte[] flush() {
        return message('H');
    }

    public static byte[] terminate() {
        return message('X');
    }

    public static byte[] int16(int value) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) value).array();
    }

    public static byte[] int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    /** Each text with its terminating zero. */
    public static byte[] texts(String... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String value : values) {
            out.writeBytes(utf8(value));
            out.write(0);
        }
        return out.toByteArray();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
