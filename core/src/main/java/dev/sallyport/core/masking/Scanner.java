package dev.sallyport.core.masking;

import java.util.List;

/**
 * Finds one kind of value in a UTF-8 text. All are written by hand so that their time grows with the length of the text
 * and with nothing else: from one start they look ahead a bounded distance, or skip what they have read. They report
 * every match, also where two overlap, and read bytes that are no UTF-8 without complaint.
 */
sealed interface Scanner
        permits ApiKeyScanner,
                CardScanner,
                EmailScanner,
                IbanScanner,
                IpAddressScanner,
                JwtScanner,
                PhoneScanner,
                PrivateKeyScanner,
                SsnScanner {
    /** What a text has to have before it can hold a match at all; one of them is enough. */
    List<Need> needs();

    /** Reports every match inside the range; nothing outside of it is part of a match or of its surroundings. */
    void scan(byte[] text, int from, int to, Findings found);

    /**
     * A condition on a text that is cheap to check.
     *
     * @param traits which of {@link Traits} it has to have, all of them
     * @param digits how many digits, at least
     * @param bytes how many bytes, at least
     */
    record Need(long traits, int digits, int bytes) {
        boolean isMet(long seen, int length) {
            return (seen & traits) == traits && Traits.digits(seen) >= digits && length >= bytes;
        }
    }

    static Scanner of(Detector detector) {
        return switch (detector) {
            case EMAIL -> new EmailScanner();
            case CREDIT_CARD -> new CardScanner();
            case SSN -> new SsnScanner();
            case PHONE -> new PhoneScanner();
            case IBAN -> new IbanScanner();
            case IP_ADDRESS -> new IpAddressScanner();
            case JWT -> new JwtScanner();
            case API_KEY -> new ApiKeyScanner();
            case PRIVATE_KEY -> new PrivateKeyScanner();
        };
    }
}
