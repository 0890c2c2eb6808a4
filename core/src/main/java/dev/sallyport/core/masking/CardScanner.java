package dev.sallyport.core.masking;

import java.util.List;

/**
 * Numbers of payment cards (ISO/IEC 7812): 13 to 19 digits, together or in groups parted by single spaces or dashes,
 * with the prefix and length of a known scheme and a right check digit (Luhn). A number starts and ends with a group;
 * the first group has at least four digits, those between at least two.
 *
 * <p>Letters may stand right before and behind it. Not taken for one: the decimals of a number, and digits inside a
 * token of the form of a UUID or of a hash in hex.
 */
final class CardScanner implements Scanner {
    private static final int LEAST_DIGITS = 13;
    private static final int MOST_DIGITS = 19;
    private static final int MOST_HASH_DIGITS = 128;
    private static final int UUID_BYTES = 36;

    @Override
    public List<Need> needs() {
        return List.of(new Need(0, LEAST_DIGITS, LEAST_DIGITS));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            if (Ascii.isDigit(text[at])) {
                if (!isDecimals(text, from, at)) {
                    scanFrom(text, from, to, at, found);
                }
                at = Ascii.endOfDigits(text, at, to);
            } else {
                at++;
            }
        }
    }

    private static boolean isDecimals(byte[] text, int from, int at) {
        return at > from && text[at - 1] == '.' && Ascii.isDigitAt(text, at - 2, from, at);
    }

    /** Tries every end that a number starting with the group at {@code start} may have. */
    private static void scanFrom(byte[] text, int from, int to, int start, Findings found) {
        int digits = 0;
        int doubledEven = 0;
        int doubledOdd = 0;
        int group = 0;
        for (int at = start; at < to; at++) {
            if (Ascii.isDigit(text[at])) {
                int digit = text[at] - '0';
                boolean even = digits % 2 == 0;
                doubledEven += even ? doubled(digit) : digit;
                doubledOdd += even ? digit : doubled(digit);
                digits++;
                group++;
                int luhn = digits % 2 == 0 ? doubledEven : doubledOdd;
                if (digits > MOST_DIGITS) {
                    return;
                }
                if (digits >= LEAST_DIGITS && luhn % 10 == 0 && !Ascii.isDigitAt(text, at + 1, from, to)) {
                    report(text, from, to, start, at + 1, digits, found);
                }
            } else if (continues(text, from, to, at) && group >= (digits == group ? 4 : 2)) {
                group = 0;
            } else {
                return;
            }
        }
    }

    private static boolean continues(byte[] text, int from, int to, int at) {
        return (text[at] == ' ' || text[at] == '-') && Ascii.isDigitAt(text, at + 1, from, to);
    }

    private static int doubled(int digit) {
        return digit < 5 ? digit * 2 : digit * 2 - 9;
    }

    private static void report(byte[] text, int from, int to, int start, int end, int digits, Findings found) {
        if (isIssued(prefix(text, start), digits)
                && !isInHash(text, from, to, start, end)
                && !isInUuid(text, from, to, start, end)) {
            found.add(start, end);
        }
    }

    /** The first four digits, which the first group holds. */
    private static int prefix(byte[] text, int start) {
        return (text[start] - '0') * 1000
                + (text[start + 1] - '0') * 100
                + (text[start + 2] - '0') * 10
                + (text[start + 3] - '0');
    }

    /** The schemes' ranges, as their own rules for merchants and ISO's register give them, by the first four digits. */
    private static boolean isIssued(int prefix, int digits) {
        int two = prefix / 100;
        return switch (prefix / 1000) {
            case 1 -> prefix == 1800 && digits == 15; // JCB, older
            case 2 ->
                (prefix >= 2221 && prefix <= 2720 && digits == 16) // Mastercard
                        || (prefix >= 2200 && prefix <= 2204 && digits >= 16) // Mir
                        || (prefix == 2131 && digits == 15); // JCB, older
            case 3 ->
                ((two == 34 || two == 37) && digits == 15) // American Express
                        || ((two == 30 || two == 36 || two == 38 || two == 39) && digits >= 14) // Diners Club
                        || (two == 35 && digits >= 16); // JCB, RuPay
            case 4 -> digits == 13 || digits == 16 || digits >= 18; // Visa
            case 5 -> (two >= 51 && two <= 55) ? digits == 16 : (two == 50 || two >= 56); // Mastercard; Maestro
            case 6 -> digits >= 16 || two == 63 || two == 67; // Discover, UnionPay, RuPay; Maestro
            case 8 -> (two == 81 || two == 82) && digits >= 16; // UnionPay, RuPay
            case 9 -> prefix == 9792 && digits == 16; // Troy
            default -> false;
        };
    }

    /** Whether the letters and digits around make a hash in hex: one of the usual lengths, with a letter in it. */
    private static boolean isInHash(byte[] text, int from, int to, int start, int end) {
        int first = start;
        while (first > from && start - first <= MOST_HASH_DIGITS && Ascii.isAlphanumeric(text[first - 1])) {
            first--;
        }
        int last = end;
        while (last < to && last - end <= MOST_HASH_DIGITS && Ascii.isAlphanumeric(text[last])) {
            last++;
        }
        int length = last - first;
        boolean usual = length == 32
                || length == 40
                || length == 48
                || length == 56
                || length == 64
                || length == 96
                || length == MOST_HASH_DIGITS;
        return usual && isHexWithLetter(text, first, last);
    }

    private static boolean isHexWithLetter(byte[] text, int from, int to) {
        boolean letter = false;
        for (int i = from; i < to; i++) {
            if (!Ascii.isHex(text[i])) {
                return false;
            }
            letter |= !Ascii.isDigit(text[i]);
        }
        return letter;
    }

    private static boolean isInUuid(byte[] text, int from, int to, int start, int end) {
        int first = start;
        while (first > from && start - first <= UUID_BYTES && isUuidByte(text[first - 1])) {
            first--;
        }
        int last = end;
        while (last < to && last - end <= UUID_BYTES && isUuidByte(text[last])) {
            last++;
        }
        return last - first == UUID_BYTES
                && text[first + 8] == '-'
                && text[first + 13] == '-'
                && text[first + 18] == '-'
                && text[first + 23] == '-';
    }

    private static boolean isUuidByte(byte c) {
        return Ascii.isHex(c) || c == '-';
    }
}
