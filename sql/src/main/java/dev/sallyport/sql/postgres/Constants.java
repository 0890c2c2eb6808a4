package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the constants and comments in a text as PostgreSQL's lexer does (documentation, sections 4.1.2 and 4.1.5, with
 * standard_conforming_strings on, as it stays in every session). It never fails: what is cut off goes to the text's end,
 * and rather more is taken for a constant than less.
 */
final class Constants {
    /** What one is written as. */
    enum Kind {
        /** In single quotes, without escapes. */
        QUOTED,
        NUMBER,
        /** With escapes, as bits, or between dollar signs. */
        OTHER,
        COMMENT
    }

    /**
     * One of them.
     *
     * @param start in chars
     * @param end behind its last char
     * @param place where it begins, in UTF-8 bytes, as the parser counts
     */
    record Found(Kind kind, int start, int end, int place) {}

    private final String sql;
    private final List<Found> found = new ArrayList<>();
    private int at;
    /** Up to where bytes have been counted, and how many more of them there are than chars. */
    private int counted;

    private int extraBytes;

    private Constants(String sql) {
        this.sql = sql;
    }

    /** All of them, from left to right. */
    static List<Found> in(String sql) {
        Constants constants = new Constants(sql);
        while (constants.at < sql.length()) {
            constants.token();
        }
        return constants.found;
    }

    /** The places of those that are no comments. */
    static List<Integer> places(String sql) {
        return in(sql).stream()
                .filter(each -> each.kind() != Kind.COMMENT)
                .map(Found::place)
                .toList();
    }

    private void token() {
        char c = sql.charAt(at);
        int start = at;
        if (isNameStart(c)) {
            name(start);
        } else if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
            number();
            add(Kind.NUMBER, start);
        } else if (c == '\'') {
            quoted('\'', false);
            add(Kind.QUOTED, start);
        } else if (c == '"') {
            quoted('"', false);
        } else if (c == '-' && peek(1) == '-') {
            lineComment();
            add(Kind.COMMENT, start);
        } else if (c == '/' && peek(1) == '*') {
            blockComment();
            add(Kind.COMMENT, start);
        } else if (c == '$') {
            dollar(start);
        } else {
            at++;
        }
    }

    private char peek(int ahead) {
        return at + ahead < sql.length() ? sql.charAt(at + ahead) : ' ';
    }

    private void add(Kind kind, int start) {
        for (; counted < start; counted++) {
            char c = sql.charAt(counted);
            if (c >= 0x80) {
                // Each half of a surrogate pair counts for two of its four bytes.
                extraBytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        found.add(new Found(kind, start, at, start + extraBytes));
    }

    /** A name, or the prefix of a text. */
    private void name(int start) {
        while (at < sql.length() && (isNameStart(sql.charAt(at)) || isDigit(sql.charAt(at)) || sql.charAt(at) == '$')) {
            at++;
        }
        char first = sql.charAt(start);
        if (at - start != 1) {
            return;
        }
        if (peek(0) == '\'' && "eEbBxX".indexOf(first) >= 0) {
            quoted('\'', first == 'e' || first == 'E');
            add(Kind.OTHER, start);
        } else if ((first == 'u' || first == 'U') && peek(0) == '&' && peek(1) == '\'') {
            at++;
            quoted('\'', false);
            add(Kind.OTHER, start);
        }
    }

    /** Anything that begins as a number goes on as long as it may be one. */
    private void number() {
        boolean decimal = !(sql.charAt(at) == '0' && "xXoObB".indexOf(peek(1)) >= 0);
        while (at < sql.length()) {
            char c = sql.charAt(at);
            boolean exponent = decimal && (c == 'e' || c == 'E');
            boolean signed = exponent && (peek(1) == '+' || peek(1) == '-') && isDigit(peek(2));
            boolean fraction = c == '.' && peek(1) != '.';
            if (!signed && !fraction && !isDigit(c) && !isNameStart(c)) {
                return;
            }
            at += signed ? 2 : 1;
        }
    }

    /** From one quote to the other; doubled, it stands for itself. */
    private void quoted(char quote, boolean escapes) {
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == quote && peek(1) != quote) {
                at++;
                return;
            }
            boolean two = c == quote || (escapes && c == '\\');
            at = Math.min(at + (two ? 2 : 1), sql.length());
        }
    }

    private void lineComment() {
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
            at++;
        }
    }

    /** They nest. */
    private void blockComment() {
        int depth = 0;
        while (at < sql.length()) {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
                if (depth == 0) {
                    return;
                }
            } else {
                at++;
            }
        }
    }

    /** A parameter, or a text between dollar signs. */
    private void dollar(int start) {
        int tagEnd = at + 1;
        while (tagEnd < sql.length()
                && (isNameStart(sql.charAt(tagEnd)) || (tagEnd > at + 1 && isDigit(sql.charAt(tagEnd))))) {
            tagEnd++;
        }
        if (tagEnd == sql.length() || sql.charAt(tagEnd) != '$') {
            at++;
            while (at < sql.length() && isDigit(sql.charAt(at))) {
                at++;
            }
            return;
        }
        String tag = sql.substring(start, tagEnd + 1);
        int close = sql.indexOf(tag, tagEnd + 1);
        at = close < 0 ? sql.length() : close + tag.length();
        add(Kind.OTHER, start);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }
}
