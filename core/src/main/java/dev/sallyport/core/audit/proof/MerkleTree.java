package dev.sallyport.core.audit.proof;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The growing edge of a Merkle tree as RFC 9162, section 2.1 hashes it: the roots of the perfect subtrees that the
 * leaves so far make, the largest first, one for each bit that is set in the number of leaves. It is all that is needed
 * to add leaves and to know the root. Not safe for use by several threads.
 */
public final class MerkleTree {
    public static final int HASH_BYTES = 32;

    private final MessageDigest sha256 = newSha256();
    private final List<byte[]> edge;
    private long size;

    public MerkleTree() {
        this(0, List.of());
    }

    /** A tree as it was when it had {@code size} leaves. */
    public MerkleTree(long size, List<byte[]> edge) {
        if (size < 0 || Long.bitCount(size) != edge.size()) {
            throw new IllegalArgumentException(
                    "edge: " + edge.size() + " hashes (expected: " + Long.bitCount(size) + " for " + size + " leaves)");
        }
        this.size = size;
        this.edge = new ArrayList<>(edge);
    }

    public long size() {
        return size;
    }

    public List<byte[]> edge() {
        return List.copyOf(edge);
    }

    public MerkleTree copy() {
        return new MerkleTree(size, edge);
    }

    public void add(byte[] leaf, int length) {
        sha256.update((byte) 0);
        sha256.update(leaf, 0, length);
        addHash(sha256.digest());
    }

    /** Adds a leaf of which only the hash is at hand. */
    public void addHash(byte[] leafHash) {
        byte[] node = leafHash;
        // Each trailing one bit of the old size is a subtree as large as what is carried up.
        for (long rest = size; (rest & 1) == 1; rest >>>= 1) {
            node = parent(edge.removeLast(), node);
        }
        edge.add(node);
        size++;
    }

    public byte[] root() {
        if (size == 0) {
            return sha256.digest();
        }
        byte[] root = edge.getLast();
        for (int i = edge.size() - 2; i >= 0; i--) {
            root = parent(edge.get(i), root);
        }
        return root.clone();
    }

    private byte[] parent(byte[] left, byte[] right) {
        sha256.update((byte) 1);
        sha256.update(left);
        sha256.update(right);
        return sha256.digest();
    }

    /** What stands for a leaf in the tree. */
    public static byte[] leafHash(byte[] leaf) {
        MessageDigest sha256 = newSha256();
        sha256.update((byte) 0);
        return sha256.digest(leaf);
    }

    /** The hash over two subtrees. */
    static byte[] node(byte[] left, byte[] right) {
        MessageDigest sha256 = newSha256();
        sha256.update((byte) 1);
        sha256.update(left);
        return sha256.digest(right);
    }

    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
