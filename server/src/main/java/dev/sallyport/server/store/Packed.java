package dev.sallyport.server.store;

import java.util.Arrays;

/** Numbers packed one behind the other, small ones in few bytes (LEB128). */
final class Packed {
    private byte[] bytes;
    private int length;

    Packed(int expected) {
        bytes = new byte[Math.max(8, expected)];
    }

    Packed number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** A number that may be negative: zigzag. */
    Packed difference(long value) {
        return number((value << 1) ^ (value >> 63));
    }

    Packed bytes(byte[] source) {
        room(source.length);
        System.arraycopy(source, 0, bytes, length, source.length);
        length += source.length;
        return this;
    }

    private void room(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }

    byte[] take() {
        return Arrays.copyOf(bytes, length);
    }

    /** Reads what was packed. Bytes that were not are an {@link IllegalArgumentException}. */
    static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean isAtEnd() {
            return at >= bytes.length;
        }

        long number() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                need(1);
                byte next = bytes[at++];
                value |= (next & 0x7fL) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("packed: a number of more than 64 bits");
        }

        /** A number within bounds. */
        int number(int most) {
            long value = number();
            if (value < 0 || value > most) {
                throw new IllegalArgumentException("packed: " + value + " (expected: 0 to " + most + ")");
            }
            return (int) value;
        }

        long difference() {
            long value = number();
            return (value >>> 1) ^ -(value & 1);
        }

        byte[] bytes(int count) {
            need(count);
            at += count;
            return Arrays.copyOfRange(bytes, at - count, at);
        }

        void skip(int count) {
            need(count);
            at += count;
        }

        private void need(int count) {
            if (count < 0 || bytes.length - at < count) {
                throw new IllegalArgumentException("packed: cut short");
            }
        }
    }
}
