package dev.sallyport.core.command;

import java.util.Set;

/**
 * Which columns a value that a command brings along is compared with or stored into.
 *
 * @param columns none where it is known to meet none
 */
public record ValueUse(Set<OfColumn> columns) {
    /** It meets no column. */
    public static final ValueUse NONE = new ValueUse(Set.of());

    /** It may meet any column. */
    public static final ValueUse UNKNOWN = new ValueUse(Set.of(new OfColumn("?", "*", false)));

    public ValueUse {
        columns = Set.copyOf(columns);
    }

    /**
     * One of them.
     *
     * @param table {@code schema.name}, or {@code ?} where it could be any
     * @param column its name, or {@code *} where it could be any of the table's
     * @param itself whether the value takes the place of one of the column's, and is not made into it or it into the value
     */
    public record OfColumn(String table, String column, boolean itself) {}
}
