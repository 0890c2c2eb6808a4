package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.List;

/**
 * A query of a WITH RECURSIVE clause before it is read: its neighbours may already name it. Any of its columns may then
 * be any name.
 */
final class RecursiveRows {
    final String name;
    private final List<Origin> from = new ArrayList<>();
    private final List<Origin.Derived> columns = List.of(Origin.Derived.star(from, null));

    RecursiveRows(String name) {
        this.name = name;
    }

    List<Origin.Derived> unknown() {
        return columns;
    }

    void become(List<Origin.Derived> known) {
        from.addAll(known);
    }
}
