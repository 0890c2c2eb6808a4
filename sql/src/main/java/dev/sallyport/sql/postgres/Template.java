package dev.sallyport.sql.postgres;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What texts have in common that differ in their literals only: {@code SELECT a FROM t WHERE id = 1} and the same with
 * {@code id = 2}. Texts of one template are made of the same tokens, so PostgreSQL's grammar makes the same tree of
 * them, but for the values in it. Where nothing that is read from the tree depends on those ({@link FreeLiterals}), the
 * analysis of one is that of all.
 *
 * <p>Only what is certain to be a literal of a plain form is taken for one (PostgreSQL documentation, section 4.1.2):
 * text in single quotes without a backslash, and decimal numbers without exponent. A literal's type is kept, since
 * operators are chosen by it. A text with anything that would need more of a lexer (comments, dollar quotes, prefixed
 * strings) has no template; nothing is lost but the time to parse it.
 *
 * @param key the text, with a control character and a letter for the type in the place of each literal; no text that
 *     has control characters of its own has a template, so no two templates have the same key
 * @param places where the literals begin, in UTF-8 bytes, ascending; never empty
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Template(String key, int[] places) {
    /** Longer texts take too long to look through on an event loop, and rarely come again. */
    private static final int MAX_CHARS = 16 << 10;

    private static final char LITERAL = '\u0001';
    private static final String MAX_INT = "2147483647";
    private static final String MAX_LONG = "9223372036854775807";

    /** The text's template, or null where it has none or no literals. */
    static @Nullable Template of(String sql) {
        return sql.length() > MAX_CHARS ? null : new Reader(sql).read();
    }

    /** Whether these are the places of all its literals. */
    boolean isCoveredBy(Set<Integer> free) {
        for (int place : places) {
            if (!free.contains(place)) {
                return false;
            }
        }
        return true;
    }

    private static final class Reader {
        private final String sql;
        private final StringBuilder key;
        private int[] places = new int[8];
        private int count;
        private int at;
        /** How many more bytes than chars there are before {@link #at} in UTF-8. */
        private int extraBytes;

        Reader(String sql) {
            this.sql = sql;
            this.key = new StringBuilder(sql.length());
        }

        @Nullable
        Template read() {
            while (at < sql.length()) {
                if (!token(sql.charAt(at))) {
                    return null;
                }
            }
            return count == 0 ? null : new Template(key.toString(), Arrays.copyOf(places, count));
        }

        private boolean token(char c) {
            if (isNameStart(c)) {
                name();
                // A quote right behind a name makes it a prefix: E'', U&'', B''.
                return at == sql.length() || (sql.charAt(at) != '\'' && sql.charAt(at) != '&');
            }
            if (isDigit(c)) {
                return number();
            }
            return switch (c) {
                case '\'' -> string();
                case '"' -> quotedName();
                case '$' -> parameter();
                case '-' -> next() != '-' && copy();
                case '/' -> next() != '*' && copy();
                case '.' -> !isDigit(next()) && copy();
                case '\t', '\n', '\r' -> copy();
                default -> c >= ' ' && copy();
            };
        }

        private boolean copy() {
            key.append(sql.charAt(at++));
            return true;
        }

        private char next() {
            return at + 1 < sql.length() ? sql.charAt(at + 1) : ' ';
        }

        private void name() {
            while (at < sql.length() && isNamePart(sql.charAt(at))) {
                count(sql.charAt(at));
                copy();
            }
        }

        private boolean quotedName() {
            copy();
            while (at < sql.length()) {
                char c = sql.charAt(at);
                count(c);
                if (c < ' ') {
                    return false;
                }
                copy();
                if (c == '"') {
                    // A doubled quote stands for one, and the name goes on as if another began.
                    return true;
                }
            }
            return false;
        }

        private boolean parameter() {
            copy();
            int digits = at;
            while (at < sql.length() && isDigit(sql.charAt(at))) {
                copy();
            }
            return at > digits && !namePartFollows();
        }

        private boolean string() {
            literal();
            at++;
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (c == '\\') {
                    return false;
                }
                count(c);
                at++;
                if (c == '\'') {
                    if (at == sql.length() || sql.charAt(at) != '\'') {
                        key.append('t');
                        return true;
                    }
                    at++;
                }
            }
            return false;
        }

        private boolean number() {
            literal();
            int start = at;
            digits();
            boolean fraction = at + 1 < sql.length() && sql.charAt(at) == '.' && isDigit(sql.charAt(at + 1));
            if (fraction) {
                at++;
                digits();
            }
            key.append(fraction ? 'd' : typeOf(start, at));
            // 1e5, 0x1F, 1_000 and 1. are numbers too, and 1a is none.
            return !namePartFollows() && (at == sql.length() || sql.charAt(at) != '.');
        }

        private void digits() {
            while (at < sql.length() && isDigit(sql.charAt(at))) {
                at++;
            }
        }

        /** A number is an integer, a bigint or a numeric by its size (PostgreSQL documentation, section 4.1.2.6). */
        private char typeOf(int from, int to) {
            int start = from;
            while (start < to - 1 && sql.charAt(start) == '0') {
                start++;
            }
            return atMost(MAX_INT, start, to) ? 'i' : atMost(MAX_LONG, start, to) ? 'l' : 'n';
        }

        private boolean atMost(String most, int start, int to) {
            int length = to - start;
            return length < most.length()
                    || (length == most.length() && sql.substring(start, to).compareTo(most) <= 0);
        }

        private void literal() {
            if (count == places.length) {
                places = Arrays.copyOf(places, count * 2);
            }
            places[count++] = at + extraBytes;
            key.append(LITERAL);
        }

        private boolean namePartFollows() {
            return at < sql.length() && isNamePart(sql.charAt(at));
        }

        private void count(char c) {
            if (c >= 0x80) {
                // Each half of a surrogate pair counts for two of its four bytes.
                extraBytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private static boolean isNameStart(char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        }

        private static boolean isNamePart(char c) {
            return isNameStart(c) || isDigit(c) || c == '$';
        }
    }
}
