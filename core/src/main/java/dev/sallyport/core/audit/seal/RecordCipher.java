package dev.sallyport.core.audit.seal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts one record under its own key, so that the ciphertext commits to that key: nobody can find a second key under
 * which it reads as something else, so one record can be shown, with its key, to somebody who must not see the rest.
 *
 * <p>It is AES-256-GCM with a nonce of zeros (a key encrypts one record only), but for the tag, which GCM makes without
 * committing to the key. In its place stands SHA-256 over a label, the key, GCM's tag and the associated data, as in CTX
 * (Chan and Rogaway, "On Committing Authenticated-Encryption", ESORICS 2022). Whoever opens a record decrypts it in
 * counter mode, computes GCM's tag over what comes out, and compares. Not safe for use by several threads.
 */
public final class RecordCipher {
    /** How much longer than its plain text a sealed one is. */
    public static final int TAG_BYTES = 32;

    private static final int GCM_TAG_BYTES = 16;
    private static final byte[] LABEL = "sallyport tag".getBytes(StandardCharsets.US_ASCII);
    private static final GCMParameterSpec ZERO_NONCE = new GCMParameterSpec(GCM_TAG_BYTES * 8, new byte[12]);
    /** GCM counts from 2 on for the text (NIST SP 800-38D, section 7.1). */
    private static final IvParameterSpec FIRST_COUNTER =
            new IvParameterSpec(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});

    private final Cipher gcm;
    private final Cipher counter;
    private final MessageDigest sha256 = Sha256.digest();

    public RecordCipher() {
        try {
            this.gcm = Cipher.getInstance("AES/GCM/NoPadding");
            this.counter = Cipher.getInstance("AES/CTR/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has AES", missing);
        }
    }

    /**
     * Says what is associated with a record, once it is decrypted.
     *
     * @param <X> thrown where that cannot be had
     */
    @FunctionalInterface
    public interface Associated<X extends Exception> {
        /** @param unproved the plain text, of which nothing is known yet; it may be anything */
        Part with(byte[] unproved) throws X;
    }

    /** A part of an array. */
    @SuppressWarnings("ArrayRecordComponent") // a view of somebody's array, compared by nobody
    public record Part(byte[] bytes, int offset, int length) {}

    /**
     * Writes the sealed form of {@code plain}, {@link #TAG_BYTES} longer, to {@code out} from {@code at} on.
     *
     * @param key the record's own
     * @param associated what is not secret but must not be changed
     */
    public void seal(byte[] key, Part associated, Part plain, byte[] out, int at) {
        try {
            gcm.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), ZERO_NONCE);
            gcm.updateAAD(associated.bytes(), associated.offset(), associated.length());
            gcm.doFinal(plain.bytes(), plain.offset(), plain.length(), out, at);
            int tag = at + plain.length();
            byte[] committing = tag(key, out, tag, associated);
            System.arraycopy(committing, 0, out, tag, TAG_BYTES);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM", impossible);
        }
    }

    /**
     * Opens what {@link #seal} made. What is associated with it may depend on what it holds.
     *
     * @throws IllegalArgumentException where the key is another record's, or something was changed
     */
    public <X extends Exception> byte[] open(byte[] key, Part sealed, Associated<X> with) throws X {
        if (sealed.length() < TAG_BYTES) {
            throw new IllegalArgumentException("sealed record: cut short");
        }
        int length = sealed.length() - TAG_BYTES;
        try {
            SecretKeySpec aes = new SecretKeySpec(key, "AES");
            counter.init(Cipher.DECRYPT_MODE, aes, FIRST_COUNTER);
            byte[] plain = counter.doFinal(sealed.bytes(), sealed.offset(), length);
            Part associated = with.with(plain);
            gcm.init(Cipher.ENCRYPT_MODE, aes, ZERO_NONCE);
            gcm.updateAAD(associated.bytes(), associated.offset(), associated.length());
            byte[] again = gcm.doFinal(plain);
            int tag = sealed.offset() + length;
            byte[] stored = Arrays.copyOfRange(sealed.bytes(), tag, tag + TAG_BYTES);
            if (!MessageDigest.isEqual(stored, tag(key, again, length, associated))) {
                throw new IllegalArgumentException("sealed record: its key is another one, or it was changed");
            }
            return plain;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalArgumentException("sealed record: its key is none", impossible);
        }
    }

    private byte[] tag(byte[] key, byte[] gcmTag, int at, Part associated) {
        sha256.update(LABEL);
        sha256.update(key);
        sha256.update(gcmTag, at, GCM_TAG_BYTES);
        sha256.update(associated.bytes(), associated.offset(), associated.length());
        return sha256.digest();
    }
}
