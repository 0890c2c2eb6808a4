package dev.sallyport.server.store;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.store.Blocks.Head;
import dev.sallyport.server.store.Schema.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The search index of one log. Several processes may have it open at once: readers see it as it was when they asked, and
 * writers take turns. Whatever goes wrong is an {@link IOException}, and leaves the index as it was. Not safe for use by
 * several threads.
 */
public final class SearchIndex implements AutoCloseable {
    private final StoreConnection store;
    private final Terms terms;
    private final String log;

    private SearchIndex(StoreConnection store, Terms terms, String log) {
        this.store = store;
        this.terms = terms;
        this.log = log;
    }

    /**
     * How far the index has come.
     *
     * @param records how many of the log's records it knows: all before the record with this index
     * @param at the time of the last of them; empty where there is none
     */
    public record Progress(long records, Optional<Instant> at) {}

    /**
     * What was found.
     *
     * @param hits the newest first
     * @param more whether there are older ones that the limit left out
     * @param progress up to where the index could tell
     */
    public record Found(List<Hit> hits, boolean more, Progress progress) {
        public Found {
            hits = List.copyOf(hits);
        }
    }

    /**
     * One that was found.
     *
     * @param record the index of its record in the log
     * @param opened the index of a record that tells how its session was opened, -1 where none is known
     */
    public record Hit(long record, long opened) {}

    /**
     * Opens the index to be read.
     *
     * @param directory the log's directory
     * @throws IOException where there is none, or none of this log and with this key
     */
    public static SearchIndex read(Store store, LogPlace logPlace, SearchKey key) throws IOException {
        String log = LogSource.id(logPlace);
        SearchIndex index = open(engine(store, log), key, log, false);
        try {
            index.place();
            return index;
        } catch (IOException failed) {
            index.close();
            throw failed;
        }
    }

    /** Opens the index to be written; makes it anew where it is not one of this log and with this key. */
    public static SearchIndex write(Store store, LogPlace logPlace, SearchKey key) throws IOException {
        String log = LogSource.id(logPlace);
        Engine engine = engine(store, log);
        try {
            return usable(engine, key, log);
        } catch (StoreException failed) {
            if (!failed.isDamaged()) {
                throw failed;
            }
            engine.discard();
            return usable(engine, key, log);
        }
    }

    /** One that can be gone on with: what is there, or an empty one. */
    static SearchIndex usable(Engine engine, SearchKey key, String log) throws IOException {
        return ready(open(engine, key, log, true));
    }

    private static SearchIndex ready(SearchIndex index) throws IOException {
        try {
            index.store.change(connection -> {
                Optional<Place> place = Schema.place(index.store.engine(), connection, index.terms.check());
                if (!place.map(Place::log).equals(Optional.of(index.log))) {
                    index.remake(connection);
                }
            });
            return index;
        } catch (IOException failed) {
            index.close();
            throw failed;
        }
    }

    private static Engine engine(Store store, String log) {
        return switch (store) {
            case Store.Sqlite(Path file) -> new SqliteEngine(file);
            case Store.Postgres postgres -> new PostgresEngine(postgres, log);
        };
    }

    static SearchIndex open(Engine engine, SearchKey key, String log, boolean write) throws IOException {
        return new SearchIndex(StoreConnection.open(engine, write), new Terms(key), log);
    }

    /** How far it has come. */
    public Progress progress() throws IOException {
        return progress(place());
    }

    private static Progress progress(Place place) {
        return new Progress(
                place.next(),
                place.next() == 0 ? Optional.empty() : Optional.of(Instant.EPOCH.plus(place.at(), ChronoUnit.MICROS)));
    }

    Place place() throws IOException {
        return store.ask(this::current);
    }

    private Place current(Connection connection) throws SQLException, IOException {
        return Schema.place(store.engine(), connection, terms.check())
                .filter(place -> place.log().equals(log))
                .orElseThrow(() ->
                        new StoreException("the search index " + store.engine().place()
                                + " is not one of this log, or was made with another key or by another version"
                                + " (a running gateway makes it anew, and so does: sallyport audit reindex)"));
    }

    /** Looks for what matches, up to {@code limit} of it. */
    public Found find(Query query, int limit) throws IOException {
        return store.ask(connection -> {
            Progress progress = progress(current(connection));
            Search search = new Search(new Blocks(connection), terms, query, limit);
            search.run();
            return new Found(search.hits(), search.isMore(), progress);
        });
    }

    /** Makes the index forget all of a session, so that nothing of it can be found any more. */
    public void forget(String session) throws IOException {
        long term = terms.of(Facet.SESSION, session);
        store.change(connection -> {
            Blocks blocks = new Blocks(connection);
            for (Head head : blocks.between(Long.MIN_VALUE, Long.MAX_VALUE)) {
                Optional<BitSet> found =
                        Shelf.find(blocks.shelf(head, Shelf.of(term, head.bits())), term, head.entries());
                if (found.isPresent()) {
                    found.get().flip(0, head.entries());
                    blocks.keep(head, found.get());
                }
            }
            new OpenSessionTable(connection).delete(term);
        });
        store.scrub();
    }

    /** Makes it forget all whose records are before one, as they are no longer in the log. */
    public void forgetBefore(long record) throws IOException {
        store.change(connection -> {
            Blocks blocks = new Blocks(connection);
            for (Head head : blocks.before(record)) {
                if (head.lastRecord() < record) {
                    blocks.delete(head);
                } else {
                    long[] records = blocks.entries(head).records();
                    BitSet keep = new BitSet();
                    for (int i = 0; i < records.length; i++) {
                        keep.set(i, records[i] >= record);
                    }
                    blocks.keep(head, keep);
                }
            }
        });
        store.scrub();
    }

    /** Empties it, so that all of the log is to be read again. */
    void clear() throws IOException {
        store.change(this::remake);
    }

    private void remake(Connection connection) throws SQLException {
        store.engine().drop(connection);
        Schema.create(store.engine(), connection, log, terms.check());
    }

    /**
     * Takes in what was read of the log from one record to another.
     *
     * @param from the first record that was read
     * @param next the one behind the last
     * @param at the time of the last
     * @return false, and nothing is changed, where the index is no longer at {@code from}: somebody else writes it
     */
    boolean append(long from, long next, long at, Optional<Block> block, OpenSessions sessions) throws IOException {
        boolean[] done = new boolean[1];
        store.change(connection -> {
            if (current(connection).next() != from) {
                return;
            }
            if (block.isPresent()) {
                new Blocks(connection).append(block.get());
            }
            new OpenSessionTable(connection).store(sessions);
            Schema.move(connection, next, at);
            done[0] = true;
        });
        return done[0];
    }

    OpenSessions openSessions() throws IOException {
        return store.ask(connection -> new OpenSessionTable(connection).load());
    }

    EventTerms events() throws IOException {
        return new EventTerms(terms, openSessions());
    }

    /** How many blocks there are. */
    int blocks() throws IOException {
        return store.ask(connection ->
                new Blocks(connection).between(Long.MIN_VALUE, Long.MAX_VALUE).size());
    }

    /** See {@link Engine#requireRoom}. */
    void requireRoom() throws IOException {
        store.engine().requireRoom();
    }

    /** Throws away what turned out to be damaged, and closes. */
    void discard() throws IOException {
        close();
        store.engine().discard();
    }

    @Override
    public void close() {
        store.close();
    }
}
