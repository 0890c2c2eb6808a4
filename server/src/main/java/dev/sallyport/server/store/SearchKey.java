package dev.sallyport.server.store;

import dev.sallyport.core.target.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What turns names and words into the hashes that the index has of them (HMAC-SHA-256, RFC 2104): without it nobody can
 * tell from the index who did what, nor try words out on it.
 */
public final class SearchKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "sallyport search index 1".getBytes(StandardCharsets.US_ASCII);

    private final Secret key;

    private SearchKey(Secret key) {
        this.key = key;
    }

    /** Derives it, so that {@code from} may serve other purposes too. */
    public static SearchKey derive(Secret from) {
        byte[] derived = from.lend(bytes -> mac(bytes).doFinal(PURPOSE));
        try {
            return new SearchKey(Secret.ofUtf8(derived));
        } finally {
            Arrays.fill(derived, (byte) 0);
        }
    }

    Mac mac() {
        return key.lend(SearchKey::mac);
    }

    private static Mac mac(byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes, ALGORITHM));
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, missing);
        }
    }
}
