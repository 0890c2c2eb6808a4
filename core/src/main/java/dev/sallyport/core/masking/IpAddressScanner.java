package dev.sallyport.core.masking;

import java.util.List;

/**
 * IPv4 addresses as four decimal numbers up to 255, and IPv6 addresses in each form of RFC 4291, 2.2. What follows a
 * {@code v} is a version; what is part of a longer chain of numbers is none. An IPv6 address has to have a digit, three
 * groups or a group of four, so that {@code a::b} and {@code ::} are left alone.
 */
final class IpAddressScanner implements Scanner {
    private static final int LEAST_V4_BYTES = 7;
    private static final int LEAST_V6_BYTES = 3;
    private static final int MOST_BYTES = 45;

    @Override
    public List<Need> needs() {
        return List.of(new Need(Traits.DOT, 4, LEAST_V4_BYTES), new Need(Traits.COLON, 0, LEAST_V6_BYTES));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        int at = from;
        while (at < to) {
            if (!isAddressByte(text[at])) {
                at++;
                continue;
            }
            int end = at;
            int colons = 0;
            int dots = 0;
            while (end < to && isAddressByte(text[end])) {
                colons += text[end] == ':' ? 1 : 0;
                dots += text[end] == '.' ? 1 : 0;
                end++;
            }
            if (dots >= 3) {
                scanV4(text, from, at, end, to, found);
            }
            if (colons >= 2) {
                scanV6(text, from, at, end, to, found);
            }
            at = end;
        }
    }

    private static boolean isAddressByte(byte c) {
        return Ascii.isHex(c) || c == ':' || c == '.';
    }

    private static void scanV4(byte[] text, int from, int start, int end, int to, Findings found) {
        int at = start;
        while (at < end) {
            if (!Ascii.isDigit(text[at])) {
                at++;
                continue;
            }
            int addressEnd = startsV4(text, from, at) ? endOfV4(text, at, end) : 0;
            if (addressEnd > 0 && endsV4(text, addressEnd, to)) {
                found.add(at, addressEnd);
            }
            at = Ascii.endOfDigits(text, at, end);
        }
    }

    private static boolean startsV4(byte[] text, int from, int at) {
        if (at == from) {
            return true;
        }
        byte before = text[at - 1];
        return before == '.' ? !Ascii.isDigitAt(text, at - 2, from, at) : (before | 0x20) != 'v';
    }

    private static boolean endsV4(byte[] text, int end, int to) {
        return end == to
                || (!Ascii.isDigit(text[end]) && !(text[end] == '.' && Ascii.isDigitAt(text, end + 1, end, to)));
    }

    /** The end of four numbers up to 255 with dots between, or 0. */
    private static int endOfV4(byte[] text, int start, int to) {
        int at = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0) {
                if (at >= to || text[at] != '.') {
                    return 0;
                }
                at++;
            }
            int number = 0;
            int first = at;
            while (at < to && at - first < 4 && Ascii.isDigit(text[at])) {
                number = number * 10 + text[at] - '0';
                at++;
            }
            if (at == first || at - first > 3 || number > 255) {
                return 0;
            }
        }
        return at;
    }

    private static void scanV6(byte[] text, int from, int runStart, int runEnd, int to, Findings found) {
        int start = runStart;
        int end = runEnd;
        // A lone colon or a dot at either end belongs to the sentence.
        while (start + 1 < end && (text[start] == '.' || (text[start] == ':' && text[start + 1] != ':'))) {
            start++;
        }
        while (end > start + 1 && (text[end - 1] == '.' || (text[end - 1] == ':' && text[end - 2] != ':'))) {
            end--;
        }
        boolean begins = start == from || !Ascii.isAlphanumeric(text[start - 1]);
        boolean ends = end == to || !Ascii.isAlphanumeric(text[end]);
        if (begins && ends && end - start >= 2 && end - start <= MOST_BYTES && isV6(text, start, end)) {
            found.add(start, end);
        }
    }

    private static boolean isV6(byte[] text, int start, int end) {
        int groups = 0;
        boolean shortened = false;
        boolean telling = false;
        int at = start;
        while (at < end) {
            if (text[at] == ':') {
                // Only the shortening may stand where a group is expected.
                if (shortened || at + 1 >= end || text[at + 1] != ':') {
                    return false;
                }
                shortened = true;
                at += 2;
                continue;
            }
            int groupEnd = at;
            while (groupEnd < end && Ascii.isHex(text[groupEnd])) {
                telling |= Ascii.isDigit(text[groupEnd]);
                groupEnd++;
            }
            if (groupEnd < end && text[groupEnd] == '.') {
                int v4End = endOfV4(text, at, end);
                return v4End == end && (shortened ? groups <= 6 : groups == 6);
            }
            if (groupEnd == at || groupEnd - at > 4) {
                return false;
            }
            telling |= groupEnd - at == 4;
            groups++;
            at = groupEnd;
            if (at < end) {
                if (at + 1 == end) {
                    return false;
                }
                at += text[at + 1] == ':' ? 0 : 1;
            }
        }
        return (shortened ? groups <= 7 : groups == 8) && (telling || groups >= 3);
    }
}
