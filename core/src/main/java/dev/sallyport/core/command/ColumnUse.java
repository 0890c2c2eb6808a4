package dev.sallyport.core.command;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * A column that a command names, and what for. It is what masking has to know beyond the effects. A use of a view's column
 * is given for each table behind the view too, with {@code *} where it is not known which of that table's columns it is;
 * one of a partitioned table for its partitions too.
 *
 * @param table the table's {@code schema.name}, or {@code ?} where it could be any of those the command touches
 * @param column the column's name, or {@code *} for all of them (a star, a whole-row reference, an unknown)
 * @param role what the command uses it for
 * @param extent for a predicate, how much of the column's values it can tell
 */
public record ColumnUse(String table, String column, Role role, Extent extent) {
    public ColumnUse {
        if (role != Role.PREDICATE && !(extent instanceof Extent.Any)) {
            throw new IllegalArgumentException("extent: " + extent.label() + " (expected: of a predicate only)");
        }
    }

    /** A use of which nothing more is known. */
    public ColumnUse(String table, String column, Role role) {
        this(table, column, role, Extent.ANY);
    }

    /** What a column is used for. */
    public enum Role {
        /** Its value flows to the answer, where it can be masked. */
        OUTPUT,
        /** It decides which rows come, how many, in what order or in which group: an oracle if it is masked. */
        PREDICATE,
        /** Its value is read to be stored somewhere else, where its mask would be lost. */
        STORED,
        /** It is given a value, by INSERT, UPDATE, MERGE or COPY. */
        WRITTEN
    }

    /** How much of a column's values a predicate can tell. */
    public sealed interface Extent {
        /** Anything about them. */
        Any ANY = new Any();

        /** A short text that is another one for every other extent. */
        String label();

        /** Anything about them. */
        record Any() implements Extent {
            @Override
            public String label() {
                return "";
            }
        }

        /**
         * Whether one of them equals one constant or parameter, and nothing else; each statement asks that once at most.
         *
         * @param comparisons which of the command's comparisons ask it, by numbers of their own: where several columns may
         *     be meant by one, it is one all the same
         */
        record Equality(Set<Integer> comparisons) implements Extent {
            public Equality {
                comparisons = Set.copyOf(comparisons);
                if (comparisons.isEmpty()) {
                    throw new IllegalArgumentException("comparisons: [] (expected: at least one)");
                }
            }

            @Override
            public String label() {
                return comparisons.stream().sorted().map(String::valueOf).collect(Collectors.joining(" ", "= ", ""));
            }
        }

        /**
         * What a built-in function or aggregate tells of them whose only argument they are.
         *
         * @param function its name, without the schema
         */
        record Call(String function) implements Extent {
            @Override
            public String label() {
                return function + "()";
            }
        }
    }
}
