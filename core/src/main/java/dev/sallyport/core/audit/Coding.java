package dev.sallyport.core.audit;

/** How a record's payload is to be read: bits of its first byte. */
final class Coding {
    /** Nothing else. */
    static final byte PLAIN = 0;

    /** Encrypted under its session's key. */
    static final byte SEALED = 1;

    /** What is encrypted is a zstd frame (RFC 8878). */
    static final byte COMPRESSED = 2;

    private Coding() {}

    /** @throws IllegalArgumentException where it is none of these */
    static void requireKnown(byte coding) {
        if (coding != PLAIN && coding != SEALED && coding != (SEALED | COMPRESSED)) {
            throw new IllegalArgumentException("record coding: " + Byte.toUnsignedInt(coding)
                    + " (expected: 0, 1 or 3); this log was written by a newer version");
        }
    }
}
