package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one query can name: its FROM items and WITH queries, then those of the queries around it.
 *
 * <p>A sub-select in FROM is given its left neighbours as an outer level although only LATERAL may see them: a name that
 * it finds there is then one candidate more, never one less, as such a level does not end a search.
 */
final class Scope {
    private final @Nullable Scope outer;
    private final boolean outerVisible;
    private final List<Source> sources = new ArrayList<>();
    /** What {@code *} stands for: the sources, those that a join puts together being one. */
    private final List<Source> starred = new ArrayList<>();

    private final Map<String, List<Origin.Derived>> with = new HashMap<>();
    private List<Source> extra = List.of();
    /** A name that stands in a long list of conditions is looked up once. */
    private final Map<String, Looked> looked = new HashMap<>();

    /** @param among how many sources there were to find the name in */
    private record Looked(Origin.Choice choice, int among) {}

    private Scope(@Nullable Scope outer, boolean outerVisible) {
        this.outer = outer;
        this.outerVisible = outerVisible;
    }

    static Scope outermost() {
        return new Scope(null, true);
    }

    /** A query inside an expression of this one. */
    Scope inner() {
        return new Scope(this, true);
    }

    /** A query in this one's FROM, or one of its WITH queries. */
    Scope beside() {
        return new Scope(this, false);
    }

    /** This scope, where a qualifier may also be one of {@code others}'; their columns need it. */
    Scope alsoNaming(Scope others) {
        extra = List.copyOf(others.sources);
        return this;
    }

    void add(Source source) {
        sources.add(source);
        starred.add(source);
    }

    /** How many sources there are so far. */
    int count() {
        return sources.size();
    }

    /** An aliased join hides what is in it: from the source at this place on, only this one can be named. */
    void hide(int first, Source joined) {
        sources.subList(first, sources.size()).clear();
        sources.add(joined);
        // Names looked up so far, for the join's conditions, were looked up among what is now hidden.
        looked.clear();
    }

    /** Something that qualifies columns but brings none of its own into {@code *}. */
    void addName(Source source) {
        sources.add(source);
    }

    /** From the source at this place on, {@code *} stands for this one instead. */
    void join(int first, Source joined) {
        starred.subList(first, starred.size()).clear();
        starred.add(joined);
    }

    List<Source> starred() {
        return starred;
    }

    void with(String name, List<Origin.Derived> columns) {
        with.put(name, columns);
    }

    List<Source> sources() {
        return sources;
    }

    /** The columns of the WITH query of this name, or null where the name is a relation's. */
    @Nullable
    List<Origin.Derived> with(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            List<Origin.Derived> columns = scope.with.get(name);
            if (columns != null) {
                return columns;
            }
        }
        return null;
    }

    /** Every source of this name, here and around: an inner one hides an outer, but more is safer than less. */
    List<Source> named(@Nullable String schema, String alias) {
        List<Source> found = new ArrayList<>();
        for (Scope scope = this; scope != null; scope = scope.outer) {
            for (Source source : scope.sources) {
                if (matches(source, schema, alias)) {
                    found.add(source);
                }
            }
            for (Source source : scope.extra) {
                if (matches(source, schema, alias)) {
                    found.add(source);
                }
            }
        }
        return found;
    }

    /**
     * The source that {@code alias.*} stands for: the innermost of that name. Where it is open how far out the reference can
     * see, or an alias is given twice, there is more than one.
     */
    List<Source> starredBy(@Nullable String schema, String alias) {
        List<Source> found = new ArrayList<>();
        boolean visible = true;
        for (Scope scope = this; scope != null; scope = scope.outer) {
            for (Source source : scope.sources) {
                if (matches(source, schema, alias)) {
                    found.add(source);
                }
            }
            for (Source source : scope.extra) {
                if (matches(source, schema, alias)) {
                    found.add(source);
                }
            }
            if (!found.isEmpty() && visible) {
                break;
            }
            visible = scope.outerVisible;
        }
        return found;
    }

    private static boolean matches(Source source, @Nullable String schema, String alias) {
        if (schema == null) {
            return source.alias().equals(alias);
        }
        return source instanceof Source.Table(String _, Name written, int _, List<String> _)
                && written != null
                && written.name().equals(alias)
                && (written.schema() == null || written.schema().equals(schema));
    }

    /** What a name without a qualifier may be: a column, from the inside out, or where there is none, a source's row. */
    Origin.Choice unqualified(String name) {
        int among = 0;
        for (Scope scope = this; scope != null; scope = scope.outer) {
            among += scope.sources.size() + scope.extra.size();
        }
        Looked before = looked.get(name);
        if (before != null && before.among() == among) {
            return before.choice();
        }
        Origin.Choice choice = look(name);
        looked.put(name, new Looked(choice, among));
        return choice;
    }

    private Origin.Choice look(String name) {
        List<Origin.Choice.Level> levels = new ArrayList<>();
        boolean visible = true;
        for (Scope scope = this; scope != null; scope = scope.outer) {
            List<Origin> candidates = new ArrayList<>();
            for (Source source : scope.sources) {
                candidates.addAll(source.unqualified(name));
            }
            if (!candidates.isEmpty()) {
                levels.add(new Origin.Choice.Level(candidates, visible));
            }
            visible = scope.outerVisible;
        }
        for (Source source : named(null, name)) {
            levels.add(new Origin.Choice.Level(List.of(new Origin.Computed(source.all())), true));
        }
        return new Origin.Choice(levels);
    }
}
