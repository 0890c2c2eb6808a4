package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Column;
import dev.sallyport.sql.postgres.catalogue.Relation;
import dev.sallyport.sql.postgres.catalogue.Type;
import dev.sallyport.sql.postgres.catalogue.ViewColumn;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tells which columns of tables a relation's column is: its own, for a partitioned table those of its partitions and the
 * other way round, for a view those that its definition makes it of, for a generated column those that it is made of.
 */
final class BaseColumns {
    private static final String ALL = "*";
    /** Views upon views. */
    private static final int MAX_DEPTH = 100;

    private final Catalogue catalogue;
    private final Set<BaseColumn> found = new LinkedHashSet<>();

    BaseColumns(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** @param alone whether the rows of the relation's children are left out */
    Set<BaseColumn> of(Relation relation, String name, boolean alone) {
        // A qualified name that is no column is a function of the whole row: c.text is text(c).
        String column = relation.has(name) ? name : ALL;
        if (alone) {
            shared(catalogue.ancestry(relation.oid()), column, true);
        } else {
            add(relation, column, true, 0);
        }
        return found;
    }

    private void add(Relation relation, String column, boolean whole, int depth) {
        if (!relation.isView()) {
            shared(catalogue.family(relation.oid()), column, whole);
            return;
        }
        found.add(base(relation, column, whole));
        for (Column each : relation.columns()) {
            if (column.equals(ALL) || each.name().equals(column)) {
                behind(relation, each.number(), whole && !column.equals(ALL), depth);
            }
        }
    }

    private void shared(Collection<Relation> relatives, String column, boolean whole) {
        for (Relation relative : relatives) {
            if (column.equals(ALL) || relative.has(column)) {
                found.add(base(relative, column, whole));
                relative.column(column).filter(Column::generated).ifPresent(made -> generatedFrom(relative, made));
            }
        }
    }

    /** A generated column is made of columns of its own row; which of them is open where its expression is not known. */
    private void generatedFrom(Relation table, Column column) {
        Optional<ViewColumn> expression = catalogue.generatedColumn(table.oid(), column.number());
        if (expression.isEmpty()) {
            found.add(base(table, ALL, false));
            return;
        }
        if (expression.get().strange()) {
            found.add(BaseColumn.UNKNOWN);
        }
        for (ViewColumn.Reference reference : expression.get().from()) {
            String name = catalogue
                    .column(table.oid(), reference.number())
                    .map(Column::name)
                    .orElse(ALL);
            found.add(base(table, name, false));
        }
    }

    private void behind(Relation view, int number, boolean whole, int depth) {
        Optional<ViewColumn> definition = catalogue.viewColumn(view.oid(), number);
        if (definition.isEmpty() || depth > MAX_DEPTH) {
            for (Relation base : catalogue.reachable(view.oid())) {
                if (base.oid() != view.oid()) {
                    found.add(base(base, ALL, false));
                }
            }
            return;
        }
        if (definition.get().strange()) {
            found.add(BaseColumn.UNKNOWN);
        }
        for (ViewColumn.Reference reference : definition.get().from()) {
            Optional<Relation> relation = catalogue.relation(reference.relation());
            Optional<String> column = reference.number() == 0
                    ? Optional.of(ALL)
                    : catalogue.column(reference.relation(), reference.number()).map(Column::name);
            if (relation.isPresent() && column.isPresent()) {
                add(relation.get(), column.get(), whole && reference.whole(), depth + 1);
            } else {
                found.add(BaseColumn.UNKNOWN);
            }
        }
    }

    private BaseColumn base(Relation relation, String column, boolean whole) {
        boolean one = !column.equals(ALL);
        return new BaseColumn(relation.qualifiedName(), column, one ? type(relation, column) : 0, whole && one);
    }

    /** The column's type, for a domain the type under it, as clients are told. */
    private int type(Relation relation, String column) {
        int oid = relation.column(column).map(Column::typeOid).orElse(0);
        Optional<Type> type = catalogue.type(oid);
        while (type.isPresent() && type.get().kind() == 'd' && type.get().base() != oid) {
            oid = type.get().base();
            type = catalogue.type(oid);
        }
        return oid;
    }
}
