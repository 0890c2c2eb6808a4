package dev.sallyport.protocols.postgres.canary;

import java.util.List;

/** A query that gives rows. */
record Select(String sql, List<Column> columns) {
    Select {
        columns = List.copyOf(columns);
    }

    Rows as(String alias) {
        return new Rows(alias, columns);
    }
}
