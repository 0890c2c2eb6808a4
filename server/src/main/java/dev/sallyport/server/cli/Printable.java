package dev.sallyport.server.cli;

import java.util.List;

/**
 * Text of unknown origin made fit for a terminal: control characters, escape sequences, and marks that turn the reading
 * direction are shown, not obeyed.
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

    static String cut(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
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
            default -> true;
        };
    }
}
