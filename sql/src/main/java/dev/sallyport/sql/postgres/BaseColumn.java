package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.Set;

/**
 * A table's column that a value derives from. A view's column comes with those of the tables behind it, a partitioned
 * table's with those of its partitions, and the other way round.
 *
 * @param table the table's {@code schema.name}, or {@code ?} where it could be any
 * @param column the column's name, or {@code *} where it could be any of the table's
 * @param typeOid the column's type, 0 where it is not known
 * @param whole whether the value is the column's own, and not made of it
 * @param through for a value that is made of what one built-in function tells of the column alone, that function's name
 *     without its schema; else empty
 */
public record BaseColumn(String table, String column, int typeOid, boolean whole, String through) {
    /** Any column of any table. */
    static final BaseColumn UNKNOWN = new BaseColumn(Findings.ANY, "*", 0, false);

    BaseColumn(String table, String column, int typeOid, boolean whole) {
        this(table, column, typeOid, whole, "");
    }

    /** Whether it could be a column of any table. */
    public boolean isUnknown() {
        return table.equals(Findings.ANY);
    }

    /** What a column of a relation is; a name that is none of its columns stands for all of them. */
    public static Set<BaseColumn> of(Relation relation, String name, Catalogue catalogue) {
        return new BaseColumns(catalogue).of(relation, name, false);
    }

    BaseColumn made() {
        return whole ? new BaseColumn(table, column, typeOid, false) : this;
    }

    BaseColumn through(String function) {
        return new BaseColumn(table, column, typeOid, false, function);
    }
}
