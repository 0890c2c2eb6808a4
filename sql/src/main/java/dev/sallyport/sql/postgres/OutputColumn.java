package dev.sallyport.sql.postgres;

import java.util.Set;

/**
 * What one column of an answer derives from.
 *
 * @param name the name that it must have there, empty where that is not known
 * @param from every column that its values may derive from; empty where they derive from none
 * @param prefix a constant text before each value, which is the column's own behind it
 * @param suffix a constant text behind each value
 * @param repeats whether it stands for any number of columns, none among them
 */
public record OutputColumn(String name, Set<BaseColumn> from, String prefix, String suffix, boolean repeats) {
    public OutputColumn {
        from = Set.copyOf(from);
    }

    /** One that is made of these. */
    static OutputColumn made(Set<BaseColumn> from) {
        return new OutputColumn("", from, "", "", false);
    }
}
