package dev.sallyport.core.masking;

import java.util.Locale;

/** A kind of value that is recognised by its form wherever it stands. Policies use the labels. */
public enum Detector {
    EMAIL,
    CREDIT_CARD,
    SSN,
    PHONE,
    IBAN,
    IP_ADDRESS,
    JWT,
    API_KEY,
    PRIVATE_KEY;

    private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The name as policies write it, for example {@code credit-card}. */
    public String label() {
        return label;
    }
}
