package dev.sallyport.core.target;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/**
 * A password, token or key. It prints as {@code [redacted]} and is wiped on {@link #close()}; its bytes are lent, never
 * given away, so that no copy outlives the call that needed one.
 */
public final class Secret implements AutoCloseable {
    private final byte[] utf8;
    private volatile boolean wiped;

    private Secret(byte[] utf8) {
        this.utf8 = utf8;
    }

    /** Copies {@code utf8}; the caller wipes its own array. */
    public static Secret ofUtf8(byte[] utf8) {
        return new Secret(utf8.clone());
    }

    public static Secret of(CharSequence text) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return new Secret(bytes);
    }

    /**
     * Lends the UTF-8 bytes to {@code use}, which must neither keep nor change them.
     *
     * @throws IllegalStateException when the secret was closed
     */
    public <T> T lend(Function<byte[], T> use) {
        if (wiped) {
            throw new IllegalStateException("secret: closed");
        }
        return use.apply(utf8);
    }

    public int length() {
        return utf8.length;
    }

    @Override
    public void close() {
        wiped = true;
        Arrays.fill(utf8, (byte) 0);
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(utf8, secret.utf8);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "[redacted]";
    }
}
