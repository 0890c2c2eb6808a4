package dev.sallyport.core.audit.proof;

import java.util.Arrays;
import java.util.List;

/**
 * That a tree's first leaves are those of an older one (RFC 9162, section 2.1.4).
 *
 * @param older how many leaves the older tree has
 * @param newer how many the newer one has
 * @param hashes the roots of subtrees from which both roots can be made
 */
public record ConsistencyProof(long older, long newer, List<byte[]> hashes) {
    public ConsistencyProof {
        if (older < 0 || older > newer) {
            throw new IllegalArgumentException("proof: from " + older + " to " + newer + " records");
        }
        hashes = Hashes.copy(hashes);
    }

    /** Whether it leads to both roots, by the steps of RFC 9162, section 2.1.4.2. */
    public boolean leads(byte[] olderRoot, byte[] newerRoot) {
        if (older == newer) {
            return hashes.isEmpty() && Arrays.equals(olderRoot, newerRoot);
        }
        if (older == 0) {
            return hashes.isEmpty() && Arrays.equals(olderRoot, new MerkleTree().root());
        }
        boolean perfect = Long.bitCount(older) == 1;
        if (hashes.isEmpty()) {
            return false;
        }
        int trailing = Long.numberOfTrailingZeros(older);
        long fn = (older - 1) >>> trailing;
        long sn = (newer - 1) >>> trailing;
        byte[] was = perfect ? olderRoot : hashes.getFirst();
        byte[] is = was;
        for (byte[] beside : perfect ? hashes : hashes.subList(1, hashes.size())) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                was = MerkleTree.node(beside, was);
                is = MerkleTree.node(beside, is);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>>= 1;
                    sn >>>= 1;
                }
            } else {
                is = MerkleTree.node(is, beside);
            }
            fn >>>= 1;
            sn >>>= 1;
        }
        return sn == 0 && Arrays.equals(was, olderRoot) && Arrays.equals(is, newerRoot);
    }
}
