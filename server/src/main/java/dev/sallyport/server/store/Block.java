package dev.sallyport.server.store;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Some entries of the index that follow one another in the log, with the terms that they can be found by: an inverted
 * index of its own, which is written once. See {@link Blocks} for how many small ones become one large one.
 *
 * @param entries what is in it
 * @param postings how many terms its entries have, all together
 * @param bits how many bits of a term say on which shelf it is
 * @param shelves the terms
 */
record Block(Entries entries, int postings, int bits, SortedMap<Integer, byte[]> shelves) {
    /** So many entries are in one at most: a position takes 16 bits. */
    static final int MOST_ENTRIES = 1 << 16;

    /** So many terms its entries have at most, all together. They are in memory while it is made, 8 bytes each. */
    static final int MOST_POSTINGS = 1 << 21;

    /** Puts one together. */
    static final class Builder {
        private long[] records = new long[16];
        private long[] times = new long[16];
        private long[] opened = new long[16];
        private int count;
        /** Each a term and, in its last 16 bits, a position. */
        private long[] postings = new long[256];

        private int postingCount;

        int count() {
            return count;
        }

        /** Whether there is room for one more entry of any size. */
        boolean isFull() {
            return count == MOST_ENTRIES || postingCount > MOST_POSTINGS - Entry.MOST_TERMS;
        }

        void add(Entry entry) {
            int position = add(entry.record(), entry.at(), entry.opened());
            for (long term : entry.terms()) {
                add(term, position);
            }
        }

        /** Adds those entries of another block, which come behind all that is here, that are to be kept. */
        void add(Block block, BitSet keep) {
            Entries entries = block.entries();
            int[] places = new int[entries.count()];
            for (int i = keep.nextSetBit(0); i >= 0; i = keep.nextSetBit(i + 1)) {
                places[i] = add(entries.records()[i], entries.times()[i], entries.opened()[i]);
            }
            block.shelves()
                    .values()
                    .forEach(shelf -> Shelf.forEach(shelf, entries.count(), (term, positions) -> {
                        positions.and(keep);
                        positions.stream().forEach(position -> add(term, places[position]));
                    }));
        }

        private int add(long record, long at, long openedBy) {
            if (count == records.length) {
                records = Arrays.copyOf(records, count * 2);
                times = Arrays.copyOf(times, count * 2);
                opened = Arrays.copyOf(opened, count * 2);
            }
            records[count] = record;
            times[count] = at;
            opened[count] = openedBy;
            return count++;
        }

        private void add(long term, int position) {
            if (postingCount == postings.length) {
                postings = Arrays.copyOf(postings, postingCount * 2);
            }
            postings[postingCount++] = term << 16 | position;
        }

        Block build() {
            Arrays.sort(postings, 0, postingCount);
            int terms = 0;
            for (int i = 0; i < postingCount; i++) {
                terms += i == 0 || postings[i] >>> 16 != postings[i - 1] >>> 16 ? 1 : 0;
            }
            int bits = Shelf.bits(terms);
            Entries entries = new Entries(
                    Arrays.copyOf(records, count), Arrays.copyOf(times, count), Arrays.copyOf(opened, count));
            return new Block(entries, postingCount, bits, shelves(bits));
        }

        private SortedMap<Integer, byte[]> shelves(int bits) {
            SortedMap<Integer, byte[]> shelves = new TreeMap<>();
            Shelf shelf = new Shelf();
            for (int start = 0, end; start < postingCount; start = end) {
                long term = postings[start] >>> 16;
                end = start;
                while (end < postingCount && postings[end] >>> 16 == term) {
                    end++;
                }
                shelf.add(term, Postings.encode(positions(start, end)));
                if (end == postingCount || Shelf.of(postings[end] >>> 16, bits) != Shelf.of(term, bits)) {
                    shelves.put(Shelf.of(term, bits), shelf.take());
                    shelf = new Shelf();
                }
            }
            return shelves;
        }

        private int[] positions(int start, int end) {
            int[] positions = new int[end - start];
            int distinct = 0;
            for (int i = start; i < end; i++) {
                int position = (int) (postings[i] & 0xffff);
                if (distinct == 0 || positions[distinct - 1] != position) {
                    positions[distinct++] = position;
                }
            }
            return Arrays.copyOf(positions, distinct);
        }
    }
}
