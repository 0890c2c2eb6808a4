package dev.sallyport.server.store;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Takes texts apart into words: runs of letters, digits and underscores, in small letters. Of SQL these are its key words,
 * the parts of names, numbers and what stands in strings and comments; not the numbers of placeholders such as {@code $1}.
 */
final class Words {
    /** How many different words of a text count; what comes behind them is not found. */
    static final int MOST = 128;
    /** A longer word counts by so many of its characters. */
    static final int LONGEST = 64;

    private static final int MOST_CHARACTERS = 1 << 16;

    private Words() {}

    static Set<String> of(String text) {
        Set<String> words = new LinkedHashSet<>();
        collect(text, MOST, words);
        return words;
    }

    /** Adds those of {@code text}, until there are {@code most}. */
    static void collect(String text, int most, Set<String> into) {
        int end = Math.min(text.length(), MOST_CHARACTERS);
        int start = -1;
        for (int i = 0; i <= end && into.size() < most; i++) {
            boolean part = i < end && isPart(text.charAt(i));
            if (part && start < 0) {
                start = i;
            } else if (!part && start >= 0) {
                if (!isPlaceholder(text, start, i)) {
                    into.add(text.substring(start, Math.min(i, start + LONGEST)).toLowerCase(Locale.ROOT));
                }
                start = -1;
            }
        }
    }

    /** Half of a character outside of the basic plane is one too: they come in pairs, and stay together. */
    private static boolean isPart(char c) {
        return c == '_' || (c < 128 ? isAsciiPart(c) : Character.isLetterOrDigit(c) || Character.isSurrogate(c));
    }

    private static boolean isAsciiPart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean isPlaceholder(String text, int start, int end) {
        if (start == 0 || text.charAt(start - 1) != '$') {
            return false;
        }
        for (int i = start; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
