package dev.sallyport.core.masking;

import java.util.List;

/**
 * JSON Web Tokens in compact form: three parts (RFC 7515, 7.1) or five (RFC 7516, 7.1) of base64url with dots between,
 * the first of which is an object that starts with a name ({@code eyJ}). A signature may be empty.
 */
final class JwtScanner implements Scanner {
    private static final String OBJECT = "eyJ";
    private static final int LEAST_HEADER = 10;
    private static final int LEAST_BYTES = 14;
    private static final int MOST_PARTS = 5;

    @Override
    public List<Need> needs() {
        return List.of(new Need(Traits.CAPITAL_J | Traits.DOT, 0, LEAST_BYTES));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            if (!Ascii.startsWith(text, at, to, OBJECT)) {
                at++;
                continue;
            }
            int header = endOfPart(text, at, to);
            int end = header - at < LEAST_HEADER ? 0 : endOfToken(text, header, to);
            if (end > 0) {
                found.add(at, end);
                at = end;
            } else {
                // A later start in this part has a shorter header and the same parts behind it.
                at = header;
            }
        }
    }

    /** The end of the token whose header ends at {@code header}, or 0. */
    private static int endOfToken(byte[] text, int header, int to) {
        int parts = 1;
        int end = header;
        while (parts < MOST_PARTS && end < to && text[end] == '.') {
            end = endOfPart(text, end + 1, to);
            parts++;
        }
        if (parts < 3) {
            return 0;
        }
        // Of more parts than three, dots at the end belong to the sentence.
        while (parts > 3 && text[end - 1] == '.') {
            end--;
            parts--;
        }
        return end - header >= 4 ? end : 0;
    }

    private static int endOfPart(byte[] text, int from, int to) {
        int end = from;
        while (end < to && Ascii.isBase64Url(text[end])) {
            end++;
        }
        return end;
    }
}
