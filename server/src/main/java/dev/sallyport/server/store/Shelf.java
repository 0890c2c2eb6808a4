package dev.sallyport.server.store;

import java.util.BitSet;
import java.util.Optional;

/**
 * Some of a block's terms with their postings, in one value of the store: most terms are rare, and a row for each would
 * be most of what the store holds. A block has 2^bits shelves, and a term's first bits say on which it is.
 */
final class Shelf {
    /** About how many terms are on one. */
    private static final int TERMS = 32;

    private static final int MOST_BITS = 16;

    private final Packed out = new Packed(1024);
    private long before;

    /** How many bits say on which shelf a term is, where there are so many terms. */
    static int bits(int terms) {
        int shelves = Math.max(1, terms / TERMS);
        return Math.min(MOST_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(shelves - 1));
    }

    static int of(long term, int bits) {
        return (int) (term >>> (Terms.BITS - bits));
    }

    /** Terms come in ascending order. */
    void add(long term, byte[] postings) {
        out.number(term - before).number(postings.length).bytes(postings);
        before = term;
    }

    byte[] take() {
        return out.take();
    }

    /** What is done with each term. */
    interface Visitor {
        void visit(long term, BitSet positions);
    }

    static void forEach(byte[] shelf, int count, Visitor visitor) {
        Packed.Reader in = new Packed.Reader(shelf);
        long term = 0;
        while (!in.isAtEnd()) {
            term += in.number();
            visitor.visit(term, Postings.decode(in.bytes(in.number(Integer.MAX_VALUE)), count));
        }
    }

    static Optional<BitSet> find(byte[] shelf, long wanted, int count) {
        Packed.Reader in = new Packed.Reader(shelf);
        long term = 0;
        while (!in.isAtEnd()) {
            term += in.number();
            int length = in.number(Integer.MAX_VALUE);
            if (term == wanted) {
                return Optional.of(Postings.decode(in.bytes(length), count));
            }
            if (term > wanted) {
                return Optional.empty();
            }
            in.skip(length);
        }
        return Optional.empty();
    }
}
