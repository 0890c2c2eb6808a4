package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse.Role;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads INSERT, UPDATE, DELETE and MERGE; each answers with the columns of its RETURNING. */
final class ChangeReader {
    private final Claims claims;
    private final QueryReader queries;
    private final ExpressionReader expressions;

    ChangeReader(Claims claims, QueryReader queries, ExpressionReader expressions) {
        this.claims = claims;
        this.queries = queries;
        this.expressions = expressions;
    }

    List<Origin.Derived> insert(JsonNode insert, Scope scope) {
        queries.with(insert, scope);
        Target target = target(insert, Action.INSERT, true);
        JsonNode query = Nodes.child(insert, "selectStmt", "SelectStmt");
        List<Origin.Derived> values = query == null ? List.of() : queries.select(query, scope.beside());
        claims.mark(values, Role.STORED);
        store(target.relation(), names(insert, "cols"), values);
        scope.add(target.source());
        claims.mark(expressions.readAll(insert, scope, "cols"), Role.PREDICATE);
        writes(target.relation(), Nodes.list(insert, "cols"));
        JsonNode conflict = Nodes.child(insert, "onConflictClause");
        if (conflict != null) {
            conflict(insert, conflict, target, values, scope);
        }
        return returning(insert, target, scope);
    }

    private void conflict(JsonNode insert, JsonNode conflict, Target target, List<Origin.Derived> values, Scope scope) {
        JsonNode arbiter = Nodes.child(conflict, "infer");
        if (arbiter != null) {
            // Which unique index is meant; the columns in it are compared whether they are named or not.
            expressions.readChildren(arbiter, scope);
        }
        if (!Nodes.text(conflict, "action").equals("ONCONFLICT_UPDATE")) {
            return;
        }
        int updated = claims.relation(target.name(), Action.UPDATE, true, "on conflict");
        List<String> columns = names(insert, "cols");
        boolean named = columns.size() == values.size();
        Scope update = scope.inner();
        update.add(
                named
                        ? Source.Rows.named("excluded", values, columns)
                        : Source.Rows.opaque("excluded", List.copyOf(values)));
        assignments(updated, conflict, update);
        queries.predicate(conflict, "whereClause", update);
    }

    List<Origin.Derived> update(JsonNode update, Scope scope) {
        queries.with(update, scope);
        Target target = target(update, Action.UPDATE, filtered(update, "whereClause"));
        scope.add(target.source());
        queries.from(Nodes.list(update, "fromClause"), scope);
        assignments(target.relation(), update, scope);
        queries.where(update, scope);
        return returning(update, target, scope);
    }

    List<Origin.Derived> delete(JsonNode delete, Scope scope) {
        queries.with(delete, scope);
        Target target = target(delete, Action.DELETE, filtered(delete, "whereClause"));
        scope.add(target.source());
        queries.from(Nodes.list(delete, "usingClause"), scope);
        queries.where(delete, scope);
        return returning(delete, target, scope);
    }

    List<Origin.Derived> merge(JsonNode merge, Scope scope) {
        queries.with(merge, scope);
        JsonNode relation = relation(merge);
        Name name = Nodes.relation(relation);
        int read = claims.read(name);
        claims.inherits(read, relation);
        Target target = new Target(name, read, FromReader.table(name, Nodes.child(relation, "alias"), read));
        JsonNode source = Nodes.child(merge, "sourceRelation");
        if (source != null) {
            queries.from(List.of(source), scope);
        }
        // RETURNING * shows the source's columns before the target's.
        scope.add(target.source());
        queries.predicate(merge, "joinCondition", scope);
        for (JsonNode tagged : Nodes.list(merge, "mergeWhenClauses")) {
            branch(Nodes.body(tagged), target, filtered(merge, "joinCondition"), scope);
        }
        return returning(merge, target, scope);
    }

    /** Whether the condition can spare rows of the statement's target. */
    private static boolean filtered(JsonNode statement, String field) {
        JsonNode relation = relation(statement);
        String alias = FromReader.aliasName(Nodes.child(relation, "alias"), Nodes.text(relation, "relname"));
        return new Filter(alias).restricts(Nodes.child(statement, field));
    }

