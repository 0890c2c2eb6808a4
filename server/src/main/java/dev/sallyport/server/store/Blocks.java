package dev.sallyport.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The blocks as the store has them. A block is written once, with what came since the last one; were they left at that,
 * a search would have a block to ask for each second. So when {@link #FAN} blocks at the end are of about the same size,
 * they are merged into one, as in a log-structured merge tree (O'Neil and others, 1996): each entry is written again
 * about four times until it is in a block of the largest size, and a search over n entries asks n/65,536 of these, and
 * about 60 small ones.
 */
final class Blocks {
    /** So many blocks make one of the next size. */
    private static final int FAN = 16;

    /** The size below the largest: so many make a block of the largest as there is room for. */
    private static final int LARGE = 3;

    private static final String HEADS =
            "SELECT id, first_record, last_record, entry_count, posting_count, bits FROM block";

    private final Connection connection;

    Blocks(Connection connection) {
        this.connection = connection;
    }

    /** A block without what is in it. */
    record Head(long id, long firstRecord, long lastRecord, int entries, int postings, int bits) {
        private int size() {
            int size = 0;
            for (int rest = entries / FAN; rest > 0; rest /= FAN) {
                size++;
            }
            return size;
        }
    }

    /** Those with something between two times, the newest first. */
    List<Head> between(long since, long until) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(HEADS + " WHERE last_at >= ? AND first_at < ? ORDER BY id DESC")) {
            select.setLong(1, since);
            select.setLong(2, until);
            return heads(select);
        }
    }

    /** Those that begin before a record, the newest first. */
    List<Head> before(long record) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(HEADS + " WHERE first_record < ? ORDER BY id DESC")) {
            select.setLong(1, record);
            return heads(select);
        }
    }

    private List<Head> newest() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(HEADS + " ORDER BY id DESC LIMIT ?")) {
            select.setInt(1, FAN * FAN);
            return heads(select);
        }
    }

    private static List<Head> heads(PreparedStatement select) throws SQLException {
        List<Head> heads = new ArrayList<>();
        try (ResultSet found = select.executeQuery()) {
            while (found.next()) {
                heads.add(new Head(
                        found.getLong(1),
                        found.getLong(2),
                        found.getLong(3),
                        found.getInt(4),
                        found.getInt(5),
                        found.getInt(6)));
            }
        }
        return heads;
    }

    /** The block's shelf, or an empty one. */
    byte[] shelf(Head head, int number) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT terms FROM shelf WHERE block = ? AND number = ?")) {
            select.setLong(1, head.id());
            select.setInt(2, number);
            try (ResultSet found = select.executeQuery()) {
                return found.next() ? found.getBytes(1) : new byte[0];
            }
        }
    }

    Entries entries(Head head) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT entries FROM block WHERE id = ?")) {
            select.setLong(1, head.id());
            try (ResultSet found = select.executeQuery()) {
                if (!found.next()) {
                    throw new SQLException("block " + head.id() + " is gone");
                }
                return Entries.decode(found.getBytes(1), head.entries());
            }
        }
    }

    private Block load(Head head) throws SQLException {
        SortedMap<Integer, byte[]> shelves = new TreeMap<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT number, terms FROM shelf WHERE block = ?")) {
            select.setLong(1, head.id());
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    shelves.put(found.getInt(1), found.getBytes(2));
                }
            }
        }
        return new Block(entries(head), head.postings(), head.bits(), shelves);
    }

    /** Writes a block behind all others, and merges those at the end where there are enough of a size. */
    void append(Block block) throws SQLException {
        List<Head> newest = newest();
        insert(newest.isEmpty() ? 1 : newest.getFirst().id() + 1, block);
        for (List<Head> ripe = ripe(newest()); !ripe.isEmpty(); ripe = ripe(newest())) {
            merge(ripe);
        }
    }

    /** The blocks at the end that are to be merged, the newest first; none where they are too few. */
    private static List<Head> ripe(List<Head> newest) {
        for (int size = 0; size <= LARGE; size++) {
            List<Head> run = new ArrayList<>();
            int entries = 0;
            int postings = 0;
            for (Head head : newest) {
                entries += head.entries();
                postings += head.postings();
                boolean tooLarge = entries > Block.MOST_ENTRIES || postings > Block.MOST_POSTINGS;
                if (tooLarge && run.size() > 1 && run.getFirst().size() == LARGE) {
                    return run;
                }
                if (tooLarge || head.size() > size) {
                    break;
                }
                run.add(head);
            }
            if (run.size() >= FAN) {
                return run;
            }
        }
        return List.of();
    }

    private void merge(List<Head> newestFirst) throws SQLException {
        Block.Builder merged = new Block.Builder();
        for (Head head : newestFirst.reversed()) {
            BitSet all = new BitSet();
            all.set(0, head.entries());
            merged.add(load(head), all);
            delete(head);
        }
        insert(newestFirst.getLast().id(), merged.build());
    }

    /** Takes entries out of a block. */
    void keep(Head head, BitSet keep) throws SQLException {
        Block.Builder rest = new Block.Builder();
        rest.add(load(head), keep);
        delete(head);
        if (rest.count() > 0) {
            insert(head.id(), rest.build());
        }
    }

    void delete(Head head) throws SQLException {
        for (String sql : List.of("DELETE FROM shelf WHERE block = ?", "DELETE FROM block WHERE id = ?")) {
            try (PreparedStatement delete = connection.prepareStatement(sql)) {
                delete.setLong(1, head.id());
                delete.executeUpdate();
            }
        }
    }

    private void insert(long id, Block block) throws SQLException {
        Entries entries = block.entries();
        long firstAt = Long.MAX_VALUE;
        long lastAt = Long.MIN_VALUE;
        for (long at : entries.times()) {
            firstAt = Math.min(firstAt, at);
            lastAt = Math.max(lastAt, at);
        }
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setLong(2, entries.records()[0]);
            insert.setLong(3, entries.records()[entries.count() - 1]);
            insert.setLong(4, firstAt);
            insert.setLong(5, lastAt);
            insert.setInt(6, entries.count());
            insert.setInt(7, block.postings());
            insert.setInt(8, block.bits());
            insert.setBytes(9, entries.encode());
            insert.executeUpdate();
        }
        insertShelves(id, block);
    }

    private void insertShelves(long id, Block block) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO shelf VALUES (?, ?, ?)")) {
            int pending = 0;
            for (Map.Entry<Integer, byte[]> shelf : block.shelves().entrySet()) {
                insert.setLong(1, id);
                insert.setInt(2, shelf.getKey());
                insert.setBytes(3, shelf.getValue());
                insert.addBatch();
                if (++pending == 1000) {
                    insert.executeBatch();
                    pending = 0;
                }
            }
            if (pending > 0) {
                insert.executeBatch();
            }
        }
    }
}
