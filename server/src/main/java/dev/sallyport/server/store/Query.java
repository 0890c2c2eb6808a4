package dev.sallyport.server.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is looked for. All that is given has to hold.
 *
 * @param since not before
 * @param until before
 * @param criteria what else
 */
public record Query(Optional<Instant> since, Optional<Instant> until, List<Criterion> criteria) {
    public Query {
        criteria = List.copyOf(criteria);
    }

    /**
     * One of them.
     *
     * @param text as the log has it; compared whole, and for words without regard to case
     */
    public record Criterion(Facet facet, String text) {
        public Criterion {
            if (facet == Facet.WORD && Words.of(text).isEmpty()) {
                throw new IllegalArgumentException("word: '" + text + "' (expected: letters or digits)");
            }
        }
    }
}
