package dev.sallyport.sql.postgres.catalogue;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table, view, materialized view, foreign table, partitioned table, sequence, index or composite type.
 *
 * @param oid its {@code pg_class} OID, as RowDescription tells it
 * @param kind {@code relkind} of {@code pg_class}
 * @param columns in the order of their numbers; empty for sequences and indexes
 * @param triggers whether user triggers fire on writes
 * @param rules whether rules rewrite writes
 * @param hooks functions not of PostgreSQL's own that run when rows are read or written
 * @param bases for a view, the OIDs of the relations that its definition names
 * @param parents the OIDs of the tables it is a partition or child of
 * @param children the OIDs of its partitions or children
 */
public record Relation(
        int oid,
        String schema,
        String name,
        char kind,
        List<Column> columns,
        boolean triggers,
        boolean rules,
        List<Hook> hooks,
        Set<Integer> bases,
        Set<Integer> parents,
        Set<Integer> children) {
    private static final Set<String> SYSTEM = Set.of("tableoid", "cmax", "xmax", "cmin", "xmin", "ctid");

    public Relation {
        columns = List.copyOf(columns);
        hooks = List.copyOf(hooks);
        bases = Set.copyOf(bases);
        parents = Set.copyOf(parents);
        children = Set.copyOf(children);
    }

    /**
     * A function that runs beside a read or write: in a default, a constraint, an index, a policy or a view.
     *
     * @param onRead whether reading runs it; writing always may
     */
    public record Hook(boolean onRead, String function) {}

    /** {@code schema.name}. */
    public String qualifiedName() {
        return schema + "." + name;
    }

    public boolean isView() {
        return kind == 'v' || kind == 'm';
    }

    /** Whether it has rows that a statement can name columns of. */
    public boolean isTableLike() {
        return switch (kind) {
            case 'r', 'v', 'm', 'f', 'p', 'S', 't' -> true;
            default -> false;
        };
    }

    public boolean has(String column) {
        return column(column).isPresent() || SYSTEM.contains(column);
    }

    public Optional<Column> column(String name) {
        for (Column column : columns) {
            if (column.name().equals(name)) {
                return Optional.of(column);
            }
        }
        return Optional.empty();
    }
}
