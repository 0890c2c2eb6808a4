package dev.sallyport.sql.postgres.catalogue;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a target's catalogue. Immutable; shared by the sessions on the target. What it does not hold is not
 * known, which is not the same as not being there.
 */
public final class Catalogue {
    /** Nothing is known: every name that needs resolving stays unknown. */
    public static final Catalogue EMPTY = new CatalogueBuilder().build();

    private final Map<Integer, Relation> relations;
    private final Map<String, Relation> relationsByName;
    private final Map<String, Set<String>> functionSchemas;
    private final Map<String, Set<String>> shadowingSchemas;
    private final Set<String> rowFunctions;
    private final Map<String, Set<String>> operatorSchemas;
    private final Map<String, Set<String>> operatorFunctions;
    private final Map<String, List<Function>> functions;
    private final List<Cast> casts;
    private final Map<String, OwnType> ownTypes;
    private final Map<String, Set<String>> domainFunctions;
    private final Map<Integer, Type> types;
    private final Map<Integer, List<ViewColumn>> viewColumns;
    private final Set<Integer> readingElsewhere;
    private final Map<Integer, Map<Integer, ViewColumn>> generated;
    private final Map<Integer, Set<Integer>> onDelete;
    private final Map<Integer, Set<Integer>> onUpdate;
    private final boolean eventTriggers;
    private final Map<Integer, Set<String>> baseTables = new ConcurrentHashMap<>();

    Catalogue(CatalogueBuilder read) {
        relations = Map.copyOf(read.relations());
        Map<String, Relation> byName = new HashMap<>();
        relations.values().forEach(relation -> byName.put(relation.qualifiedName(), relation));
        relationsByName = Map.copyOf(byName);
        functionSchemas = Map.copyOf(read.functionSchemas);
        shadowingSchemas = Map.copyOf(read.shadowingSchemas);
        rowFunctions = Set.copyOf(read.rowFunctions);
        operatorSchemas = Map.copyOf(read.operatorSchemas);
        operatorFunctions = Map.copyOf(read.operatorFunctions);
        functions = Map.copyOf(read.functions.readable());
        casts = List.copyOf(read.casts);
        ownTypes = Map.copyOf(read.ownTypes);
        domainFunctions = Map.copyOf(read.domainFunctions);
        types = Map.copyOf(read.types);
        viewColumns = Map.copyOf(read.viewColumns);
        readingElsewhere = Set.copyOf(read.readingElsewhere);
        generated = Map.copyOf(read.generated);
        onDelete = Map.copyOf(read.onDelete);
        onUpdate = Map.copyOf(read.onUpdate);
        eventTriggers = read.eventTriggers;
    }

    /**
     * From the rows of {@link CatalogueQueries#statements()}, one list of rows a statement.
     *
     * @throws IllegalArgumentException where the results are not those statements'
     */
    public static Catalogue of(List<List<List<@Nullable String>>> results) {
        return CatalogueBuilder.read(results).build();
    }

    public boolean isEmpty() {
        return relations.isEmpty();
    }

    public Optional<Relation> relation(int oid) {
        return Optional.ofNullable(relations.get(oid));
    }

    public Optional<Relation> relation(String schema, String name) {
        return Optional.ofNullable(relationsByName.get(schema + "." + name));
    }

    /** The column that RowDescription names by its table's OID and its number. */
    public Optional<Column> column(int tableOid, int number) {
        Relation relation = relations.get(tableOid);
        if (relation == null) {
            return Optional.empty();
        }
        return relation.columns().stream()
                .filter(column -> column.number() == number)
                .findFirst();
    }

    /** What a view's column of this number derives from, or empty where its definition is not known or not understood. */
    public Optional<ViewColumn> viewColumn(int viewOid, int number) {
        List<ViewColumn> columns = viewColumns.getOrDefault(viewOid, List.of());
        return number >= 1 && number <= columns.size() ? Optional.of(columns.get(number - 1)) : Optional.empty();
    }

    /** What a table's generated column derives from, or empty where its expression is not known or not understood. */
    public Optional<ViewColumn> generatedColumn(int tableOid, int number) {
        return Optional.ofNullable(generated.getOrDefault(tableOid, Map.of()).get(number));
    }

    public Optional<Type> type(int oid) {
        return Optional.ofNullable(types.get(oid));
    }

