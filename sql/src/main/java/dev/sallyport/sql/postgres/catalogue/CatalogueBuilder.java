package dev.sallyport.sql.postgres.catalogue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts a {@link Catalogue} together from the rows of its queries. */
final class CatalogueBuilder {
    final Map<String, Set<String>> functionSchemas = new HashMap<>();
    final Map<String, Set<String>> shadowingSchemas = new HashMap<>();
    final Set<String> rowFunctions = new HashSet<>();
    final Map<String, Set<String>> operatorSchemas = new HashMap<>();
    final Map<String, Set<String>> operatorFunctions = new HashMap<>();
    final Functions functions = new Functions();
    final List<Cast> casts = new ArrayList<>();
    final Map<String, OwnType> ownTypes = new HashMap<>();
    final Map<String, Set<String>> domainFunctions = new HashMap<>();
    final Map<Integer, Type> types = new HashMap<>();
    final Map<Integer, List<ViewColumn>> viewColumns = new HashMap<>();
    final Set<Integer> readingElsewhere = new HashSet<>();
    final Map<Integer, Map<Integer, ViewColumn>> generated = new HashMap<>();
    final Map<Integer, Set<Integer>> onDelete = new HashMap<>();
    final Map<Integer, Set<Integer>> onUpdate = new HashMap<>();
    boolean eventTriggers;

    private final Map<Integer, List<Column>> columns = new HashMap<>();
    private final Map<Integer, Set<Integer>> parents = new HashMap<>();
    private final Map<Integer, Set<Integer>> children = new HashMap<>();
    private final Map<Integer, Set<Integer>> bases = new HashMap<>();
    private final Map<Integer, List<Relation.Hook>> hooks = new HashMap<>();
    private final Set<Integer> triggers = new HashSet<>();
    private final Set<Integer> rules = new HashSet<>();
    private List<Row> relationRows = List.of();

    static CatalogueBuilder read(List<List<List<@Nullable String>>> results) {
        List<String> statements = CatalogueQueries.statements();
        if (results.size() != statements.size()) {
            throw new IllegalArgumentException("results: " + results.size() + " (expected: " + statements.size() + ")");
        }
        CatalogueBuilder builder = new CatalogueBuilder();
        for (int i = 0; i < statements.size(); i++) {
            List<Row> rows = results.get(i).stream().map(Row::new).toList();
            builder.take(statements.get(i), rows);
        }
        return builder;
    }

    Catalogue build() {
        return new Catalogue(this);
    }

    // Which query a result is of is told by the query itself, so that the two lists cannot drift apart.
    private void take(String statement, List<Row> rows) {
        if (statement.equals(CatalogueQueries.RELATIONS)) {
            relationRows = rows;
        } else if (statement.equals(CatalogueQueries.COLUMNS)) {
            rows.forEach(row -> add(columns, row.oid(0), row.column()));
        } else if (statement.equals(CatalogueQueries.INHERITANCE)) {
            rows.forEach(row -> {
                parents.computeIfAbsent(row.oid(0), key -> new HashSet<>()).add(row.oid(1));
                children.computeIfAbsent(row.oid(1), key -> new HashSet<>()).add(row.oid(0));
            });
        } else if (statement.equals(CatalogueQueries.VIEW_BASES)) {
            rows.forEach(row ->
                    bases.computeIfAbsent(row.oid(0), key -> new HashSet<>()).add(row.oid(1)));
        } else if (statement.equals(CatalogueQueries.VIEW_ACTIONS)) {
            rows.forEach(row -> {
                ViewReader.columns(row.text(1)).ifPresent(read -> viewColumns.put(row.oid(0), read));
                bases.computeIfAbsent(row.oid(0), key -> new HashSet<>()).addAll(ViewReader.relations(row.text(1)));
                if (ViewReader.readsElsewhere(row.text(1))) {
                    readingElsewhere.add(row.oid(0));
                }
            });
        } else if (statement.equals(CatalogueQueries.GENERATED)) {
            rows.forEach(row -> ViewReader.generated(row.oid(0), row.text(2))
                    .ifPresent(read -> generated
                            .computeIfAbsent(row.oid(0), key -> new HashMap<>())
                            .put(Integer.parseInt(row.text(1)), read)));
        } else if (statement.equals(CatalogueQueries.FUNCTIONS)) {
            rows.forEach(row -> {
                put(functionSchemas, row.text(1), row.text(0));
                if (!row.truth(3)) {
                    put(shadowingSchemas, row.text(1), row.text(0));
                }
                if (row.truth(2)) {
                    rowFunctions.add(row.text(1));
                }
            });
        } else if (statement.equals(CatalogueQueries.ROUTINES)) {
            rows.forEach(this::routine);
        } else if (statement.equals(CatalogueQueries.TRIGGERS)) {
            rows.forEach(row -> triggers.add(row.oid(0)));
        } else if (statement.equals(CatalogueQueries.RULES)) {
            rows.forEach(row -> rules.add(row.oid(0)));
        } else if (statement.equals(CatalogueQueries.HOOKS)) {
            rows.forEach(
                    row -> add(hooks, row.oid(0), new Relation.Hook(row.truth(1), row.text(2) + "." + row.text(3))));
        } else if (statement.equals(CatalogueQueries.OPERATORS)) {
            rows.forEach(row -> {
                put(operatorSchemas, row.text(1), row.text(0));
                // An operator that was only announced runs nothing, and so is none that is known.
                put(operatorFunctions, row.text(0) + "." + row.text(1), row.function(2));
            });
        } else if (statement.equals(CatalogueQueries.CASTS)) {
            rows.forEach(row -> casts.add(new Cast(row.text(0), row.text(1), row.truth(2), row.function(3))));
        } else if (statement.equals(CatalogueQueries.OWN_TYPES)) {
            rows.forEach(row -> ownTypes.put(row.text(1), new OwnType(row.oid(0), row.text(1), row.truth(2))));
        } else if (statement.equals(CatalogueQueries.DOMAINS)) {
            rows.forEach(row -> put(domainFunctions, row.text(0), row.text(1) + "." + row.text(2)));
        } else if (statement.equals(CatalogueQueries.CASCADES)) {
            rows.forEach(row -> {
                if (row.truth(2)) {
                    onDelete.computeIfAbsent(row.oid(0), key -> new HashSet<>()).add(row.oid(1));
                }
                if (row.truth(3)) {
                    onUpdate.computeIfAbsent(row.oid(0), key -> new HashSet<>()).add(row.oid(1));
                }
            });
        } else if (statement.equals(CatalogueQueries.EVENT_TRIGGERS)) {
            eventTriggers = !rows.isEmpty();
        } else if (statement.equals(CatalogueQueries.TYPES)) {
            rows.forEach(row -> types.put(row.oid(0), row.type()));
        } else {
            throw new IllegalArgumentException("a query whose result nobody takes");
        }
    }

