package dev.sallyport.core.audit.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes a proof from leaf hashes as they stream by: of the tree it holds no more than the edges of the few subtrees that
 * the proof names. It may begin in the middle of the log, with the tree's edge there, if all that is asked about lies
 * behind: whatever subtree a proof needs of the part before is then one of the edge's, or made of some of them.
 */
public final class ProofBuilder {
    private final List<Subtree> inOrder;
    private final List<Subtree> byPlace;
    private final long size;
    private long next;
    private int current;

    private ProofBuilder(List<Range> ranges, long size, MerkleTree before) {
        this.inOrder = ranges.stream().map(range -> new Subtree(range, before)).toList();
        this.byPlace = inOrder.stream()
                .sorted(Comparator.comparingLong(subtree -> subtree.range.begin))
                .toList();
        this.size = size;
        this.next = before.size();
    }

    /**
     * For an inclusion proof.
     *
     * @param before the tree over the leaves that will not be given; at most {@code index} of them
     */
    public static ProofBuilder inclusion(long index, long size, MerkleTree before) {
        if (index < 0 || index >= size || before.size() > index) {
            throw new IllegalArgumentException(
                    "proof of record " + index + " of " + size + ", from " + before.size() + " on");
        }
        List<Range> ranges = new ArrayList<>();
        path(index, 0, size, ranges);
        return new ProofBuilder(ranges, size, before);
    }

    /**
     * For a consistency proof.
     *
     * @param before the tree over the leaves that will not be given; at most {@code older} of them
     */
    public static ProofBuilder consistency(long older, long newer, MerkleTree before) {
        if (older < 0 || older > newer || before.size() > older) {
            throw new IllegalArgumentException(
                    "proof from " + older + " to " + newer + " records, from " + before.size() + " on");
        }
        List<Range> ranges = new ArrayList<>();
        if (older > 0) {
            subproof(older, 0, newer, true, ranges);
        }
        return new ProofBuilder(ranges, newer, before);
    }

    /** Which leaf has to be given next; {@link #isComplete} once it is the tree's size. */
    public long next() {
        return next;
    }

    /** Whether all leaves were given. */
    public boolean isComplete() {
        return next >= size;
    }

    /** Gives the next leaf's hash. */
    public void add(byte[] leafHash) {
        while (current < byPlace.size() && byPlace.get(current).range.end <= next) {
            current++;
        }
        if (current < byPlace.size() && byPlace.get(current).range.begin <= next) {
            byPlace.get(current).tree.addHash(leafHash);
        }
        next++;
    }

    /** The proof's hashes in the RFC's order. */
    public List<byte[]> hashes() {
        if (!isComplete()) {
            throw new IllegalStateException("proof: given " + next + " of " + size + " leaves");
        }
        return inOrder.stream().map(subtree -> subtree.tree.root()).toList();
    }

    /** PATH of RFC 9162, section 2.1.3.1. */
    private static void path(long index, long begin, long end, List<Range> ranges) {
        if (end - begin == 1) {
            return;
        }
        long split = begin + Long.highestOneBit(end - begin - 1);
        if (index < split) {
            path(index, begin, split, ranges);
            ranges.add(new Range(split, end));
        } else {
            path(index, split, end, ranges);
            ranges.add(new Range(begin, split));
        }
    }

    /** SUBPROOF of RFC 9162, section 2.1.4.1; {@code known} says that the older root is what was asked for. */
    private static void subproof(long older, long begin, long end, boolean known, List<Range> ranges) {
        if (older == end) {
            if (!known) {
                ranges.add(new Range(begin, end));
            }
            return;
        }
        long split = begin + Long.highestOneBit(end - begin - 1);
        if (older <= split) {
            subproof(older, begin, split, known, ranges);
            ranges.add(new Range(split, end));
        } else {
            subproof(older, split, end, false, ranges);
            ranges.add(new Range(begin, split));
        }
    }

    private record Range(long begin, long end) {}

    /** A subtree whose root is needed, as far as it is known. */
    private static final class Subtree {
        private final Range range;
        private final MerkleTree tree;

        Subtree(Range range, MerkleTree before) {
            this.range = range;
            this.tree = known(range, before);
        }

        /** What the edge of the tree before holds of the range. */
        private static MerkleTree known(Range range, MerkleTree before) {
            long size = Math.clamp(before.size() - range.begin, 0, range.end - range.begin);
            List<byte[]> edge = new ArrayList<>();
            long begin = 0;
            for (byte[] node : before.edge()) {
                long end = begin + Long.highestOneBit(before.size() - begin);
                if (begin >= range.begin && end <= range.end) {
                    edge.add(node);
                }
                begin = end;
            }
            return new MerkleTree(size, edge);
        }
    }
}
