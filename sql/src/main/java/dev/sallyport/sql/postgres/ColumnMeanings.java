package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells which columns of tables a column that a statement names may be. */
final class ColumnMeanings {
    private final Catalogue catalogue;
    private final List<List<Names.Meaning>> relations;
    private final Map<Origin.Column, Set<BaseColumn>> known = new HashMap<>();

    /**
     * For one statement.
     *
     * @param relations what each of the statement's relations may mean
     */
    ColumnMeanings(Catalogue catalogue, List<List<Names.Meaning>> relations) {
        this.catalogue = catalogue;
        this.relations = relations;
    }

    Set<BaseColumn> of(Origin.Column column) {
        return known.computeIfAbsent(column, this::find);
    }

    Set<BaseColumn> of(Relation relation, String column) {
        return BaseColumn.of(relation, column, catalogue);
    }

    private Set<BaseColumn> find(Origin.Column column) {
        if (column.relation() < 0) {
            return Set.of(BaseColumn.UNKNOWN);
        }
        Set<BaseColumn> found = new LinkedHashSet<>();
        for (Names.Meaning meaning : relations.get(column.relation())) {
            Relation relation = meaning.relation();
            if (relation != null) {
                String name = column.in(relation);
                // A qualified name that is no column is a function of the whole row: c.text is text(c).
                found.addAll(new BaseColumns(catalogue).of(relation, name == null ? "*" : name, meaning.alone()));
            } else if (meaning.temporary()) {
                String name = column.renamed().isEmpty() ? column.name() : "*";
                found.add(new BaseColumn(meaning.qualified(), name, 0, !name.equals("*")));
            } else {
                found.add(BaseColumn.UNKNOWN);
            }
        }
        return found;
    }
}
