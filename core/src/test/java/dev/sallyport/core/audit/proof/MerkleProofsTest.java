package dev.sallyport.core.audit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every proof of every small tree, beside the RFC's recursive definitions. */
class MerkleProofsTest {
    private static final int LARGEST = 21;

    private static byte[] leaf(int index) {
        return MerkleTree.leafHash(new byte[] {(byte) index, 7});
    }

    /** MTH of RFC 9162, section 2.1.1, over the leaves from {@code begin} to {@code end}. */
    private static byte[] root(int begin, int end) {
        int count = end - begin;
        if (count == 0) {
            return MerkleTree.newSha256().digest();
        }
        if (count == 1) {
            return leaf(begin);
        }
        int k = 1;
        while (2 * k < count) {
            k *= 2;
        }
        return MerkleTree.node(root(begin, begin + k), root(begin + k, end));
    }

    private static List<byte[]> path(int index, int begin, int end) {
        int count = end - begin;
        if (count == 1) {
            return List.of();
        }
        int k = 1;
        while (2 * k < count) {
            k *= 2;
        }
        List<byte[]> path;
        if (index < k) {
            path = new ArrayList<>(path(index, begin, begin + k));
            path.add(root(begin + k, end));
        } else {
            path = new ArrayList<>(path(index - k, begin + k, end));
            path.add(root(begin, begin + k));
        }
        return path;
    }

    private static List<byte[]> subproof(int older, int begin, int end, boolean known) {
        int count = end - begin;
        if (older == count) {
            return known ? List.of() : List.of(root(begin, end));
        }
        int k = 1;
        while (2 * k < count) {
            k *= 2;
        }
        List<byte[]> proof;
        if (older <= k) {
            proof = new ArrayList<>(subproof(older, begin, begin + k, known));
            proof.add(root(begin + k, end));
        } else {
            proof = new ArrayList<>(subproof(older - k, begin + k, end, false));
            proof.add(root(begin, begin + k));
        }
        return proof;
    }

    private static MerkleTree treeOf(int size) {
        MerkleTree tree = new MerkleTree();
        for (int leaf = 0; leaf < size; leaf++) {
            tree.addHash(leaf(leaf));
        }
        return tree;
    }

    private static List<byte[]> fed(ProofBuilder builder) {
        while (!builder.isComplete()) {
            builder.add(leaf((int) builder.next()));
        }
        return builder.hashes();
    }

    private static InclusionProof inclusion(int index, int size) {
        return new InclusionProof(index, size, path(index, 0, size));
    }

    private static ConsistencyProof consistency(int older, int newer) {
        return new ConsistencyProof(older, newer, older == 0 ? List.of() : subproof(older, 0, newer, true));
    }

    @Test
    void the_tree_has_the_root_of_the_recursive_definition() {
        for (int size = 0; size <= 2 * LARGEST; size++) {
            assertThat(treeOf(size).root()).isEqualTo(root(0, size));
        }
    }

    @Test
    void builds_the_inclusion_proof_of_every_leaf_from_wherever_it_begins() {
        for (int size = 1; size <= LARGEST; size++) {
            for (int index = 0; index < size; index++) {
                for (int from = 0; from <= index; from++) {
                    List<byte[]> built = fed(ProofBuilder.inclusion(index, size, treeOf(from)));
                    assertThat(built)
                            .as("leaf %d of %d from %d", index, size, from)
                            .usingElementComparator(Arrays::compare)
                            .containsExactlyElementsOf(path(index, 0, size));
                }
            }
        }
    }

    @Test
    void builds_the_consistency_proof_of_every_pair_from_wherever_it_begins() {
        for (int newer = 0; newer <= LARGEST; newer++) {
            for (int older = 0; older <= newer; older++) {
                for (int from = 0; from <= older; from++) {
                    List<byte[]> built = fed(ProofBuilder.consistency(older, newer, treeOf(from)));
                    assertThat(built)
                            .as("%d to %d from %d", older, newer, from)
                            .usingElementComparator(Arrays::compare)
                            .containsExactlyElementsOf(consistency(older, newer).hashes());
                }
            }
        }
    }

