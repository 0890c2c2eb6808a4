package dev.sallyport.core.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the few kinds of CBOR (RFC 8949) that events are made of into memory: whole numbers, texts, bytes, true and
 * false, null, arrays and maps of known length. A lone surrogate in a text becomes {@code ?}: an odd text must not keep
 * the command that carries it off the log.
 */
final class CborWriter {
    /** More than any event may take. */
    static final int MAX_BYTES = 64 << 20;

    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int SIMPLE = 7;
    private static final int FALSE = 20;
    private static final int TRUE = 21;
    private static final int NULL = 22;

    private byte[] bytes;
    private int length;

    CborWriter(int expected) {
        bytes = new byte[expected];
    }

    void number(long value) {
        if (value >= 0) {
            head(UNSIGNED, value);
        } else {
            head(NEGATIVE, -1 - value);
        }
    }

    void flag(boolean value) {
        head(SIMPLE, value ? TRUE : FALSE);
    }

    void nothing() {
        head(SIMPLE, NULL);
    }

    void bytes(byte[] value) {
        bytes(value, 0, value.length);
    }

    void bytes(byte[] source, int offset, int count) {
        head(BYTES, count);
        raw(source, offset, count);
    }

    void text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        head(TEXT, utf8.length);
        raw(utf8, 0, utf8.length);
    }

    /** So many values follow. */
    void array(int size) {
        head(ARRAY, size);
    }

    /** So many pairs of key and value follow. */
    void map(int size) {
        head(MAP, size);
    }

    /** Says how many pairs a map has whose head was written at {@code at} for none; fewer than 24. */
    void setMapSize(int at, int size) {
        if (size >= 24) {
            throw new IllegalArgumentException("map: " + size + " pairs (expected: fewer than 24)");
        }
        bytes[at] = (byte) ((MAP << 5) | size);
    }

    /** What another has written. */
    void raw(CborWriter other) {
        raw(other.bytes, 0, other.length);
    }

    private void raw(byte[] source, int offset, int count) {
        room(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    private void head(int major, long argument) {
        room(9);
        int type = major << 5;
        if (argument < 24) {
            bytes[length++] = (byte) (type | argument);
            return;
        }
        int size = argument <= 0xff ? 0 : argument <= 0xffff ? 1 : argument <= 0xffff_ffffL ? 2 : 3;
        bytes[length++] = (byte) (type | (24 + size));
        for (int shift = (8 << size) - 8; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (argument >>> shift);
        }
    }

    private void room(int count) {
        if (count > MAX_BYTES - length) {
            throw new IllegalArgumentException("event: more than " + MAX_BYTES + " bytes");
        }
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
    }

    int length() {
        return length;
    }

    /** What was written, {@link #length()} bytes of it; not a copy. */
    byte[] array() {
        return bytes;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}