    /**
     * The {@code schema.name} of every relation whose rows may come through this one: itself, for a view what its
     * definition names, for a table its partitions and children, and the tables it is itself a part of, as a mask on
     * either is meant for the rows they share; {@code ?} where a view calls what could read any.
     */
    public Set<String> baseTables(int oid) {
        return baseTables.computeIfAbsent(
                oid,
                key -> reachable(key).stream()
                        .flatMap(relation -> readingElsewhere.contains(relation.oid())
                                ? Stream.of(relation.qualifiedName(), "?")
                                : Stream.of(relation.qualifiedName()))
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /**
     * The tables whose rows foreign keys change or delete when rows of this one are, one after the other.
     *
     * @param delete whether rows are deleted rather than updated
     */
    public Collection<Relation> cascades(int oid, boolean delete) {
        Set<Relation> found = new LinkedHashSet<>();
        Deque<Integer> next = new ArrayDeque<>((delete ? onDelete : onUpdate).getOrDefault(oid, Set.of()));
        while (!next.isEmpty()) {
            int current = next.removeFirst();
            Relation relation = relations.get(current);
            if (relation != null && found.add(relation)) {
                next.addAll(onDelete.getOrDefault(current, Set.of()));
                next.addAll(onUpdate.getOrDefault(current, Set.of()));
            }
        }
        return found;
    }

    /** Whether statements that define objects run event triggers. */
    public boolean hasEventTriggers() {
        return eventTriggers;
    }

    /** As {@link #baseTables}, the relations themselves; the first is the one asked for. */
    public Collection<Relation> reachable(int oid) {
        Set<Integer> seen = new LinkedHashSet<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(oid));
        Set<Relation> found = new LinkedHashSet<>();
        while (!next.isEmpty()) {
            int current = next.removeFirst();
            Relation relation = relations.get(current);
            if (!seen.add(current) || relation == null) {
                continue;
            }
            found.add(relation);
            next.addAll(relation.bases());
            next.addAll(relation.parents());
            next.addAll(relation.children());
        }
        return found;
    }

    /** As {@link #reachable}, but only by partitions, children and parents: tables that share rows and column names. */
    public Collection<Relation> family(int oid) {
        Set<Relation> found = new LinkedHashSet<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(oid));
        while (!next.isEmpty()) {
            Relation relation = relations.get(next.removeFirst());
            if (relation != null && found.add(relation)) {
                next.addAll(relation.parents());
                next.addAll(relation.children());
            }
        }
        return found;
    }

    /**
     * The table and those that it is a part of, without its own partitions and children: what {@code ONLY} leaves. Masks on
     * the tables above it are meant for its rows too.
     */
    public Collection<Relation> ancestry(int oid) {
        Set<Relation> found = new LinkedHashSet<>();
        Deque<Integer> next = new ArrayDeque<>(List.of(oid));
        while (!next.isEmpty()) {
            Relation relation = relations.get(next.removeFirst());
            if (relation != null && found.add(relation)) {
                next.addAll(relation.parents());
            }
        }
        return found;
    }

    /** As {@link #ancestry}, by {@code schema.name}. */
    public Set<String> ownTables(int oid) {
        return ancestry(oid).stream().map(Relation::qualifiedName).collect(Collectors.toUnmodifiableSet());
    }

    /** The schemas that hold a function of this name which is not PostgreSQL's own. */
    public Set<String> functionSchemas(String name) {
        return functionSchemas.getOrDefault(name, Set.of());
    }

    /**
     * The schemas that hold a function of this name which is neither PostgreSQL's own nor an extension's. Extensions give
     * types of their own the functions that others have (citext: max, replace), or keep what PostgreSQL has by now
     * (pgcrypto: gen_random_uuid); like their operators and casts that is taken as their installer's choice.
     */
    public Set<String> shadowingSchemas(String name) {
        return shadowingSchemas.getOrDefault(name, Set.of());
    }

    /** Whether {@code t.name} may call a function that is not PostgreSQL's own with a row of {@code t}. */
    public boolean isRowFunction(String name) {
        return rowFunctions.contains(name);
    }

    /** The schemas that hold an operator of this name which is neither PostgreSQL's own nor an extension's. */
    public Set<String> operatorSchemas(String name) {
        return operatorSchemas.getOrDefault(name, Set.of());
    }

    /**
     * The functions that an operator of this {@code schema.name} runs, whichever of its kin the planner puts in its place;
     * empty where they are not known.
     */
    public Set<String> operatorFunctions(String qualified) {
        return operatorFunctions.getOrDefault(qualified, Set.of());
    }

    /** All functions of this {@code schema.name}, or none where the body of one of them cannot be read. */
    public List<Function> functions(String qualified) {
        return functions.getOrDefault(qualified, List.of());
    }

    /** Every function whose body can be read. */
    public List<Function> functions() {
        return functions.values().stream().flatMap(List::stream).toList();
    }

    /** Casts that run a function of somebody's own, extensions apart. */
    public List<Cast> casts() {
        return casts;
    }

    /** The type of this name, if it is one of which it is known where its values come from. */
    public Optional<OwnType> ownType(String name) {
        return Optional.ofNullable(ownTypes.get(name));
    }

    /** The functions, not PostgreSQL's own, that check values of a domain of this name. */
    public Set<String> domainFunctions(String domain) {
        return domainFunctions.getOrDefault(domain, Set.of());
    }

    /** Domains that run functions when a value of theirs is made. */
    public Map<String, Set<String>> domainFunctions() {
        return domainFunctions;
    }
}