    @Test
    void accepts_every_true_inclusion_and_nothing_that_was_changed() {
        for (int size = 1; size <= LARGEST; size++) {
            byte[] root = root(0, size);
            for (int index = 0; index < size; index++) {
                InclusionProof proof = inclusion(index, size);
                assertThat(proof.leads(leaf(index), root)).isTrue();
                assertThat(proof.leads(leaf(index + 1), root)).isFalse();
                assertThat(proof.leads(leaf(index), root(0, size + 1))).isFalse();
                for (List<byte[]> changed : changes(proof.hashes())) {
                    assertThat(new InclusionProof(index, size, changed).leads(leaf(index), root))
                            .isFalse();
                }
                elsewhere(proof, index, size);
            }
        }
    }

    /**
     * The same hashes for another place, in the tree or in one of another size. A proof is checked with the size and the
     * root of one signed checkpoint: the size alone is no part of what is hashed.
     */
    private static void elsewhere(InclusionProof proof, int index, int size) {
        for (int otherSize = 1; otherSize <= LARGEST; otherSize++) {
            for (int other = 0; other < otherSize; other++) {
                boolean leads =
                        new InclusionProof(other, otherSize, proof.hashes()).leads(leaf(index), root(0, otherSize));
                assertThat(leads)
                        .as("proof of leaf %d of %d for leaf %d of %d", index, size, other, otherSize)
                        .isEqualTo(other == index && otherSize == size);
            }
        }
    }

    @Test
    void accepts_every_true_consistency_and_nothing_that_was_changed() {
        for (int newer = 0; newer <= LARGEST; newer++) {
            for (int older = 0; older <= newer; older++) {
                ConsistencyProof proof = consistency(older, newer);
                byte[] was = root(0, older);
                byte[] is = root(0, newer);
                assertThat(proof.leads(was, is)).as("%d to %d", older, newer).isTrue();
                assertThat(proof.leads(flipped(was, 3), is)).isFalse();
                if (older > 0) {
                    assertThat(proof.leads(was, flipped(is, 3))).isFalse();
                    assertThat(proof.leads(root(1, older + 1), is)).isFalse();
                }
                for (List<byte[]> changed : changes(proof.hashes())) {
                    assertThat(new ConsistencyProof(older, newer, changed).leads(was, is))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void a_consistency_proof_does_not_do_for_another_older_tree() {
        for (int newer = 1; newer <= LARGEST; newer++) {
            for (int older = 1; older <= newer; older++) {
                ConsistencyProof proof = consistency(older, newer);
                for (int other = 1; other <= newer; other++) {
                    if (other != older) {
                        assertThat(new ConsistencyProof(other, newer, proof.hashes())
                                        .leads(root(0, other), root(0, newer)))
                                .as("%d to %d for %d", older, newer, other)
                                .isFalse();
                    }
                }
            }
        }
    }

    /** Each hash with a bit flipped, each left out, one more at each place, and neighbours that changed places. */
    private static List<List<byte[]>> changes(List<byte[]> hashes) {
        List<List<byte[]>> changes = new ArrayList<>();
        for (int at = 0; at <= hashes.size(); at++) {
            List<byte[]> more = new ArrayList<>(hashes);
            more.add(at, leaf(99));
            changes.add(more);
            if (at < hashes.size()) {
                List<byte[]> less = new ArrayList<>(hashes);
                less.remove(at);
                changes.add(less);
                List<byte[]> other = new ArrayList<>(hashes);
                other.set(at, flipped(hashes.get(at), at));
                changes.add(other);
            }
            if (at + 1 < hashes.size()) {
                List<byte[]> moved = new ArrayList<>(hashes);
                moved.set(at, hashes.get(at + 1));
                moved.set(at + 1, hashes.get(at));
                changes.add(moved);
            }
        }
        return changes;
    }

    private static byte[] flipped(byte[] hash, int bit) {
        byte[] other = hash.clone();
        other[bit % other.length] ^= 1;
        return other;
    }

    @Test
    void refuses_places_and_hashes_that_cannot_be() {
        assertThatThrownBy(() -> new InclusionProof(3, 3, List.of())).hasMessageContaining("record 3 of 3");
        assertThatThrownBy(() -> new InclusionProof(-1, 3, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ConsistencyProof(4, 3, List.of())).hasMessageContaining("from 4 to 3");
        assertThatThrownBy(() -> new InclusionProof(0, 2, List.of(new byte[31])))
                .hasMessageContaining("31 bytes (expected: 32)");
        assertThatThrownBy(() -> ProofBuilder.inclusion(1, 4, treeOf(2))).hasMessageContaining("from 2 on");
        assertThatThrownBy(() -> ProofBuilder.consistency(1, 4, treeOf(0)).hashes())
                .hasMessageContaining("0 of 4");
    }
}