    private void branch(JsonNode branch, Target merged, boolean joinRestricts, Scope scope) {
        Name target = merged.name();
        boolean matched = Nodes.text(branch, "matchKind").equals("MERGE_WHEN_MATCHED");
        boolean filtered = (matched && joinRestricts)
                || new Filter(merged.source().alias()).restricts(Nodes.child(branch, "condition"));
        queries.predicate(branch, "condition", scope);
        switch (Nodes.text(branch, "commandType")) {
            case "CMD_INSERT" -> {
                int inserted = claims.relation(target, Action.INSERT, true, "merge");
                writes(inserted, Nodes.list(branch, "targetList"));
            }
            case "CMD_UPDATE" -> {
                int updated = claims.relation(target, Action.UPDATE, filtered, "merge");
                writes(updated, Nodes.list(branch, "targetList"));
            }
            case "CMD_DELETE" -> claims.relation(target, Action.DELETE, filtered, "merge");
            case "CMD_NOTHING" -> {}
            default -> claims.unknown("other", "statement", "MERGE does " + Nodes.text(branch, "commandType"));
        }
        List<Origin.Derived> inserted = new ArrayList<>();
        for (JsonNode value : Nodes.list(branch, "values")) {
            inserted.add(expressions.parts(value, scope).named(""));
        }
        if (inserted.isEmpty()) {
            stored(merged.relation(), branch, scope);
        } else {
            claims.mark(expressions.readAll(branch, scope, "targetList"), Role.STORED);
            claims.mark(inserted, Role.STORED);
            store(merged.relation(), names(branch, "targetList"), inserted);
        }
    }

    private static List<String> names(JsonNode statement, String field) {
        List<String> names = new ArrayList<>();
        for (JsonNode column : Nodes.list(statement, field)) {
            names.add(Nodes.text(Nodes.body(column), "name"));
        }
        return names;
    }

    /**
     * These go into the relation, one in each of its columns.
     *
     * @param names the columns' names; empty where they are the relation's first ones
     */
    private void store(int relation, List<String> names, List<Origin.Derived> values) {
        boolean placed = true;
        for (int i = 0; i < values.size(); i++) {
            // Behind a star that stands for nobody knows how many, places say nothing.
            placed &= !values.get(i).isStar();
            boolean named = placed && i < names.size();
            int position = placed && names.isEmpty() ? i : -1;
            claims.stored.add(
                    new Stored(relation, named ? names.get(i) : "", position, List.of(values.get(i)), List.of()));
        }
    }

    private void assignments(int relation, JsonNode statement, Scope scope) {
        writes(relation, Nodes.list(statement, "targetList"));
        stored(relation, statement, scope);
    }

    /** Marks the columns that are given values; all of them where none is named. */
    private void writes(int relation, List<JsonNode> targets) {
        for (JsonNode target : targets) {
            claims.mark(List.of(new Origin.Column(relation, Nodes.text(Nodes.body(target), "name"))), Role.WRITTEN);
        }
        if (targets.isEmpty()) {
            claims.mark(List.of(new Origin.Column(relation, "*")), Role.WRITTEN);
        }
    }

    private void stored(int relation, JsonNode statement, Scope scope) {
        for (JsonNode tagged : Nodes.list(statement, "targetList")) {
            JsonNode target = Nodes.body(tagged);
            JsonNode several = Nodes.child(target, "val", "MultiAssignRef");
            ExpressionReader.Parts parts = several == null
                    ? expressions.partsOfChildren(target, scope)
                    : expressions.oneOfSeveral(several, scope);
            claims.mark(parts.origins(), Role.STORED);
            claims.stored.add(new Stored(relation, Nodes.text(target, "name"), -1, parts.origins(), parts.values()));
        }
    }

    private List<Origin.Derived> returning(JsonNode statement, Target target, Scope scope) {
        JsonNode clause = Nodes.child(statement, "returningClause");
        if (clause == null) {
            return List.of();
        }
        // RETURNING shows rows of the target, for which PostgreSQL asks for the right to read them.
        claims.read(target.name());
        String oldRow = "old";
        String newRow = "new";
        for (JsonNode tagged : Nodes.list(clause, "options")) {
            JsonNode option = Nodes.body(tagged);
            if (Nodes.text(option, "option").equals("RETURNING_OPTION_OLD")) {
                oldRow = Nodes.text(option, "value");
            } else {
                newRow = Nodes.text(option, "value");
            }
        }
        // They are found by their names only: a star in RETURNING stands for the sources themselves.
        Scope rows = Scope.outermost();
        for (String alias : List.of(oldRow, newRow)) {
            rows.add(new Source.Rows(
                    alias, List.of(Origin.Derived.star(target.source().all(), target.source()))));
        }
        return queries.targets(Nodes.list(clause, "exprs"), scope.alsoNaming(rows));
    }

    private Target target(JsonNode statement, Action action, boolean filtered) {
        JsonNode relation = relation(statement);
        Name name = Nodes.relation(relation);
        int index = claims.relation(name, action, filtered, "");
        claims.inherits(index, relation);
        return new Target(name, index, FromReader.table(name, Nodes.child(relation, "alias"), index));
    }

    private static JsonNode relation(JsonNode statement) {
        @Nullable JsonNode relation = Nodes.child(statement, "relation");
        if (relation == null) {
            throw new IllegalStateException("a statement without its relation");
        }
        return relation;
    }

    /** @param relation its place among what the statement names */
    private record Target(Name name, int relation, Source source) {}
}