    private void routine(Row row) {
        Optional<String> definition = row.optional(2);
        if (definition.isEmpty()) {
            functions.unread(row.text(0) + "." + row.text(1));
            return;
        }
        functions.add(new Function(
                row.text(0),
                row.text(1),
                definition.get(),
                row.truth(3),
                row.optional(4),
                row.optional(5).orElse(""),
                row.optional(6)
                        .map(names -> Set.copyOf(List.of(names.split("\n"))))
                        .orElse(Set.of()),
                row.truth(7)));
    }

    private static <T> void add(Map<Integer, List<T>> map, int key, T value) {
        map.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
    }

    private static void put(Map<String, Set<String>> map, String key, String value) {
        map.computeIfAbsent(key, k -> new HashSet<>()).add(value);
    }

    Map<Integer, Relation> relations() {
        Map<Integer, Relation> relations = new HashMap<>();
        for (Row row : relationRows) {
            int oid = row.oid(0);
            relations.put(
                    oid,
                    new Relation(
                            oid,
                            row.text(1),
                            row.text(2),
                            row.letter(3),
                            columns.getOrDefault(oid, List.of()),
                            triggers.contains(oid),
                            rules.contains(oid),
                            hooks.getOrDefault(oid, List.of()),
                            bases.getOrDefault(oid, Set.of()),
                            parents.getOrDefault(oid, Set.of()),
                            children.getOrDefault(oid, Set.of())));
        }
        return relations;
    }

    /** One row, by position; a value that is missing or of the wrong form is a fault of the whole result. */
    private record Row(List<@Nullable String> values) {

        String text(int index) {
            String value = index < values.size() ? values.get(index) : null;
            if (value == null) {
                throw new IllegalArgumentException("a catalogue row without its value " + index);
            }
            return value;
        }

        Optional<String> optional(int index) {
            return index < values.size() ? Optional.ofNullable(values.get(index)) : Optional.empty();
        }

        /** The {@code schema.name} in two columns, {@code ?} where they are empty. */
        String function(int index) {
            return optional(index).isEmpty() ? "?" : text(index) + "." + text(index + 1);
        }

        /** OIDs are unsigned; above two billion they are kept as the same 32 bits, as the wire has them. */
        int oid(int index) {
            return Integer.parseUnsignedInt(text(index));
        }

        boolean truth(int index) {
            return index < values.size() && "t".equals(values.get(index));
        }

        char letter(int index) {
            String text = text(index);
            return text.isEmpty() ? ' ' : text.charAt(0);
        }

        Column column() {
            return new Column(Integer.parseInt(text(1)), text(2), oid(3), letter(4) != ' ');
        }

        Type type() {
            return new Type(oid(0), text(1), text(2), letter(3), letter(4), oid(5), oid(6));
        }
    }
}
