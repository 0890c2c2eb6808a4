package dev.sallyport.core.policy;

import java.util.Arrays;

/** Names against patterns with stars, in time that is bounded by the product of their lengths. */
final class Glob {
    private Glob() {}

    /** Whether {@code text} is one of the texts that {@code pattern} stands for; {@code *} is any text, also none. */
    static boolean matches(String pattern, String text) {
        return matches(pattern, text, 0, text.length());
    }

    /** As {@link #matches(String, String)}, for the part of {@code text} from {@code from} to before {@code to}. */
    static boolean matches(String pattern, String text, int from, int to) {
        int p = 0;
        int t = from;
        int star = -1;
        int retry = from;
        while (t < to) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /**
     * Whether some text is stood for by both: by {@code pattern}, where {@code *} is any text, and by {@code partial},
     * where {@code ?} is any text, because it could not be determined.
     */
    static boolean meet(String pattern, String partial) {
        if (partial.indexOf('?') < 0) {
            return matches(pattern, partial);
        }
        boolean[] reachable = new boolean[partial.length() + 1];
        reachable[0] = true;
        skipUnknown(reachable, partial);
        for (int p = 0; p < pattern.length(); p++) {
            reachable = step(reachable, pattern.charAt(p), partial);
        }
        return reachable[partial.length()];
    }

    /** {@code reachable[i]}: what was read of the pattern so far can stand for what the first i characters stand for. */
    private static boolean[] step(boolean[] reachable, char next, String partial) {
        boolean[] after = new boolean[reachable.length];
        for (int i = 0; i < reachable.length; i++) {
            if (!reachable[i]) {
                continue;
            }
            if (next == '*') {
                Arrays.fill(after, i, after.length, true);
                break;
            }
            if (i < partial.length() && partial.charAt(i) == '?') {
                after[i] = true;
            } else if (i < partial.length() && partial.charAt(i) == next) {
                after[i + 1] = true;
            }
        }
        skipUnknown(after, partial);
        return after;
    }

    private static void skipUnknown(boolean[] reachable, String partial) {
        for (int i = 0; i < partial.length(); i++) {
            if (reachable[i] && partial.charAt(i) == '?') {
                reachable[i + 1] = true;
            }
        }
    }
}
