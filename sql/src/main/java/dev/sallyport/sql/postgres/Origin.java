package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a value comes from. The origins of a statement form a graph whose size is that of its text: a derived column
 * points to what its expression reads, a reference to what it can mean, and only base columns point nowhere. A recursive
 * WITH query closes a cycle.
 */
sealed interface Origin {
    /**
     * A column of a relation that the statement names.
     *
     * @param relation the relation's place among the statement's
     * @param name the column, or {@code *} for all of them
     * @param renamed the names that the statement gives to the relation's first columns, which {@code name} goes by
     */
    record Column(int relation, String name, List<String> renamed) implements Origin {
        Column(int relation, String name) {
            this(relation, name, List.of());
        }

        /** What the relation itself calls the column, or null where it has none of that name. */
        @Nullable
        String in(Relation of) {
            int place = renamed.indexOf(name);
            if (place >= 0) {
                return place < of.columns().size() ? of.columns().get(place).name() : null;
            }
            return of.has(name) && !hides(of) ? name : null;
        }

        private boolean hides(Relation of) {
            return of.columns().stream()
                    .limit(renamed.size())
                    .anyMatch(column -> column.name().equals(name));
        }
    }

    /** A column of a sub-select, a WITH query, VALUES or a function in FROM. */
    final class Derived implements Origin {
        final String name;
        final List<Origin> from;
        /** For {@code *} and {@code t.*}: whose columns it stands for, null where they are not known one by one. */
        final @Nullable Source starOf;
        /** Constants and parameters that its values may be, or may be made of. */
        final List<Value.Carried> values;

        private final boolean star;

        private Derived(
                String name, List<Origin> from, List<Value.Carried> values, boolean star, @Nullable Source starOf) {
            this.name = name;
            this.from = from;
            this.values = values;
            this.star = star;
            this.starOf = starOf;
        }

        static Derived column(String name, List<Origin> from) {
            return new Derived(name, from, List.of(), false, null);
        }

        static Derived column(String name, List<Origin> from, List<Value.Carried> values) {
            return new Derived(name, from, values, false, null);
        }

        static Derived star(List<Origin> from, @Nullable Source of) {
            return new Derived("*", from, List.of(), true, of);
        }

        boolean isStar() {
            return star;
        }
    }

    /** A value that is made of others, and no longer any of them. */
    record Computed(List<Origin> from) implements Origin {}

    /**
     * What a function gives for the values of its arguments.
     *
     * @param from the arguments, and all else that decides, such as a window
     * @param alone whether these are one column, or only rows to be counted, and nothing else has a part in it
     */
    record Called(Claims.Call call, List<Origin> from, boolean alone) implements Origin {
        /** Whether it only counts values, if it is the function that the name lets expect. */
        boolean counted() {
            return alone && name().equals("count");
        }

        String name() {
            return call.name().name();
        }
    }

    /** The columns that a NATURAL JOIN joins by: those of the same name on both sides. */
    record Shared(Source.Joined join) implements Origin {}

    /**
     * What ORDER BY and its kin name of a query's columns, where a star is among these.
     *
     * @param name the column's name, empty where it is named by its position
     * @param position from 1, else 0
     */
    record Target(List<Origin.Derived> columns, String name, int position) implements Origin {}

    /** A value between two constant texts. */
    record Affixed(String prefix, Origin value, String suffix) implements Origin {}

    /**
     * A column named without a qualifier: it belongs to the first level, from the innermost query outwards, where a
     * relation has it.
     */
    record Choice(List<Level> levels) implements Origin {
        /**
         * The candidates of one query.
         *
         * @param visible whether the reference can surely see this query's relations, so that a match here ends the search
         */
        record Level(List<Origin> candidates, boolean visible) {}
    }
}
