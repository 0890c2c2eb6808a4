package dev.sallyport.core.masking;

import java.util.List;

/**
 * Private keys in textual form: PEM (RFC 7468, PKCS #1 and #8, SEC 1, OpenSSH, encrypted or not), PGP's armour (RFC
 * 9580, 6.2) and SSH2's (RFC 4716's dashes). From the BEGIN line to the END line; where the end is missing the key was
 * cut off, and all that follows belongs to it. Line ends may be of any form, escaped ones too.
 */
final class PrivateKeyScanner implements Scanner {
    private static final String BEGIN = "BEGIN ";
    private static final String END = "END ";
    private static final String KEY = "PRIVATE KEY";
    private static final int LEAST_BYTES = 27;
    private static final int MOST_LABEL_BYTES = 64;
    private static final int DASHES = 5;

    @Override
    public List<Need> needs() {
        return List.of(new Need(Traits.DASH | Traits.CAPITAL_V, 0, LEAST_BYTES));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            int label = endOfBoundary(text, at, from, to, BEGIN);
            if (label == 0) {
                at++;
                continue;
            }
            int end = endOfKey(text, label, from, to);
            found.add(startOfDashes(text, at, from), end);
            at = end;
        }
    }

    private static int endOfKey(byte[] text, int body, int from, int to) {
        for (int at = body; at < to; at++) {
            int end = endOfBoundary(text, at, from, to, END);
            if (end > 0) {
                return end;
            }
        }
        return to;
    }

    /** The end of the line whose word is at {@code at}: dashes, word, a private key's label, dashes; or 0. */
    private static int endOfBoundary(byte[] text, int at, int from, int to, String word) {
        if (text[at] != word.charAt(0)
                || startOfDashes(text, at, from) == at
                || !Ascii.startsWith(text, at, to, word)) {
            return 0;
        }
        int end = at + word.length();
        int limit = Math.min(to, end + MOST_LABEL_BYTES);
        boolean key = false;
        while (end < limit && (Ascii.isAlphanumeric(text[end]) || text[end] == ' ')) {
            key |= Ascii.startsWith(text, end, limit, KEY);
            end++;
        }
        if (!key) {
            return 0;
        }
        int afterLabel = end;
        while (end < to && text[end] == '-' && end - afterLabel < DASHES) {
            end++;
        }
        return end > afterLabel ? end : 0;
    }

    private static int startOfDashes(byte[] text, int at, int from) {
        int start = at;
        if (start - 1 > from && text[start - 1] == ' ' && text[start - 2] == '-') {
            start--;
        }
        int end = start;
        while (start > from && text[start - 1] == '-' && end - start < DASHES) {
            start--;
        }
        return start == end ? at : start;
    }
}
