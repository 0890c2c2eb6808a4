package dev.sallyport.server.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;

/**
 * Hashes what can be searched by: HMAC-SHA-256 over the facet and the text, of which {@link #BITS} bits are kept. So few
 * keep the index small; that two of the some hundred thousand terms of a block meet happens once in 10,000 blocks, and
 * then shows one command too many. Not safe for use by several threads.
 */
final class Terms {
    /** One less than six bytes, so that a term and a position of 16 bits are a positive long together. */
    static final int BITS = 47;

    private static final int REMEMBERED = 50_000;
    private static final int REMEMBERED_LENGTH = 64;

    private final Mac mac;
    private final Map<String, Long> remembered = new HashMap<>();

    Terms(SearchKey key) {
        this.mac = key.mac();
    }

    /** The same for the same key, always; tells nothing of it. */
    long check() {
        return hash("key");
    }

    long of(Facet facet, String text) {
        // No name of a facet has a NUL in it, so no two pairs make the same text.
        String named = facet.name() + '\0' + text;
        if (text.length() > REMEMBERED_LENGTH) {
            return hash(named);
        }
        if (remembered.size() >= REMEMBERED) {
            remembered.clear();
        }
        return remembered.computeIfAbsent(named, this::hash);
    }

    private long hash(String text) {
        byte[] hash = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.wrap(hash).getLong() >>> (Long.SIZE - BITS);
    }
}
