package dev.sallyport.core.masking;

import java.util.Arrays;
import java.util.List;

/**
 * International bank account numbers (ISO 13616): a country of the IBAN registry, two check digits, as many letters and
 * digits as that country has, in either case, in one piece or with single spaces or dashes between, and a right checksum
 * (modulo 97). A letter or digit next to it belongs to some other word, so there is none.
 */
final class IbanScanner implements Scanner {
    private static final int LEAST_LENGTH = 15;

    /** Each country of the registry with the length of its numbers. */
    private static final String COUNTRIES = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28"
            + " CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21"
            + " HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19"
            + " MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24"
            + " SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

    private static final byte[] LENGTHS = lengths();

    private static byte[] lengths() {
        byte[] lengths = new byte[26 * 26];
        Arrays.stream(COUNTRIES.split(" "))
                .forEach(country -> lengths[(country.charAt(0) - 'A') * 26 + country.charAt(1) - 'A'] =
                        Byte.parseByte(country.substring(2)));
        return lengths;
    }

    @Override
    public List<Need> needs() {
        return List.of(new Need(Traits.LETTER, 2, LEAST_LENGTH));
    }

    @Override
    public void scan(byte[] text, int from, int to, Findings found) {
        for (int at = from; at + LEAST_LENGTH <= to; at++) {
            if (Ascii.isLetter(text[at])
                    && Ascii.isLetter(text[at + 1])
                    && (at == from || !Ascii.isAlphanumeric(text[at - 1]))) {
                int end = end(text, at, to, LENGTHS[index(text[at]) * 26 + index(text[at + 1])]);
                if (end > 0) {
                    found.add(at, end);
                }
            }
        }
    }

    private static int index(byte letter) {
        return (letter & 0x1f) - 1;
    }

    /** The end of the number that starts at {@code start} and has {@code length} characters, or 0. */
    private static int end(byte[] text, int start, int to, int length) {
        if (length == 0 || !Ascii.isDigit(text[start + 2])) {
            return 0;
        }
        // The first four characters count last, so their remainder is taken apart and put behind.
        int head = 0;
        int tail = 0;
        int taken = 0;
        int at = start;
        while (taken < length) {
            if (at >= to) {
                return 0;
            }
            byte c = text[at++];
            if (Ascii.isAlphanumeric(c)) {
                if (taken < 4) {
                    head = append(head, c);
                } else {
                    tail = append(tail, c);
                }
                taken++;
            } else if ((c != ' ' && c != '-') || at >= to || !Ascii.isAlphanumeric(text[at])) {
                return 0;
            }
        }
        boolean ends = at == to || !Ascii.isAlphanumeric(text[at]);
        // Two letters and two digits make the number six digits longer: 10^6 modulo 97 is 27.
        return ends && Ascii.isDigit(text[start + 2]) && (tail * 27 + head) % 97 == 1 ? at : 0;
    }

    private static int append(int remainder, byte c) {
        return Ascii.isDigit(c) ? (remainder * 10 + c - '0') % 97 : (remainder * 100 + index(c) + 10) % 97;
    }
}
