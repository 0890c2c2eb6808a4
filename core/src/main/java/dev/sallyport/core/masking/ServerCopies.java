package dev.sallyport.core.masking;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Where a server keeps copies of values beside the tables that they are in, or texts in which they may stand: a mask on a
 * table's column is worth nothing where the same value can be read there. Whoever has a column masked has these masked
 * too, all but the kinds that the policy opens.
 *
 * <p>The columns are those of PostgreSQL 13 to 18; a version that lacks one has nothing to hide there. Expressions in
 * PostgreSQL's own form ({@code pg_attrdef.adbin}, {@code pg_index.indpred} and their like) are not among them, as every
 * client that describes a table hands them to {@code pg_get_expr}.
 */
public final class ServerCopies {
    /** What kind of copy it is. Policies use the labels. */
    public enum Kind {
        /** Values of columns and how often they occur, as ANALYZE has sampled them. */
        STATISTICS,
        /** Texts of statements that other sessions run. */
        STATEMENTS,
        /** Contents of large objects. */
        STORAGE,
        /** Definitions in full: of views, functions and rules, and information_schema's expressions. */
        DEFINITIONS;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** The name as policies write it. */
        public String label() {
            return label;
        }
    }

    private static final Map<Kind, Map<String, Set<String>>> ALL = all();

    /** Nothing is masked beside what policies name. */
    public static final ServerCopies NONE = new ServerCopies(Set.of());

    private final Map<String, Map<String, Kind>> tables;
    private final Set<String> names;

    private ServerCopies(Set<Kind> kinds) {
        Map<String, Map<String, Kind>> byTable = new HashMap<>();
        for (Kind kind : kinds) {
            ALL.getOrDefault(kind, Map.of())
                    .forEach((table, columns) ->
                            columns.forEach(column -> byTable.computeIfAbsent(table, key -> new HashMap<>())
                                    .put(column, kind)));
        }
        tables = Map.copyOf(byTable);
        names = Set.copyOf(byTable.keySet().stream()
                .map(table -> table.substring(table.indexOf('.') + 1))
                .toList());
    }

    /** Those of some kinds. */
    public static ServerCopies of(Set<Kind> kinds) {
        return kinds.isEmpty() ? NONE : new ServerCopies(kinds);
    }

    public boolean isEmpty() {
        return tables.isEmpty();
    }

    /**
     * Which of them a column is, if any.
     *
     * @param table the table's {@code schema.name}
     * @param column the column's name, or {@code *} for any of the table's
     */
    public Optional<Kind> kind(String table, String column) {
        Map<String, Kind> columns = tables.get(table);
        if (columns == null) {
            return Optional.empty();
        }
        return column.equals("*") || column.equals("?")
                ? columns.values().stream().findFirst()
                : Optional.ofNullable(columns.get(column));
    }

    /** Whether a table given as {@code ?.name} could have any of them. */
    public boolean mayBe(String table) {
        return table.startsWith("?.") && names.contains(table.substring(2));
    }

    /** The columns of each table, one by one. */
    public void forEach(BiConsumer<String, Set<String>> action) {
        tables.forEach((table, columns) -> action.accept(table, columns.keySet()));
    }

    private static Map<Kind, Map<String, Set<String>>> all() {
        Map<Kind, Map<String, Set<String>>> all = new EnumMap<>(Kind.class);
        all.put(
                Kind.STATISTICS,
                Map.of(
                        "pg_catalog.pg_statistic",
                        Set.of(
                                "stavalues1",
                                "stavalues2",
                                "stavalues3",
                                "stavalues4",
                                "stavalues5",
                                "stanumbers1",
                                "stanumbers2",
                                "stanumbers3",
                                "stanumbers4",
                                "stanumbers5"),
                        "pg_catalog.pg_stats",
                        Set.of(
                                "most_common_vals",
                                "most_common_freqs",
                                "histogram_bounds",
                                "most_common_elems",
                                "most_common_elem_freqs",
                                "elem_count_histogram",
                                "range_length_histogram",
                                "range_bounds_histogram"),
                        "pg_catalog.pg_statistic_ext_data",
                        Set.of("stxdmcv", "stxdexpr"),
                        "pg_catalog.pg_stats_ext",
                        Set.of(
                                "most_common_vals",
                                "most_common_val_nulls",
                                "most_common_freqs",
                                "most_common_base_freqs"),
                        "pg_catalog.pg_stats_ext_exprs",
                        Set.of(
                                "most_common_vals",
                                "most_common_freqs",
                                "histogram_bounds",
                                "most_common_elems",
                                "most_common_elem_freqs",
                                "elem_count_histogram")));
        all.put(Kind.STATEMENTS, Map.of("pg_catalog.pg_stat_activity", Set.of("query")));
        all.put(Kind.STORAGE, Map.of("pg_catalog.pg_largeobject", Set.of("data")));
        all.put(
                Kind.DEFINITIONS,
                Map.ofEntries(
                        Map.entry("pg_catalog.pg_attribute", Set.of("attmissingval")),
                        Map.entry("pg_catalog.pg_indexes", Set.of("indexdef")),
                        Map.entry("pg_catalog.pg_matviews", Set.of("definition")),
                        Map.entry("pg_catalog.pg_policies", Set.of("qual", "with_check")),
                        Map.entry("pg_catalog.pg_proc", Set.of("prosrc", "prosqlbody")),
                        Map.entry("pg_catalog.pg_publication_tables", Set.of("rowfilter")),
                        Map.entry("pg_catalog.pg_rewrite", Set.of("ev_qual", "ev_action")),
                        Map.entry("pg_catalog.pg_rules", Set.of("definition")),
                        Map.entry("pg_catalog.pg_stats_ext", Set.of("exprs")),
                        Map.entry("pg_catalog.pg_stats_ext_exprs", Set.of("expr")),
                        Map.entry("pg_catalog.pg_trigger", Set.of("tgqual", "tgargs")),
                        Map.entry("pg_catalog.pg_views", Set.of("definition")),
                        Map.entry("information_schema.attributes", Set.of("attribute_default")),
                        Map.entry("information_schema.check_constraints", Set.of("check_clause")),
                        Map.entry("information_schema.columns", Set.of("column_default", "generation_expression")),
                        Map.entry("information_schema.domains", Set.of("domain_default")),
                        Map.entry("information_schema.parameters", Set.of("parameter_default")),
                        Map.entry("information_schema.routines", Set.of("routine_definition")),
                        Map.entry("information_schema.triggers", Set.of("action_condition", "action_statement")),
                        Map.entry("information_schema.views", Set.of("view_definition"))));
        return all;
    }
}
