package dev.sallyport.server.store;

import dev.sallyport.core.audit.LogFollower;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.store.Indexer.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Makes the index anew from the whole log. A gateway may be running: it finds the index empty and fills it too, and
 * whoever comes first with a part of it writes that.
 */
public final class Reindexing {
    private Reindexing() {}

    /**
     * Blocks until the index has all that the log has.
     *
     * @param told is told from time to time how many records are in it
     */
    public static SearchIndex.Progress run(Store store, LogPlace logPlace, SearchKey key, LongConsumer told)
            throws IOException, InterruptedException {
        try (SearchIndex index = SearchIndex.write(store, logPlace, key)) {
            index.clear();
            while (!fill(index, logPlace, told)) {
                // Somebody else has written meanwhile: on from there.
            }
            return index.progress();
        }
    }

    private static boolean fill(SearchIndex index, LogPlace logPlace, LongConsumer told)
            throws IOException, InterruptedException {
        try (Indexer indexer = Indexer.begin(index, logPlace, LogFollower.WHATEVER_IS_WRITTEN)) {
            while (true) {
                Turn turn = indexer.read(Duration.ZERO);
                switch (turn) {
                    case GOING -> told.accept(indexer.stored());
                    case AT_END -> {
                        return indexer.store() != Turn.STALE;
                    }
                    case STALE -> {
                        return false;
                    }
                }
            }
        }
    }
}
