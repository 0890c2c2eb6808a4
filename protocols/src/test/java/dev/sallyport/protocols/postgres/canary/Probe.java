package dev.sallyport.protocols.postgres.canary;

import java.util.List;

/**
 * Statements that try for masked values.
 *
 * @param shape what they are, for the count
 * @param before what is sent first, by simple queries
 * @param sql the statement that answers
 * @param style how it is sent
 * @param parameters its parameters, as texts
 * @param after what is sent last
 * @param columns the columns of the answer, empty where they are none of a query's
 * @param touches whether the answer has something that derives from a masked column
 * @param decides whether a masked column decides something
 */
public record Probe(
        String shape,
        List<String> before,
        String sql,
        Style style,
        List<String> parameters,
        List<String> after,
        List<Column> columns,
        boolean touches,
        boolean decides) {

    /** How a statement is sent. */
    public enum Style {
        SIMPLE,
        TEXT,
        BINARY,
        PORTAL
    }

    @Override
    public String toString() {
        return shape + " " + style + " " + before + " " + sql + " " + parameters;
    }
}
