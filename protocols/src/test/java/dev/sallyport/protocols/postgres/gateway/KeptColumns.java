package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.core.masking.ServerCopies;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Columns of a server's own tables and views, by {@code schema.table.column}. */
final class KeptColumns {
    /** Expressions that whoever describes a table shows, and the session's own statements. */
    private static final Set<String> LEFT_AS_IT_IS = Set.of(
            "pg_catalog.pg_attrdef.adbin",
            "pg_catalog.pg_class.relpartbound",
            "pg_catalog.pg_constraint.conbin",
            "pg_catalog.pg_cursors.statement",
            "pg_catalog.pg_index.indexprs",
            "pg_catalog.pg_index.indpred",
            "pg_catalog.pg_partitioned_table.partexprs",
            "pg_catalog.pg_policy.polqual",
            "pg_catalog.pg_policy.polwithcheck",
            "pg_catalog.pg_prepared_statements.statement",
            "pg_catalog.pg_proc.proargdefaults",
            "pg_catalog.pg_publication_rel.prqual",
            "pg_catalog.pg_statistic_ext.stxexprs",
            "pg_catalog.pg_type.typdefaultbin",
            "information_schema.element_types.domain_default");

    private KeptColumns() {}

    /** Those that are masked for whom any column is. */
    static Set<String> masked() {
        Set<String> masked = new HashSet<>();
        ServerCopies.of(EnumSet.allOf(ServerCopies.Kind.class))
                .forEach((table, columns) -> columns.forEach(column -> masked.add(table + "." + column)));
        return masked;
    }

    /** Those of types that hold values or expressions, or named as what holds texts, that are not left open on purpose. */
    static Set<String> holdingValues(PostgresServer server) {
        Set<String> columns = those(server, """
                t.typname IN ('anyarray', 'bytea', 'pg_node_tree', 'pg_mcv_list', '_pg_statistic') OR a.attname ~
                    '(^|_)(query|statement|definition|default|clause|expression|expr|exprs|qual|condition)$'
                """);
        columns.removeAll(LEFT_AS_IT_IS);
        return columns;
    }

    static Set<String> all(PostgresServer server) {
        return those(server, "true");
    }

    private static Set<String> those(PostgresServer server, String condition) {
        Set<String> columns = new HashSet<>();
        for (List<String> row : server.query("""
                SELECT n.nspname || '.' || c.relname || '.' || a.attname
                FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
                JOIN pg_type t ON t.oid = atttypid
                WHERE c.oid < 16384 AND nspname IN ('pg_catalog', 'information_schema') AND relkind IN ('r', 'v')
                    AND attnum > 0 AND NOT attisdropped AND (%s)
                """.formatted(condition))) {
            columns.add(row.getFirst());
        }
        return columns;
    }
}
