package dev.sallyport.core.masking;

import java.util.List;

/**
 * Social security numbers of the United States: three, two and four digits parted by dashes or by single spaces, none
 * of the three all zeros, the area neither 666 nor from 900 on, as the Social Security Administration assigns them since
 * 2011. Nine digits without separators are one only where {@code ssn} or {@code social} stands close before them with no
 * other digits between.
 */
final class SsnScanner implements Scanner {
    private static final int DIGITS = 9;
    private static final int PARTED_BYTES = 11;
    private static final int LABEL_BYTES = 24;
    private static final byte[] SSN = {'s', 's', 'n'};
    private static final byte[] SOCIAL = {'s', 'o', 'c', 'i', 'a', 'l'};

    @Override
    public List<Need> needs() {
        return List.of(new Need(0, DIGITS, DIGITS));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            if (!Ascii.isDigit(text[at])) {
                at++;
                continue;
            }
            int end = Ascii.endOfDigits(text, at, to);
            if (end - at == 3 && isParted(text, at, to)) {
                found.add(at, at + PARTED_BYTES);
            } else if (end - at == DIGITS
                    && isAssigned(text, at, at + 3, at + 5)
                    && isLabelled(text, Math.max(from, at - LABEL_BYTES), at)) {
                found.add(at, end);
            }
            at = end;
        }
    }

    private static boolean isParted(byte[] text, int at, int to) {
        if (to - at < PARTED_BYTES) {
            return false;
        }
        byte separator = text[at + 3];
        return (separator == '-' || separator == ' ')
                && text[at + 6] == separator
                && Ascii.endOfDigits(text, at + 4, to) == at + 6
                && Ascii.endOfDigits(text, at + 7, to) == at + PARTED_BYTES
                && isAssigned(text, at, at + 4, at + 7);
    }

    private static boolean isAssigned(byte[] text, int area, int group, int serial) {
        int number = (text[area] - '0') * 100 + (text[area + 1] - '0') * 10 + (text[area + 2] - '0');
        boolean groupIsZero = text[group] == '0' && text[group + 1] == '0';
        boolean serialIsZero =
                text[serial] == '0' && text[serial + 1] == '0' && text[serial + 2] == '0' && text[serial + 3] == '0';
        return number != 0 && number != 666 && number < 900 && !groupIsZero && !serialIsZero;
    }

    private static boolean isLabelled(byte[] text, int from, int at) {
        // Another value between, also one that was masked before, has the label for itself.
        for (int i = at - 1; i >= from && !Ascii.isDigit(text[i]) && text[i] != ']'; i--) {
            if (isWord(text, i, at, SSN) || isWord(text, i, at, SOCIAL)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWord(byte[] text, int at, int to, byte[] lowerCase) {
        if (to - at < lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            if ((text[at + i] | 0x20) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }
}
