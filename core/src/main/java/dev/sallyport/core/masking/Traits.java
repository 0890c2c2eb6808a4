package dev.sallyport.core.masking;

/**
 * What one pass over a text tells of it: which telling characters it holds at all and how many digits. It is what the
 * scanners are asked first, so that most values are read once and never again.
 *
 * <p>Everything is packed into one {@code long}, the digits in its low half, so that the pass needs no object.
 */
final class Traits {
    static final long AT = 1L << 32;
    static final long DOT = 1L << 33;
    static final long COLON = 1L << 34;
    static final long DASH = 1L << 35;
    static final long LETTER = 1L << 36;
    static final long CAPITAL_J = 1L << 37;
    static final long CAPITAL_V = 1L << 38;

    private static final long[] TRAIT = traits();

    private Traits() {}

    private static long[] traits() {
        long[] traits = new long[256];
        for (int c = '0'; c <= '9'; c++) {
            traits[c] = 1;
        }
        for (int c = 'A'; c <= 'Z'; c++) {
            traits[c] = LETTER;
            traits[c | 0x20] = LETTER;
        }
        traits['@'] = AT;
        traits['.'] = DOT;
        traits[':'] = COLON;
        traits['-'] = DASH;
        traits['J'] |= CAPITAL_J;
        traits['V'] |= CAPITAL_V;
        return traits;
    }

    static long of(byte[] text, int from, int to) {
        long seen = 0;
        int digits = 0;
        for (int i = from; i < to; i++) {
            long trait = TRAIT[text[i] & 0xff];
            seen |= trait;
            digits += (int) trait;
        }
        return pack(seen, digits);
    }

    static long of(String text) {
        long seen = 0;
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            long trait = c < 0x80 ? TRAIT[c] : 0;
            seen |= trait;
            digits += (int) trait;
        }
        return pack(seen, digits);
    }

    private static long pack(long seen, int digits) {
        return (seen >>> 32 << 32) | digits;
    }

    static int digits(long traits) {
        return (int) traits;
    }
}
