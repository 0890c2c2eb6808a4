package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an expression can name: the FROM items of its query, those of the queries around it, and WITH queries. */
final class Scope {
    final @Nullable Scope outer;
    final List<Rows> rows = new ArrayList<>();
    final List<Rows> named = new ArrayList<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    Scope inner() {
        return new Scope(this);
    }

    /** For a sub-select that sees no FROM item beside it, but the WITH queries. */
    Scope beside() {
        Scope scope = new Scope(outer);
        scope.named.addAll(named);
        return scope;
    }

    List<Rows> withQueries() {
        List<Rows> all = new ArrayList<>(named);
        for (Scope scope = outer; scope != null; scope = scope.outer) {
            all.addAll(scope.named);
        }
        return all;
    }
}
