package dev.sallyport.core.masking;

import java.util.List;

/**
 * Telephone numbers. Three forms are told from other numbers:
 *
 * <ul>
 *   <li>international (ITU-T E.164): {@code +}, or {@code 00} and a separator before the area's digits, then 8 to 15
 *       digits with separators or without;
 *   <li>with a trunk zero, as in most of Europe: 9 to 12 digits starting with one zero, at least one separator, groups
 *       of two digits or more, and not the form of a date;
 *   <li>North American: three, three and four digits, the first three possibly in parentheses, a {@code 1} possibly
 *       before them.
 * </ul>
 *
 * <p>Digits without any separator and without {@code +} are never one: they are plain numbers.
 */
final class PhoneScanner implements Scanner {
    private static final int LEAST_DIGITS = 8;
    private static final int MOST_DIGITS = 15;
    private static final int LEAST_TRUNK_DIGITS = 9;
    private static final int MOST_TRUNK_DIGITS = 12;

    @Override
    public List<Need> needs() {
        return List.of(new Need(0, LEAST_DIGITS, LEAST_DIGITS));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            byte c = text[at];
            if (c == '+') {
                report(found, at, international(text, from, at, at + 1, to));
                at++;
            } else if (c == '(') {
                report(found, at, trunk(text, from, at, to));
                report(found, at, northAmerican(text, at, to));
                at++;
            } else if (Ascii.isDigit(c)) {
                if (!continuesNumber(text, from, at)) {
                    report(found, at, zeroes(text, from, at, to));
                    report(found, at, trunk(text, from, at, to));
                    report(found, at, northAmerican(text, at, to));
                }
                at = Ascii.endOfDigits(text, at, to);
            } else {
                at++;
            }
        }
    }

    private static void report(Findings found, int start, int end) {
        if (end > 0) {
            found.add(start, end);
        }
    }

    /** Whether what stands before ties the number to another: a digit and a mark, or the point of a decimal. */
    private static boolean continuesNumber(byte[] text, int from, int at) {
        if (at == from) {
            return false;
        }
        byte before = text[at - 1];
        return (before == '-' || before == '.' || before == '/' || before == ':')
                && Ascii.isDigitAt(text, at - 2, from, at);
    }

    private static int international(byte[] text, int from, int plus, int digits, int to) {
        if (plus > from && Ascii.isAlphanumeric(text[plus - 1])) {
            return 0;
        }
        int first = digits < to && text[digits] == '(' ? digits + 1 : digits;
        if (!Ascii.isDigitAt(text, first, digits, to) || text[first] == '0') {
            return 0;
        }
        Groups groups = new Groups(text, first, to, MOST_DIGITS);
        return groups.digits >= LEAST_DIGITS ? groups.end : 0;
    }

    /** {@code 00} for the plus, which needs a separator behind the country's one to three digits. */
    private static int zeroes(byte[] text, int from, int at, int to) {
        int run = Ascii.endOfDigits(text, at, to) - at;
        boolean form = run >= 3 && run <= 5 && text[at] == '0' && text[at + 1] == '0';
        return form ? international(text, from, at, at + 2, to) : 0;
    }

    private static int trunk(byte[] text, int from, int start, int to) {
        int first = text[start] == '(' ? start + 1 : start;
        if (!Ascii.isDigitAt(text, first, from, to)
                || text[first] != '0'
                || !Ascii.isDigitAt(text, first + 1, from, to)
                || text[first + 1] == '0') {
            return 0;
        }
        Groups groups = new Groups(text, first, to, MOST_TRUNK_DIGITS);
        boolean form = groups.digits >= LEAST_TRUNK_DIGITS && groups.count > 1 && groups.shortest >= 2;
        return form && !groups.isDate && !isTied(text, groups.end, to) ? groups.end : 0;
    }

    private static int northAmerican(byte[] text, int start, int to) {
        int at = start;
        if (text[at] == '1' && at + 1 < to && isSeparator(text[at + 1])) {
            at += 2;
        }
        boolean parentheses = at < to && text[at] == '(';
        int area = parentheses ? at + 1 : at;
        if (Ascii.endOfDigits(text, area, Math.min(to, area + 4)) != area + 3) {
            return 0;
        }
        at = area + 3;
        byte separator = at < to ? text[at] : 0;
        if (parentheses) {
            if (separator != ')') {
                return 0;
            }
            at += at + 1 < to && isSeparator(text[at + 1]) ? 2 : 1;
        } else {
            if (!isSeparator(separator) || (separator == ' ' && text[area] < '2')) {
                return 0;
            }
            at++;
        }
        return endOfSevenDigits(text, at, to);
    }

    private static int endOfSevenDigits(byte[] text, int at, int to) {
        if (Ascii.endOfDigits(text, at, to) != at + 3 || at + 3 >= to || !isSeparator(text[at + 3])) {
            return 0;
        }
        int end = at + 8;
        return Ascii.endOfDigits(text, at + 4, to) == end && !isTied(text, end, to) ? end : 0;
    }

    private static boolean isSeparator(byte c) {
        return c == '-' || c == '.' || c == ' ';
    }

    /** Whether a mark ties more digits to the number, so that it is part of something longer. */
    private static boolean isTied(byte[] text, int end, int to) {
        return end < to
                && (text[end] == '-' || text[end] == '.' || text[end] == '/' || text[end] == ':')
                && Ascii.isDigitAt(text, end + 1, end, to);
    }

    /** Digits in groups with up to two separators between, as many as stay within a number of digits. */
    private static final class Groups {
        private final int end;
        private final int digits;
        private final int count;
        private final int shortest;
        private final boolean isDate;

        Groups(byte[] text, int first, int to, int mostDigits) {
            int at = first;
            int reached = first;
            int sum = 0;
            int groups = 0;
            int least = Integer.MAX_VALUE;
            int lengths = 0;
            while (Ascii.isDigitAt(text, at, first, to)) {
                int groupEnd = Ascii.endOfDigits(text, at, Math.min(to, at + mostDigits + 1));
                if (sum + groupEnd - at > mostDigits) {
                    break;
                }
                // The "(0)" between country and area is not dialled and says nothing of the form.
                boolean trunk = at > first && groupEnd - at == 1 && text[at] == '0' && text[at - 1] == '(';
                if (!trunk) {
                    least = Math.min(least, groupEnd - at);
                }
                lengths = groups < 3 ? lengths * 16 + groupEnd - at : lengths;
                sum += groupEnd - at;
                groups++;
                reached = groupEnd;
                at = afterSeparators(text, groupEnd, to);
            }
            end = reached;
            digits = sum;
            count = groups;
            shortest = least;
            isDate = lengths == 0x224 || (lengths == 0x222 && sum < LEAST_TRUNK_DIGITS);
        }

        private static int afterSeparators(byte[] text, int at, int to) {
            int after = at;
            while (after < to && after - at < 3 && (isSeparator(text[after]) || isBracketOrSlash(text[after]))) {
                after++;
            }
            return after;
        }

        private static boolean isBracketOrSlash(byte c) {
            return c == '(' || c == ')' || c == '/';
        }
    }
}
