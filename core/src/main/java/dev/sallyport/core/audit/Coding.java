package dev.sallyport.core.audit;

/** How a record's payload is to be read: two bits beside its type. */
final class Coding {
    /** Nothing else. */
    static final int PLAIN = 0;

    /** Encrypted under its session's key. */
    static final int SEALED = 1;

    /** What is encrypted is a zstd frame (RFC 8878). */
    static final int COMPRESSED = 2;

    private Coding() {}

    /** @throws IllegalArgumentException where it is none of these */
    static void requireKnown(int coding) {
        if (coding != PLAIN && coding != SEALED && coding != (SEALED | COMPRESSED)) {
            throw new IllegalArgumentException(
                    "record coding: " + coding + " (expected: 0, 1 or 3); this log was written by a newer version");
        }
    }
}
