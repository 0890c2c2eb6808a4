package dev.sallyport.core.audit.proof;

import java.util.List;

/** The hashes of a proof, copied and checked. */
final class Hashes {
    /** No tree that counts its leaves in 63 bits needs a longer proof. */
    static final int MOST = 128;

    private Hashes() {}

    static List<byte[]> copy(List<byte[]> hashes) {
        if (hashes.size() > MOST) {
            throw new IllegalArgumentException("proof: " + hashes.size() + " hashes (expected: at most " + MOST + ")");
        }
        for (byte[] hash : hashes) {
            if (hash.length != MerkleTree.HASH_BYTES) {
                throw new IllegalArgumentException(
                        "proof: a hash of " + hash.length + " bytes (expected: " + MerkleTree.HASH_BYTES + ")");
            }
        }
        return hashes.stream().map(byte[]::clone).toList();
    }
}
