package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What names mean at one moment of a session: its search path, its temporary relations and what its own statements have
 * made or moved since the catalogue was read. As a statement may fail or be rolled back, nothing is taken away: a name
 * gets one more meaning.
 */
final class Names {
    private static final String TEMPORARY = "pg_temp";
    private static final String ANYTHING = "*";
    /** More than a session makes in good faith; beyond it no name is known. */
    private static final int MAX_REMEMBERED = 10_000;

    private @Nullable List<String> searchPath;
    private Set<String> temporary;
    private Set<String> temporaryViews;
    /** Temporary relations that were given code to run, or may have been; unlike others' the catalogue never has it. */
    private Set<String> temporaryWithCode;

    /** Types that the session's statements wrote, which temporary relations may have columns of. */
    private Set<String> types;

    private Set<String> functions;
    private Map<String, Set<String>> created;
    private Set<String> disturbed;
    private Set<String> changed;
    /** Whether some schemas of the path may not count. */
    private boolean openPath;
    /** Whether the collections are those of the original, to be copied before they change. */
    private boolean shared;

    Names() {
        temporary = new HashSet<>();
        temporaryViews = new HashSet<>();
        temporaryWithCode = new HashSet<>();
        types = new HashSet<>();
        functions = new HashSet<>();
        created = new HashMap<>();
        disturbed = new HashSet<>();
        changed = new HashSet<>();
    }

    private Names(Names original) {
        searchPath = original.searchPath;
        openPath = original.openPath;
        temporary = original.temporary;
        temporaryViews = original.temporaryViews;
        temporaryWithCode = original.temporaryWithCode;
        types = original.types;
        functions = original.functions;
        created = original.created;
        disturbed = original.disturbed;
        changed = original.changed;
        shared = true;
    }

    /** A copy to try things with while the original stands still. */
    Names copy() {
        return new Names(this);
    }

    /** A copy that another thread may read while the original goes on. */
    Names snapshot() {
        Names copy = new Names(this);
        copy.own();
        return copy;
    }

    /** The same names on another path, none meaning that it is not known. */
    Names withPath(List<String> path) {
        Names other = copy();
        other.searchPath = path.isEmpty() ? null : List.copyOf(path);
        other.openPath = false;
        return other;
    }

    /** The same names on another path, of which any schema may turn out not to count. */
    Names withOpenPath(List<String> path) {
        Names other = withPath(path);
        other.openPath = true;
        return other;
    }

    private void own() {
        if (shared) {
            temporary = new HashSet<>(temporary);
            temporaryViews = new HashSet<>(temporaryViews);
            temporaryWithCode = new HashSet<>(temporaryWithCode);
            types = new HashSet<>(types);
            functions = new HashSet<>(functions);
            Map<String, Set<String>> own = new HashMap<>();
            created.forEach((name, meanings) -> own.put(name, new LinkedHashSet<>(meanings)));
            created = own;
            disturbed = new HashSet<>(disturbed);
            changed = new HashSet<>(changed);
            shared = false;
        }
    }

    /** Whether there is nothing but a search path, as in most sessions most of the time. */
    boolean isPlain() {
        return searchPath != null
                && temporary.isEmpty()
                && functions.isEmpty()
                && created.isEmpty()
                && disturbed.isEmpty()
                && changed.isEmpty();
    }

    /**
     * A relation that a name may mean.
     *
     * @param qualified {@code schema.name}, the schema being {@code ?} where it is not known
     * @param relation what the catalogue knows of it, null where that is nothing or no longer right
     * @param temporary whether it is the session's own temporary relation
     */
    record Meaning(String qualified, @Nullable Relation relation, boolean temporary, boolean alone) {
        Meaning(String qualified, @Nullable Relation relation, boolean temporary) {
            this(qualified, relation, temporary, false);
        }

        /** The relation without its children; a view has none. */
        Meaning withoutChildren() {
            return relation == null || relation.isView() ? this : new Meaning(qualified, relation, temporary, true);
        }
    }

    void searchPath(List<String> path) {
        searchPath = List.copyOf(path);
        openPath = false;
    }

    void searchPathUnknown() {
        searchPath = null;
    }

    boolean isSearchPathKnown() {
        return searchPath != null;
    }

    List<String> path() {
        return searchPath == null ? List.of() : searchPath;
    }

    /** What the catalogue now has, and what is no longer open, needs no memory. */
    void settled() {
        created.clear();
        functions.clear();
        disturbed.clear();
        changed.clear();
    }

    /** DISCARD dropped all temporary relations. */
    void temporaryGone() {
        temporary.clear();
        temporaryViews.clear();
        temporaryWithCode.clear();
    }

