package dev.sallyport.server.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** A database that can hold the index. What differs between them is here; all else is the same SQL. */
sealed interface Engine permits SqliteEngine, PostgresEngine {
    /** A connection to read with, or to write with; no transaction is begun. */
    Connection connect(boolean write) throws IOException, SQLException;

    /** Whether there is an index at all. */
    boolean exists(Connection connection) throws SQLException;

    /** Takes away all there is of it, within a transaction. */
    void drop(Connection connection) throws SQLException;

    /** Sees to it that tables can be made, within a transaction. */
    void prepare(Connection connection) throws SQLException;

    /** The type of bytes. */
    String bytes();

    /** What stands behind a table whose rows are to be stored by its primary key. */
    String byKey();

    /** Keeps other writers out until the transaction ends. */
    void lock(Connection connection) throws SQLException;

    /** What was deleted before is to be gone from the files too, as far as the engine can do that. */
    void scrub(Connection connection) throws SQLException;

    /** Whether an error says that what is stored is damaged. */
    boolean saysDamaged(SQLException failed);

    /** Throws away what is damaged. */
    void discard() throws IOException;

    /** @throws IOException where there is no room to write more without taking it from the log, or the file is gone */
    void requireRoom() throws IOException;

    /** Where it is, for people. */
    String place();
}
