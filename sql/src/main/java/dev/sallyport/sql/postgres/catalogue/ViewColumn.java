package dev.sallyport.sql.postgres.catalogue;

import java.util.Set;

/**
 * What a column of a view derives from, by the view's definition, or a generated column by its expression.
 *
 * @param from the columns of relations, other views among them
 * @param strange whether code that is not PostgreSQL's own has a part in it
 */
public record ViewColumn(Set<Reference> from, boolean strange) {
    public ViewColumn {
        from = Set.copyOf(from);
    }

    /**
     * A column of a relation.
     *
     * @param relation the relation's OID
     * @param number the column's {@code attnum}, 0 for the whole row
     * @param whole whether the view's column is this one itself, and not made of it
     */
    public record Reference(int relation, int number, boolean whole) {
        Reference made() {
            return whole ? new Reference(relation, number, false) : this;
        }
    }
}
