package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.List;

/** A column of a WITH RECURSIVE query while its recursive term is being read: the term may point to it, and it to the term. */
final class RecursiveColumn {
    private final List<Origin> from = new ArrayList<>();
    private final Origin.Derived derived;

    RecursiveColumn(Origin.Derived first) {
        from.add(first);
        derived = first.isStar() ? Origin.Derived.star(from, null) : Origin.Derived.column(first.name, from);
    }

    Origin.Derived derived() {
        return derived;
    }

    void add(List<? extends Origin> more) {
        from.addAll(more);
    }
}
