package dev.sallyport.core.command;

/**
 * A column that a command names, and what for. It is what masking has to know beyond the effects. A use of a view's column
 * is given for each table behind the view too, with {@code *} where it is not known which of that table's columns it is;
 * one of a partitioned table for its partitions too.
 *
 * @param table the table's {@code schema.name}, or {@code ?} where it could be any of those the command touches
 * @param column the column's name, or {@code *} for all of them (a star, a whole-row reference, an unknown)
 * @param role what the command uses it for
 */
public record ColumnUse(String table, String column, Role role) {

    /** What a column is used for. */
    public enum Role {
        /** Its value flows to the answer, where it can be masked. */
        OUTPUT,
        /** It decides which rows come, how many, in what order or in which group: an oracle if it is masked. */
        PREDICATE,
        /** Its value is read to be stored somewhere else, where its mask would be lost. */
        STORED
    }
}
