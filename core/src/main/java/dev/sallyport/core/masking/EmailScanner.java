package dev.sallyport.core.masking;

import java.util.List;

/**
 * Addresses as RFC 5321 (4.1.2) and RFC 6531 have them, but for comments, literals in brackets and quoted local parts.
 * The local part is read backwards from the {@code @}. Of the rarer characters that it may hold, those that commonly
 * stand before an address ({@code = ? & / | { } `}) end it; the others count where letters or digits are on both sides.
 */
final class EmailScanner implements Scanner {
    private static final int LEAST_BYTES = 6;

    @Override
    public List<Need> needs() {
        return List.of(new Need(Traits.AT | Traits.DOT, 0, LEAST_BYTES));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            if (text[at] == '@') {
                int start = startOfLocalPart(text, from, at);
                int end = endOfDomain(text, at + 1, to);
                if (start < at && end > 0) {
                    found.add(start, end);
                }
            }
            at++;
        }
    }

    private static int startOfLocalPart(byte[] text, int from, int at) {
        int start = at;
        while (start > from) {
            int previous = startOfCharacter(text, from, start);
            if (!isLocal(text, previous, start, from, at)) {
                break;
            }
            start = previous;
        }
        // What begins a local part is a letter or digit; marks before it belong to the text around.
        while (start < at && text[start] >= 0 && !Ascii.isAlphanumeric(text[start])) {
            start++;
        }
        return start;
    }

    private static boolean isLocal(byte[] text, int start, int end, int from, int at) {
        byte c = text[start];
        if (end - start > 1 || isWord(text, start, end)) {
            return isWord(text, start, end);
        }
        return switch (c) {
            case '.', '_', '%', '+', '-' -> true;
            case '\'', '!', '#', '$', '*', '^', '~' ->
                start > from && end < at && Ascii.isAlphanumeric(text[start - 1]) && Ascii.isAlphanumeric(text[end]);
            default -> false;
        };
    }

    /** The end of the longest run of labels whose last looks like a top-level domain, or 0. */
    private static int endOfDomain(byte[] text, int from, int to) {
        int end = 0;
        int label = from;
        while (label < to) {
            int labelEnd = endOfLabel(text, label, to);
            if (labelEnd == label) {
                break;
            }
            if (label > from && isTopLevel(text, label, labelEnd)) {
                end = labelEnd;
            }
            if (labelEnd >= to || text[labelEnd] != '.') {
                break;
            }
            label = labelEnd + 1;
        }
        return end;
    }

    private static int endOfLabel(byte[] text, int from, int to) {
        int end = from;
        while (end < to) {
            int next = endOfCharacter(text, end, to);
            if (text[end] != '-' && !isWord(text, end, next)) {
                break;
            }
            end = next;
        }
        while (end > from && text[end - 1] == '-') {
            end--;
        }
        return end;
    }

    private static boolean isTopLevel(byte[] text, int from, int to) {
        return to - from >= 2
                && (Ascii.isLetter(text[from]) || text[from] < 0)
                && (Ascii.isLetter(text[from + 1]) || text[from + 1] < 0);
    }

    private static boolean isWord(byte[] text, int start, int end) {
        return text[start] >= 0 ? Ascii.isAlphanumeric(text[start]) : isLetterBeyondAscii(text, start, end);
    }

    private static boolean isLetterBeyondAscii(byte[] text, int start, int end) {
        int length = end - start;
        int first = text[start] & 0xff;
        int character;
        if (length == 2 && first >= 0xc2) {
            character = (first & 0x1f) << 6 | (text[start + 1] & 0x3f);
        } else if (length == 3 && first >= 0xe0) {
            character = (first & 0xf) << 12 | (text[start + 1] & 0x3f) << 6 | (text[start + 2] & 0x3f);
        } else {
            // Four bytes are letters of rare scripts and emoji, all of which mailboxes do have; the rest is no UTF-8.
            return length == 4;
        }
        return Character.isLetterOrDigit(character)
                || Character.getType(character) == Character.NON_SPACING_MARK
                || Character.getType(character) == Character.COMBINING_SPACING_MARK;
    }

    private static int startOfCharacter(byte[] text, int from, int end) {
        int start = end - 1;
        while (start > from && end - start < 4 && (text[start] & 0xc0) == 0x80) {
            start--;
        }
        return start;
    }

    private static int endOfCharacter(byte[] text, int start, int to) {
        int end = start + 1;
        while (end < to && end - start < 4 && (text[end] & 0xc0) == 0x80) {
            end++;
        }
        return text[start] >= 0 ? start + 1 : end;
    }
}
