package dev.sallyport.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * The tables. What is in them can be made anew from the log, so there is no way from one version to the next: an index of
 * another version, of another log or made with another key is dropped.
 */
final class Schema {
    static final List<String> TABLES = List.of("meta", "block", "shelf", "open_session");

    private static final int VERSION = 1;

    private Schema() {}

    /**
     * How far the index has come.
     *
     * @param log the log's id
     * @param next the index of the first record that is not in it
     * @param at the time of the last one that is, in microseconds since 1970; 0 for none
     */
    record Place(String log, long next, long at) {}

    static void create(Engine engine, Connection connection, String log, long keyCheck) throws SQLException {
        String bytes = engine.bytes();
        engine.prepare(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE meta (one INTEGER PRIMARY KEY, version INTEGER NOT NULL, log TEXT NOT NULL,"
                    + " key_check BIGINT NOT NULL, next BIGINT NOT NULL, at BIGINT NOT NULL)");
            statement.execute("CREATE TABLE block (id BIGINT PRIMARY KEY, first_record BIGINT NOT NULL,"
                    + " last_record BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,"
                    + " entry_count INTEGER NOT NULL, posting_count INTEGER NOT NULL, bits INTEGER NOT NULL,"
                    + " entries " + bytes + " NOT NULL)");
            statement.execute("CREATE TABLE shelf (block BIGINT NOT NULL, number INTEGER NOT NULL, terms " + bytes
                    + " NOT NULL, PRIMARY KEY (block, number))" + engine.byKey());
            statement.execute("CREATE TABLE open_session (session BIGINT PRIMARY KEY, record BIGINT NOT NULL, terms "
                    + bytes + " NOT NULL)");
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO meta VALUES (1, ?, ?, ?, 0, 0)")) {
            insert.setInt(1, VERSION);
            insert.setString(2, log);
            insert.setLong(3, keyCheck);
            insert.executeUpdate();
        }
    }

    /** Empty where there is no index that this program, with this key, can read. */
    static Optional<Place> place(Engine engine, Connection connection, long keyCheck) throws SQLException {
        if (!engine.exists(connection)) {
            return Optional.empty();
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT version FROM meta")) {
            ResultSet version = select.executeQuery();
            if (!version.next() || version.getInt(1) != VERSION) {
                return Optional.empty();
            }
        }
        try (PreparedStatement select =
                connection.prepareStatement("SELECT log, next, at FROM meta WHERE key_check = ?")) {
            select.setLong(1, keyCheck);
            ResultSet found = select.executeQuery();
            return found.next()
                    ? Optional.of(new Place(found.getString(1), found.getLong(2), found.getLong(3)))
                    : Optional.empty();
        }
    }

    static void move(Connection connection, long next, long at) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE meta SET next = ?, at = ?")) {
            update.setLong(1, next);
            update.setLong(2, at);
            update.executeUpdate();
        }
    }
}
