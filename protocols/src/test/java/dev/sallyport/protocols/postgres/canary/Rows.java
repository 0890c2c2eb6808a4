package dev.sallyport.protocols.postgres.canary;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Something in FROM, by the name that qualifies its columns. */
record Rows(String alias, List<Column> columns) {
    Rows {
        columns = List.copyOf(columns);
    }

    boolean isMasked() {
        return columns.stream().anyMatch(Column::masked);
    }

    Rows as(String other) {
        return new Rows(other, columns);
    }

    static boolean areDistinct(List<Column> columns) {
        Set<String> names = new HashSet<>();
        return columns.stream().allMatch(column -> names.add(column.name()));
    }
}
