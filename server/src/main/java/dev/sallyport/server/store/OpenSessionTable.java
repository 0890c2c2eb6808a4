package dev.sallyport.server.store;

import dev.sallyport.server.store.OpenSessions.Opened;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@link OpenSessions} as the store has them. */
final class OpenSessionTable {
    private final Connection connection;

    OpenSessionTable(Connection connection) {
        this.connection = connection;
    }

    OpenSessions load() throws SQLException {
        Map<Long, Opened> open = new HashMap<>();
        try (PreparedStatement select = connection.prepareStatement("SELECT session, record, terms FROM open_session");
                ResultSet found = select.executeQuery()) {
            while (found.next()) {
                open.put(found.getLong(1), new Opened(found.getLong(2), unpacked(found.getBytes(3))));
            }
        }
        return new OpenSessions(open);
    }

    private static long[] unpacked(byte[] packed) {
        Packed.Reader in = new Packed.Reader(packed);
        // A term takes a byte at least.
        long[] terms = new long[packed.length];
        int count = 0;
        while (!in.isAtEnd()) {
            terms[count++] = in.number();
        }
        return Arrays.copyOf(terms, count);
    }

    /** Stores what changed. */
    void store(OpenSessions sessions) throws SQLException {
        if (sessions.haveAllEnded()) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM open_session")) {
                delete.executeUpdate();
            }
        }
        for (long session : sessions.changed()) {
            delete(session);
            Optional<Opened> opened = sessions.find(session);
            if (opened.isPresent()) {
                insert(session, opened.get());
            }
        }
    }

    private void insert(long session, Opened opened) throws SQLException {
        Packed packed = new Packed(64);
        for (long term : opened.terms()) {
            packed.number(term);
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO open_session VALUES (?, ?, ?)")) {
            insert.setLong(1, session);
            insert.setLong(2, opened.record());
            insert.setBytes(3, packed.take());
            insert.executeUpdate();
        }
    }

    void delete(long session) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM open_session WHERE session = ?")) {
            delete.setLong(1, session);
            delete.executeUpdate();
        }
    }
}
