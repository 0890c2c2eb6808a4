package dev.sallyport.server.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** A connection to the store, on which all is done in transactions. Not safe for use by several threads. */
final class StoreConnection implements AutoCloseable {
    private final Engine engine;
    private final Connection connection;

    private StoreConnection(Engine engine, Connection connection) {
        this.engine = engine;
        this.connection = connection;
    }

    static StoreConnection open(Engine engine, boolean write) throws IOException {
        try {
            return new StoreConnection(engine, engine.connect(write));
        } catch (SQLException failed) {
            throw new StoreException(engine.place(), failed, engine.saysDamaged(failed));
        }
    }

    /** What is asked within a transaction. */
    interface Question<T> {
        T ask(Connection connection) throws SQLException, IOException;
    }

    /** What is changed within one. */
    interface Change {
        void make(Connection connection) throws SQLException, IOException;
    }

    Engine engine() {
        return engine;
    }

    /** In one transaction, that changes nothing. */
    <T> T ask(Question<T> question) throws IOException {
        try {
            connection.setAutoCommit(false);
            T answer = question.ask(connection);
            connection.setAutoCommit(true);
            return answer;
        } catch (SQLException | IllegalArgumentException failed) {
            throw failure(failed);
        } finally {
            rollback();
        }
    }

    /** In one transaction, all of it or nothing, with other writers kept out. */
    void change(Change change) throws IOException {
        try {
            connection.setAutoCommit(false);
            engine.lock(connection);
            change.make(connection);
            // This commits, and does not begin the next transaction with its lock, as SQLite's driver does on a commit.
            connection.setAutoCommit(true);
        } catch (SQLException | IllegalArgumentException failed) {
            throw failure(failed);
        } finally {
            rollback();
        }
    }

    /** See {@link Engine#scrub}. */
    void scrub() throws IOException {
        try {
            engine.scrub(connection);
        } catch (SQLException failed) {
            throw failure(failed);
        }
    }

    /** What was stored and does not read as it was written is damaged too. */
    private StoreException failure(Exception failed) {
        boolean damaged = !(failed instanceof SQLException said) || engine.saysDamaged(said);
        return new StoreException(engine.place(), failed, damaged);
    }

    /** Where the transaction did not come to its end. */
    private void rollback() {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException ignored) {
            // What went wrong before is what is told.
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ignored) {
            // What was committed is stored.
        }
    }
}
