package dev.sallyport.core.audit;

/**
 * Numbers in as few bytes as they take: seven bits a byte, the lowest first, the eighth set where more follow. There is one
 * form of each, so that all who read a record find its parts in the same places.
 */
final class Varint {
    private static final int MAX_BYTES = 9;

    private Varint() {}

    static int length(long value) {
        return value == 0 ? 1 : (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7;
    }

    /** Writes it and says where the next byte goes. */
    static int put(byte[] out, int at, long value) {
        int next = at;
        long rest = value;
        while (rest > 0x7f) {
            out[next++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out[next++] = (byte) rest;
        return next;
    }

    /** @throws IllegalArgumentException where it is cut short or longer than it has to be */
    static long get(byte[] in, int at) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES && at + i < in.length; i++) {
            value |= (long) (in[at + i] & 0x7f) << (7 * i);
            if (in[at + i] >= 0) {
                if (length(value) != i + 1) {
                    break;
                }
                return value;
            }
        }
        throw new IllegalArgumentException("number: cut short or too long");
    }
}
