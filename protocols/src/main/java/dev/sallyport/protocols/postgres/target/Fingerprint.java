package dev.sallyport.protocols.postgres.target;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether two readings of the catalogue saw the same, whatever the order of the rows, which most of the queries
 * leave open: the sum of the rows' SHA-256 digests.
 */
final class Fingerprint {
    private Fingerprint() {}

    static String of(List<List<List<@Nullable String>>> results) {
        MessageDigest digest = sha256();
        BigInteger sum = BigInteger.ZERO;
        for (int statement = 0; statement < results.size(); statement++) {
            for (List<@Nullable String> row : results.get(statement)) {
                update(digest, statement);
                for (String value : row) {
                    byte[] utf8 = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
                    update(digest, value == null ? -1 : utf8.length);
                    digest.update(utf8);
                }
                sum = sum.add(new BigInteger(1, digest.digest()));
            }
        }
        return results.size() + ":" + sum.toString(Character.MAX_RADIX);
    }

    private static void update(MessageDigest digest, int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
