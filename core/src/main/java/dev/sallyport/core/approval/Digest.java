package dev.sallyport.core.approval;

/**
 * What an approval is bound to, as SHA-256 in lower-case hex.
 *
 * @param hex 64 digits
 */
public record Digest(String hex) {
    public Digest {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("digest: '" + hex + "' (expected: 64 lower-case hexadecimal digits)");
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
