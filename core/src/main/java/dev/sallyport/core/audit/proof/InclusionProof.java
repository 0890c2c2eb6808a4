package dev.sallyport.core.audit.proof;

import java.util.Arrays;
import java.util.List;

/**
 * That a leaf stands at its place in a tree (RFC 9162, section 2.1.3).
 *
 * @param index the leaf's place, from 0
 * @param size how many leaves the tree has
 * @param hashes the roots of the subtrees beside the way from the leaf to the root
 */
public record InclusionProof(long index, long size, List<byte[]> hashes) {
    public InclusionProof {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("proof: of record " + index + " of " + size);
        }
        hashes = Hashes.copy(hashes);
    }

    /** Whether it leads from the leaf to the root, by the steps of RFC 9162, section 2.1.3.2. */
    public boolean leads(byte[] leafHash, byte[] root) {
        long fn = index;
        long sn = size - 1;
        byte[] hash = leafHash;
        for (byte[] beside : hashes) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                hash = MerkleTree.node(beside, hash);
                // A last leaf without a right neighbour is carried up to where it has a left one.
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                hash = MerkleTree.node(hash, beside);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && Arrays.equals(hash, root);
    }
}
