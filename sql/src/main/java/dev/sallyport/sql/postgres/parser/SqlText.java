package dev.sallyport.sql.postgres.parser;

import java.nio.charset.StandardCharsets;

/**
 * A text in both of its measures. Java counts chars, the parser counts UTF-8 bytes for statements and code points for
 * errors.
 */
final class SqlText {

    private final String chars;
    private final byte[] utf8;

    /** @param chars without what {@link #unsendable} finds */
    SqlText(String chars) {
        this.chars = chars;
        this.utf8 = chars.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Where the first char stands that has no form on the wire, or -1: a NUL, at which the server would take the text
     * to end, or a surrogate without its other half, which has no form in UTF-8.
     */
    static int unsendable(String chars) {
        for (int i = 0; i < chars.length(); i++) {
            char c = chars.charAt(i);
            if (c == 0) {
                return i;
            }
            if (Character.isSurrogate(c)) {
                if (Character.charCount(chars.codePointAt(i)) == 1) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    byte[] utf8() {
        return utf8;
    }

    /** The index of the char at which this code point (from 0) begins, or -1 if the text has no such code point. */
    int charOfCodePoint(int codePoint) {
        if (codePoint < 0 || codePoint > chars.length()) {
            return -1;
        }
        if (utf8.length == chars.length()) {
            return codePoint;
        }
        return codePoint > chars.codePointCount(0, chars.length()) ? -1 : chars.offsetByCodePoints(0, codePoint);
    }

    /** Offsets in rising order, so that a text of many statements is walked once. */
    Walk walk() {
        return new Walk();
    }

    /** A place in the text that only moves forward. */
    final class Walk {

        private int atByte;
        private int atChar;

        /** The index of the char that begins at this byte. */
        int charOfByte(int offset) {
            if (offset < atByte || offset > utf8.length) {
                throw new IllegalArgumentException(
                        "offset: %d (expected: %d to %d)".formatted(offset, atByte, utf8.length));
            }
            while (atByte < offset) {
                int width = width(utf8[atByte]);
                atByte += width;
                atChar += width == 4 ? 2 : 1;
            }
            if (atByte != offset) {
                throw new IllegalArgumentException("offset: %d (inside a character)".formatted(offset));
            }
            return atChar;
        }

        private static int width(byte lead) {
            if (lead >= 0) {
                return 1;
            }
            return (lead & 0xE0) == 0xC0 ? 2 : (lead & 0xF0) == 0xE0 ? 3 : 4;
        }
    }
}
