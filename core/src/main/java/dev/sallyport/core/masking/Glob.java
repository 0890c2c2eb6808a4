package dev.sallyport.core.masking;

import java.util.Locale;

/**
 * A name or a pattern in which {@code *} stands for any characters, compared without regard to case. A pattern is cut
 * into its pieces once; matching takes the first place for each piece, which is right since only the last is anchored.
 */
final class Glob {
    private final String[] pieces;

    Glob(String pattern) {
        this.pieces = fold(pattern).split("\\*", -1);
    }

    static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Whether {@code folded}, a name that went through {@link #fold}, is covered. */
    boolean matches(String folded) {
        String first = pieces[0];
        if (pieces.length == 1) {
            return first.equals(folded);
        }
        String last = pieces[pieces.length - 1];
        int end = folded.length() - last.length();
        if (end < first.length() || !folded.startsWith(first) || !folded.endsWith(last)) {
            return false;
        }
        int at = first.length();
        for (int i = 1; i < pieces.length - 1; i++) {
            int found = folded.indexOf(pieces[i], at);
            if (found < 0) {
                return false;
            }
            at = found + pieces[i].length();
        }
        return at <= end;
    }
}
