package dev.sallyport.core.masking;

import dev.sallyport.core.target.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Puts masks on texts. Hashes are HMAC-SHA-256 (RFC 2104, FIPS 180-4) under one key, so that who does not hold it cannot
 * try candidates; as text they are cut to the first 64 bits in hex, which keeps a billion different values apart with
 * a chance of about one in forty. Safe to call from any thread.
 */
public final class Masker {
    /** What stands for a redacted text. */
    public static final String REDACTED = "[redacted]";

    static final int LEAST_KEY_BYTES = 16;
    private static final String ALGORITHM = "HmacSHA256";
    private static final int TEXT_HASH_BYTES = 8;

    private final Mac keyed;

    /**
     * Copies what it needs of {@code hashKey}.
     *
     * @throws IllegalArgumentException when the key has fewer than 16 bytes
     */
    public Masker(Secret hashKey) {
        if (hashKey.length() < LEAST_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "hash key: " + hashKey.length() + " bytes (expected: at least " + LEAST_KEY_BYTES + ")");
        }
        keyed = hashKey.lend(Masker::keyedWith);
    }

    private static Mac keyedWith(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /**
     * The text that stands in {@code value}'s place. For {@link Mask.Null} that is the empty text; a caller whose place
     * can be without a value leaves it so instead.
     */
    public String mask(Mask mask, String value) {
        return switch (mask) {
            case Mask.Redact() -> REDACTED;
            case Mask.Null() -> "";
            case Mask.KeepLast(int kept) -> keepLast(value, kept);
            case Mask.KeepFirst(int kept) -> keepFirst(value, kept);
            case Mask.Hash() -> hash(value);
        };
    }

    /** The keyed hash of {@code value} as 16 hexadecimal digits. */
    public String hash(String value) {
        byte[] hash = hash(value.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, TEXT_HASH_BYTES);
    }

    /** The keyed hash of {@code value}, all 32 bytes. */
    public byte[] hash(byte[] value) {
        try {
            // A Mac holds the state of one computation; its clone holds the key and no state yet.
            return ((Mac) keyed.clone()).doFinal(value);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's " + ALGORITHM + " can be cloned", e);
        }
    }

    private static String keepLast(String value, int kept) {
        int characters = value.codePointCount(0, value.length());
        if (characters <= 2L * kept) {
            return REDACTED;
        }
        int from = value.offsetByCodePoints(value.length(), -kept);
        return stars(characters - kept) + value.substring(from);
    }

    private static String keepFirst(String value, int kept) {
        int characters = value.codePointCount(0, value.length());
        if (characters <= 2L * kept) {
            return REDACTED;
        }
        return value.substring(0, value.offsetByCodePoints(0, kept)) + stars(characters - kept);
    }

    /** Whether {@link Mask.KeepLast} may have made the text. */
    static boolean isKeptLast(String text, int kept) {
        int characters = text.codePointCount(0, text.length());
        return characters > 2L * kept && isStars(text, 0, text.offsetByCodePoints(text.length(), -kept));
    }

    /** Whether {@link Mask.KeepFirst} may have made the text. */
    static boolean isKeptFirst(String text, int kept) {
        int characters = text.codePointCount(0, text.length());
        return characters > 2L * kept && isStars(text, text.offsetByCodePoints(0, kept), text.length());
    }

    /** Whether {@link #hash(String)} may have made the text. */
    static boolean isHash(String text) {
        return text.length() == 2 * TEXT_HASH_BYTES
                && text.chars().allMatch(digit -> (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
    }

    private static boolean isStars(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '*') {
                return false;
            }
        }
        return true;
    }

    private static String stars(int count) {
        char[] stars = new char[count];
        Arrays.fill(stars, '*');
        return new String(stars);
    }
}