    /** What is so after this statement has run. */
    void after(Claims claims) {
        afterTypes(claims);
        if (!claims.movesNames()) {
            return;
        }
        own();
        for (Claims.Relation relation : claims.relations) {
            if (relation.defines() && relation.temporary()) {
                remember(temporary, relation.name().name());
                if (relation.detail().equals(Claims.VIEW)) {
                    remember(temporaryViews, relation.name().name());
                }
            } else if (relation.defines() && isOnPath(relation.name())) {
                created.computeIfAbsent(relation.name().name(), key -> new LinkedHashSet<>())
                        .add(whereCreated(relation.name()));
            }
        }
        for (Claims.Item item : claims.items) {
            if (item.kind().equals("function") && item.action() != Action.DROP) {
                remember(functions, item.name().name());
            }
        }
        for (String name : claims.disturbed) {
            remember(disturbed, name);
        }
        if (claims.disturbed.stream().anyMatch(temporary::contains)) {
            // A trigger, a rule, or another name for it.
            for (String name : claims.disturbed) {
                remember(temporary, name);
                remember(temporaryWithCode, name);
            }
        }
        for (String name : claims.changed) {
            remember(changed, name);
        }
        if (created.size() > MAX_REMEMBERED) {
            disturbed.add(ANYTHING);
        }
    }

    private void afterTypes(Claims claims) {
        boolean storesAny = claims.relations.stream().anyMatch(relation -> relation.defines() && relation.temporary())
                && (!claims.nested.isEmpty()
                        || claims.calls.stream()
                                .anyMatch(call -> BuiltinFunctions.kind(
                                                call.name().name())
                                        .isEmpty()));
        for (Name type : claims.types) {
            if (!"pg_catalog".equals(type.schema())) {
                rememberType(type.name());
            }
        }
        if (storesAny) {
            rememberType(ANYTHING);
        }
    }

    private void rememberType(String name) {
        if (!types.contains(name) && !types.contains(ANYTHING)) {
            own();
            types.add(types.size() < MAX_REMEMBERED ? name : ANYTHING);
        }
    }

    /** Whether a temporary relation may have a column of this type, if none that the catalogue knows has. */
    boolean mayHaveStoredTemporarily(String type) {
        return types.contains(ANYTHING) || types.contains(type) || types.contains("_" + type);
    }

    private boolean isOnPath(Name name) {
        return name.schema() == null || searchPath == null || searchPath.contains(name.schema());
    }

    private void remember(Set<String> set, String name) {
        if (set.size() < MAX_REMEMBERED) {
            set.add(name);
        } else {
            disturbed.add(ANYTHING);
        }
    }

    /** The {@code schema.name} that a new object gets. */
    String whereCreated(Name name) {
        return name.in(creationSchema());
    }

    private String creationSchema() {
        for (String schema : path()) {
            if (!isTemporarySchema(schema) && !schema.equals("pg_catalog")) {
                return schema;
            }
        }
        return "?";
    }

    /** Every relation that the name may mean, at least one. */
    List<Meaning> relation(Name name, Catalogue catalogue) {
        String schema = name.schema();
        if (schema != null && isTemporarySchema(schema)) {
            boolean own = schema.equals(TEMPORARY) && temporary.contains(name.name());
            return List.of(own ? temporary(name.name()) : new Meaning(schema + "." + name.name(), null, false));
        }
        List<Meaning> meanings = new ArrayList<>();
        if (schema != null) {
            meanings.add(known(schema, name.name(), catalogue));
        } else {
            unqualified(name.name(), catalogue, meanings);
        }
        if (isDisturbed(name.name()) || meanings.isEmpty()) {
            meanings.add(new Meaning((schema == null ? "?" : schema) + "." + name.name(), null, false));
            if (schema != null && isDisturbed(name.name())) {
                meanings.add(new Meaning("?." + name.name(), null, false));
            }
        }
        return meanings;
    }

    /**
     * Whether writing this may run code that the session itself put there. Foreign keys, which nobody knows of temporary
     * tables, lead from one of these to the others.
     */
    boolean mayRunCode(Meaning meaning, String name) {
        return meaning.temporary() ? !temporaryWithCode.isEmpty() : isDisturbed(name);
    }

    private boolean isDisturbed(String name) {
        return disturbed.contains(ANYTHING) || disturbed.contains(name);
    }

    private void unqualified(String name, Catalogue catalogue, List<Meaning> meanings) {
        if (temporary.contains(name)) {
            meanings.add(temporary(name));
        }
        for (String qualified : created.getOrDefault(name, Set.of())) {
            meanings.add(new Meaning(qualified, null, false));
        }
        if (searchPath == null) {
            meanings.add(new Meaning("?." + name, null, false));
            return;
        }
        for (String schema : searchPath) {
            if (catalogue.relation(schema, name).isPresent()) {
                meanings.add(known(schema, name, catalogue));
                if (!openPath) {
                    return;
                }
            }
        }
    }

    /** A temporary view may show any table, so it is not known as a table of the session's own is. */
    private Meaning temporary(String name) {
        return new Meaning(TEMPORARY + "." + name, null, !temporaryViews.contains(name));
    }

    private Meaning known(String schema, String name, Catalogue catalogue) {
        Relation relation = changed.contains(name) || isDisturbed(name)
                ? null
                : catalogue.relation(schema, name).orElse(null);
        return new Meaning(schema + "." + name, relation, false);
    }

    /** Whether the session itself may have made or changed a function of this name. */
    boolean isFunctionDisturbed(String name) {
        return isDisturbed(name) || functions.contains(name) || functions.contains(ANYTHING);
    }

    static boolean isTemporarySchema(String schema) {
        return schema.equals(TEMPORARY) || schema.startsWith("pg_temp_") || schema.startsWith("pg_toast_temp_");
    }
}
