package dev.sallyport.core.audit.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one session, 32 random bytes, from which the key of each of its records is derived: HKDF-Expand (RFC 5869)
 * with HMAC-SHA-256 over {@code "sallyport record"} and the record's ordinal. A record's key tells nothing of the
 * others. Not safe for use by several threads.
 */
public final class SessionKey {
    private static final int BYTES = 32;
    private static final byte[] LABEL = "sallyport record".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;
    private final Mac mac;

    private SessionKey(byte[] bytes) {
        this.bytes = bytes;
        try {
            this.mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has HmacSHA256", missing);
        }
    }

    /** A new one. */
    public static SessionKey random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new SessionKey(bytes);
    }

    /** One that {@link #wrap} gave away; {@code context} is what it was wrapped for. */
    public static SessionKey unwrap(KeyEncryptionKey by, byte[] wrapped, byte[] context) {
        byte[] bytes = by.unwrap(wrapped, context);
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("session key: " + bytes.length + " bytes (expected: " + BYTES + ")");
        }
        return new SessionKey(bytes);
    }

    public byte[] wrap(KeyEncryptionKey by, byte[] context) {
        return by.wrap(bytes, context);
    }

    /** The key of the record with this ordinal, 32 bytes. Who gets it can read that record and no other. */
    public byte[] recordKey(long ordinal) {
        mac.update(LABEL);
        mac.update(ByteBuffer.allocate(Long.BYTES + 1)
                .putLong(ordinal)
                .put((byte) 1)
                .array());
        return mac.doFinal();
    }

    /** Forgets it. */
    public void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "SessionKey[redacted]";
    }
}
