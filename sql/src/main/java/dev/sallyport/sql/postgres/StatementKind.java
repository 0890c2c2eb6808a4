package dev.sallyport.sql.postgres;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What kind of statement it is, with what a session has to follow of it. */
public sealed interface StatementKind {
    /** SELECT, VALUES, TABLE; also SELECT INTO. */
    record Query() implements StatementKind {}

    record Insert() implements StatementKind {}

    record Update() implements StatementKind {}

    record Delete() implements StatementKind {}

    record Merge() implements StatementKind {}

    record Transaction(Verb verb) implements StatementKind {
        /** What becomes of the transaction. */
        public enum Verb {
            BEGIN,
            COMMIT,
            ROLLBACK,
            SAVEPOINT,
            RELEASE,
            ROLLBACK_TO,
            PREPARE,
            COMMIT_PREPARED,
            ROLLBACK_PREPARED
        }
    }

    record Prepare(String name, Statement inner) implements StatementKind {}

    record Execute(String name) implements StatementKind {}

    /**
     * DEALLOCATE.
     *
     * @param name empty for ALL
     */
    record Deallocate(Optional<String> name) implements StatementKind {}

    record Declare(String name, Statement inner, boolean hold) implements StatementKind {}

    record Fetch(String name, boolean move) implements StatementKind {}

    /**
     * CLOSE.
     *
     * @param name empty for ALL
     */
    record Close(Optional<String> name) implements StatementKind {}

    /**
     * SET.
     *
     * @param name the setting, in lower case
     * @param values as written; empty for DEFAULT
     */
    record Set(String name, List<String> values, boolean local) implements StatementKind {
        public Set {
            values = List.copyOf(values);
        }
    }

    /**
     * RESET.
     *
     * @param name empty for ALL
     */
    record Reset(Optional<String> name) implements StatementKind {}

    record Show(String name) implements StatementKind {}

    record Discard(What what) implements StatementKind {
        /** What is forgotten. */
        public enum What {
            ALL,
            PLANS,
            SEQUENCES,
            TEMPORARY
        }
    }

    /**
     * COPY.
     *
     * @param from whether data goes into the table
     * @param end where the data is on the other side
     * @param ofQuery whether a query's result is copied rather than a table
     * @param columns the columns as written, empty for all of the table's
     * @param options by lower-case name, as written; {@code format}, {@code delimiter} and the like
     */
    record Copy(boolean from, End end, boolean ofQuery, List<String> columns, Map<String, String> options)
            implements StatementKind {
        public Copy {
            columns = List.copyOf(columns);
            options = Map.copyOf(options);
        }

        /** The side that is no table. */
        public enum End {
            STREAM,
            FILE,
            PROGRAM
        }
    }

    record Explain(boolean analyze, Statement inner) implements StatementKind {}

    record Listen(String channel) implements StatementKind {}

    record Notify(String channel) implements StatementKind {}

    /**
     * Everything else.
     *
     * @param node the grammar's name of it, such as {@code CreateStmt}
     */
    record Utility(String node) implements StatementKind {}
}
