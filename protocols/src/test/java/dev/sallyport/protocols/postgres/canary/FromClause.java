package dev.sallyport.protocols.postgres.canary;

import java.util.List;

/**
 * A FROM clause, or an item of it.
 *
 * @param sql with its keyword where it is the clause
 * @param rows what can be named of it
 * @param star what {@code *} stands for, in this order
 */
record FromClause(String sql, List<Rows> rows, List<Column> star) {
    FromClause {
        rows = List.copyOf(rows);
        star = List.copyOf(star);
    }
}
