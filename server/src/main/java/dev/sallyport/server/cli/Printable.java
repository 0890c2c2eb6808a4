package dev.sallyport.server.cli;

import java.util.List;

/**
 * Text of unknown origin made fit for a terminal: control characters, escape sequences, marks that turn the reading
 * direction, and whatever else cannot be seen but acts, are shown, not obeyed.
 */
final class Printable {
    private Printable() {}

    /** On one line. */
    static String line(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(out, c));
        return out.toString();
    }

    /** Line by line, as it was written. */
    static List<String> lines(String text) {
        return text.lines().map(line -> line(line.replace("\t", "    "))).toList();
    }

    /** Cut to so many columns; the last one then says so. */
    static String cut(String text, int columns) {
        int fits = fitting(text, columns);
        return fits == text.length() ? text : text.substring(0, fitting(text, columns - 1)) + "…";
    }

    /** How much of the text, in chars, fits into so many columns. */
    static int fitting(String text, int columns) {
        int left = columns;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            left -= columns(c);
            if (left < 0) {
                return at;
            }
            at += Character.charCount(c);
        }
        return text.length();
    }

    /** How many columns of a terminal it takes; of what is harmless already. */
    static int columns(String text) {
        return text.codePoints().map(Printable::columns).sum();
    }

    private static int columns(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return isWide(c) ? 2 : 1;
    }

    /** The blocks that Unicode's EastAsianWidth.txt has as W or F, for the most part. */
    private static boolean isWide(int c) {
        return c >= 0x1100
                && (c <= 0x115F
                        || (c >= 0x2E80 && c <= 0xA4CF)
                        || (c >= 0xAC00 && c <= 0xD7A3)
                        || (c >= 0xF900 && c <= 0xFAFF)
                        || (c >= 0xFE30 && c <= 0xFE6F)
                        || (c >= 0xFF00 && c <= 0xFF60)
                        || (c >= 0xFFE0 && c <= 0xFFE6)
                        || (c >= 0x1F300 && c <= 0x1F64F)
                        || (c >= 0x1F680 && c <= 0x1F6FF)
                        || (c >= 0x1F900 && c <= 0x1FAFF)
                        || (c >= 0x20000 && c <= 0x3FFFD));
    }

    private static void append(StringBuilder out, int c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (isHarmless(c)) {
                    out.appendCodePoint(c);
                } else {
                    out.append(String.format("\\u{%x}", c));
                }
            }
        }
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> !isInvisible(c);
        };
    }

    /** Marks and letters that show nothing (Unicode's Default_Ignorable_Code_Point, but for those of the types above). */
    private static boolean isInvisible(int c) {
        return c == 0x034F
                || c == 0x115F
                || c == 0x1160
                || (c >= 0x17B4 && c <= 0x17B5)
                || (c >= 0x180B && c <= 0x180F)
                || c == 0x3164
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == 0xFFA0
                || (c >= 0xE0000 && c <= 0xE0FFF);
    }
}
