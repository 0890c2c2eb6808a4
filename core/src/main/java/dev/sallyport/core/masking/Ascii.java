package dev.sallyport.core.masking;

/** Classes of bytes of a UTF-8 text. Bytes above 0x7f, the parts of all other characters, are in none of them. */
final class Ascii {
    private static final byte DIGIT = 1;
    private static final byte UPPER = 2;
    private static final byte LOWER = 4;
    private static final byte HEX = 8;
    private static final byte[] CLASS = classes();

    private Ascii() {}

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int c = '0'; c <= '9'; c++) {
            classes[c] = DIGIT | HEX;
        }
        for (int c = 'A'; c <= 'Z'; c++) {
            classes[c] = UPPER;
            classes[c | 0x20] = LOWER;
        }
        for (int c = 'A'; c <= 'F'; c++) {
            classes[c] |= HEX;
            classes[c | 0x20] |= HEX;
        }
        return classes;
    }

    static boolean isDigit(byte c) {
        return (CLASS[c & 0xff] & DIGIT) != 0;
    }

    static boolean isLetter(byte c) {
        return (CLASS[c & 0xff] & (UPPER | LOWER)) != 0;
    }

    static boolean isUpper(byte c) {
        return (CLASS[c & 0xff] & UPPER) != 0;
    }

    static boolean isAlphanumeric(byte c) {
        return (CLASS[c & 0xff] & (DIGIT | UPPER | LOWER)) != 0;
    }

    static boolean isHex(byte c) {
        return (CLASS[c & 0xff] & HEX) != 0;
    }

    /** The letters of base64url (RFC 4648, 5), which most tokens are written in. */
    static boolean isBase64Url(byte c) {
        return isAlphanumeric(c) || c == '-' || c == '_';
    }

    /** Whether there is a digit at {@code at} and {@code at} lies inside the range. */
    static boolean isDigitAt(byte[] text, int at, int from, int to) {
        return at >= from && at < to && isDigit(text[at]);
    }

    static int endOfDigits(byte[] text, int at, int to) {
        int end = at;
        while (end < to && isDigit(text[end])) {
            end++;
        }
        return end;
    }

    static boolean startsWith(byte[] text, int at, int to, String prefix) {
        if (prefix.length() > to - at) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (text[at + i] != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
