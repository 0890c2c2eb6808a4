package dev.sallyport.sql.postgres;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Something in FROM that columns can be named of. */
sealed interface Source {
    /** The name that qualifies its columns; empty where it has none. */
    String alias();

    /** What {@code alias.name} may be; a name it does not have is a function of the whole row. */
    List<Origin> qualified(String name);

    /** What {@code name} may be here, empty where it surely has no such column. */
    List<Origin> unqualified(String name);

    /** All of its columns. */
    List<Origin> all();

    /**
     * A relation named by the statement.
     *
     * @param written the relation's name as written, where no alias hides it
     * @param renamed what the alias calls the first columns
     */
    record Table(String alias, @Nullable Name written, int relation, List<String> renamed) implements Source {
        @Override
        public List<Origin> qualified(String name) {
            return List.of(new Origin.Column(relation, name, renamed));
        }

        @Override
        public List<Origin> unqualified(String name) {
            return List.of(new Origin.Column(relation, name, renamed));
        }

        @Override
        public List<Origin> all() {
            return List.of(new Origin.Column(relation, "*"));
        }
    }

    /**
     * Two sides that share columns by USING or NATURAL, as {@code *} shows them; names are looked up in the sides.
     *
     * @param using the shared columns' names, where they are written
     * @param natural whether they are shared by having the same name
     */
    record Joined(List<Source> left, List<Source> right, List<String> using, boolean natural) implements Source {
        @Override
        public String alias() {
            return "";
        }

        @Override
        public List<Origin> qualified(String name) {
            return unqualified(name);
        }

        @Override
        public List<Origin> unqualified(String name) {
            return both(source -> source.unqualified(name));
        }

        @Override
        public List<Origin> all() {
            return both(Source::all);
        }

        private List<Origin> both(Function<Source, List<Origin>> of) {
            return Stream.concat(left.stream(), right.stream())
                    .flatMap(source -> of.apply(source).stream())
                    .toList();
        }
    }

    /** The sides of a set operation of which one has a star: what belongs together is known when the star is. */
    record Paired(List<Origin.Derived> left, List<Origin.Derived> right) implements Source {
        @Override
        public String alias() {
            return "";
        }

        @Override
        public List<Origin> qualified(String name) {
            return unqualified(name);
        }

        @Override
        public List<Origin> unqualified(String name) {
            return List.of(Origin.Derived.star(all(), null));
        }

        @Override
        public List<Origin> all() {
            return Stream.<Origin>concat(left.stream(), right.stream()).toList();
        }
    }

    /** A sub-select, WITH query, VALUES or function. */
    final class Rows implements Source {
        private final String alias;
        private final List<Origin.Derived> columns;
        /** One answer a name, so that stars over stars over joins stay as small as their text. */
        private final Map<String, List<Origin>> found = new HashMap<>();

        Rows(String alias, List<Origin.Derived> columns) {
            this.alias = alias;
            this.columns = columns;
        }

        /** These columns under the names of an alias's column list. */
        static Rows named(String alias, List<Origin.Derived> columns, List<String> names) {
            if (names.isEmpty()) {
                return new Rows(alias, columns);
            }
            if (columns.stream().anyMatch(Origin.Derived::isStar)) {
                return opaque(alias, List.copyOf(columns));
            }
            List<Origin.Derived> renamed = new ArrayList<>(columns);
            for (int i = 0; i < Math.min(names.size(), columns.size()); i++) {
                renamed.set(i, Origin.Derived.column(names.get(i), List.of(columns.get(i))));
            }
            return new Rows(alias, renamed);
        }

        /** Rows whose columns' names are not known: any name may be any of them. */
        static Rows opaque(String alias, List<Origin> from) {
            return new Rows(alias, List.of(Origin.Derived.star(from, null)));
        }

        List<Origin.Derived> columns() {
            return columns;
        }

        @Override
        public String alias() {
            return alias;
        }

        @Override
        public List<Origin> qualified(String name) {
            List<Origin> named = unqualified(name);
            if (columns.stream().noneMatch(Origin.Derived::isStar)) {
                return named.isEmpty() ? all() : named;
            }
            // Only the catalogue knows whether a star brings such a column; if none does, it is the whole row.
            return List.of(new Origin.Choice(
                    List.of(new Origin.Choice.Level(named, true), new Origin.Choice.Level(all(), true))));
        }

        @Override
        public List<Origin> unqualified(String name) {
            List<Origin> known = found.get(name);
            if (known == null) {
                known = find(name);
                found.put(name, known);
            }
            return known;
        }

        private List<Origin> find(String name) {
            List<Origin> matches = new ArrayList<>();
            for (Origin.Derived column : columns) {
                if (!column.isStar()) {
                    if (column.name.equals(name) || column.name.isEmpty()) {
                        matches.add(column);
                    }
                } else if (column.starOf == null) {
                    matches.add(column);
                } else {
                    matches.addAll(column.starOf.unqualified(name));
                }
            }
            return matches.size() <= 1
                    ? matches
                    : List.of(new Origin.Choice(List.of(new Origin.Choice.Level(matches, true))));
        }

        @Override
        public List<Origin> all() {
            return List.copyOf(columns);
        }
    }
}
