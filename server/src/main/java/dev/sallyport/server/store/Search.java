package dev.sallyport.server.store;

import dev.sallyport.server.store.Blocks.Head;
import dev.sallyport.server.store.SearchIndex.Hit;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One search: block by block, the newest first, what all terms have in common. */
final class Search {
    private final Blocks blocks;
    private final Set<Long> wanted;
    private final long since;
    private final long until;
    private final int limit;
    private final List<Hit> hits = new ArrayList<>();
    private boolean more;

    Search(Blocks blocks, Terms terms, Query query, int limit) {
        this.blocks = blocks;
        this.wanted = wanted(terms, query);
        this.since = query.since().map(EventTerms::micros).orElse(Long.MIN_VALUE);
        this.until = query.until().map(EventTerms::micros).orElse(Long.MAX_VALUE);
        this.limit = limit;
    }

    private static Set<Long> wanted(Terms terms, Query query) {
        Set<Long> wanted = new LinkedHashSet<>();
        for (Query.Criterion criterion : query.criteria()) {
            if (criterion.facet() == Facet.WORD) {
                Words.of(criterion.text()).forEach(word -> wanted.add(terms.of(Facet.WORD, word)));
            } else {
                wanted.add(terms.of(criterion.facet(), criterion.text()));
            }
        }
        return wanted;
    }

    void run() throws SQLException {
        for (Head head : blocks.between(since, until)) {
            BitSet matching = matching(head);
            if (!matching.isEmpty()) {
                collect(head, matching);
            }
            if (more) {
                return;
            }
        }
    }

    private BitSet matching(Head head) throws SQLException {
        BitSet matching = new BitSet();
        matching.set(0, head.entries());
        for (long term : wanted) {
            byte[] shelf = blocks.shelf(head, Shelf.of(term, head.bits()));
            matching.and(Shelf.find(shelf, term, head.entries()).orElseGet(BitSet::new));
            if (matching.isEmpty()) {
                break;
            }
        }
        return matching;
    }

    private void collect(Head head, BitSet matching) throws SQLException {
        Entries entries = blocks.entries(head);
        for (int i = matching.length() - 1; i >= 0; i = matching.previousSetBit(i - 1)) {
            if (entries.times()[i] >= since && entries.times()[i] < until) {
                if (hits.size() == limit) {
                    more = true;
                    return;
                }
                hits.add(new Hit(entries.records()[i], entries.opened()[i]));
            }
        }
    }

    List<Hit> hits() {
        return hits;
    }

    boolean isMore() {
        return more;
    }
}
