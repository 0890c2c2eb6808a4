package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse.Role;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads SELECT, VALUES and set operations, with WITH and FROM: what they read, and where their columns come from. */
final class QueryReader {
    private final Claims claims;
    private final ExpressionReader expressions;
    private final ChangeReader changes;

    QueryReader(Claims claims) {
        this.claims = claims;
        this.expressions = new ExpressionReader(claims, this);
        this.changes = new ChangeReader(claims, this, expressions);
    }

    ExpressionReader expressions() {
        return expressions;
    }

    ChangeReader changes() {
        return changes;
    }

    /** A query of any kind, tagged: its columns, for a data-modifying one those of RETURNING. */
    List<Origin.Derived> query(JsonNode tagged, Scope scope) {
        JsonNode body = Nodes.body(tagged);
        return switch (Nodes.type(tagged)) {
            case "SelectStmt" -> select(body, scope);
            case "InsertStmt" -> changes.insert(body, scope);
            case "UpdateStmt" -> changes.update(body, scope);
            case "DeleteStmt" -> changes.delete(body, scope);
            case "MergeStmt" -> changes.merge(body, scope);
            default -> List.of(Origin.Derived.star(expressions.read(tagged, scope), null));
        };
    }

    /** A SelectStmt's fields, in a scope of its own made for it. */
    List<Origin.Derived> select(JsonNode select, Scope scope) {
        with(select, scope);
        List<Origin.Derived> columns =
                Nodes.child(select, "larg") == null ? simpleSelect(select, scope) : setOperation(select, scope);
        order(Nodes.list(select, "sortClause"), columns, scope);
        claims.mark(expressions.readAll(select, scope, "limitOffset", "limitCount"), Role.PREDICATE);
        into(select, columns);
        return columns;
    }

    private List<Origin.Derived> simpleSelect(JsonNode select, Scope scope) {
        if (!Nodes.list(select, "valuesLists").isEmpty()) {
            return values(select, scope);
        }
        int first = claims.relations.size();
        from(Nodes.list(select, "fromClause"), scope);
        int last = claims.relations.size();
        where(select, scope);
        List<Origin.Derived> columns = targets(Nodes.list(select, "targetList"), scope);
        for (JsonNode window : Nodes.list(select, "windowClause")) {
            claims.mark(expressions.read(window, scope), Role.PREDICATE);
        }
        order(Nodes.list(select, "groupClause"), columns, scope);
        predicate(select, "havingClause", scope);
        distinct(Nodes.list(select, "distinctClause"), columns, scope);
        lock(Nodes.list(select, "lockingClause"), scope, first, last);
        return columns;
    }

    private List<Origin.Derived> values(JsonNode select, Scope scope) {
        List<Origin.Derived> columns = new ArrayList<>();
        for (JsonNode row : Nodes.list(select, "valuesLists")) {
            List<JsonNode> cells = Nodes.items(row);
            for (int i = 0; i < cells.size(); i++) {
                if (i == columns.size()) {
                    columns.add(Origin.Derived.column("column" + (i + 1), new ArrayList<>(), new ArrayList<>()));
                }
                ExpressionReader.Parts cell = expressions.parts(cells.get(i), scope);
                columns.get(i).from.addAll(cell.origins());
                columns.get(i).values.addAll(cell.values());
            }
        }
        return columns;
    }

    private List<Origin.Derived> setOperation(JsonNode select, Scope scope) {
        List<Origin.Derived> left = side(select, "larg", scope);
        List<Origin.Derived> right = side(select, "rarg", scope);
        List<Origin.Derived> columns = paired(left, right);
        boolean keepsAllRows =
                Nodes.flag(select, "all") && Nodes.text(select, "op").equals("SETOP_UNION");
        if (!keepsAllRows) {
            claims.mark(columns, Role.PREDICATE);
        }
        columns.forEach(column -> claims.mix(Mixture.Way.INSTEAD, column.from, column.values, null));
        return columns;
    }

    private List<Origin.Derived> side(JsonNode select, String field, Scope scope) {
        JsonNode side = Nodes.child(select, field);
        return side == null ? List.of() : select(side, scope.beside());
    }

    static List<Origin.Derived> paired(List<Origin.Derived> left, List<Origin.Derived> right) {
        boolean stars =
                left.stream().anyMatch(Origin.Derived::isStar) || right.stream().anyMatch(Origin.Derived::isStar);
        if (stars || left.size() != right.size()) {
            Source paired = new Source.Paired(left, right);
            return List.of(Origin.Derived.star(paired.all(), paired));
        }
        List<Origin.Derived> columns = new ArrayList<>(left.size());
        for (int i = 0; i < left.size(); i++) {
            columns.add(Origin.Derived.column(left.get(i).name, List.of(left.get(i), right.get(i))));
        }
        return columns;
    }

    /** A WITH clause of any statement; its queries are found by name in {@code scope} and inside it. */
    void with(JsonNode statement, Scope scope) {
        JsonNode clause = Nodes.child(statement, "withClause");
        if (clause == null) {
            return;
        }
        List<JsonNode> queries = new ArrayList<>();
        for (JsonNode tagged : Nodes.list(clause, "ctes")) {
            queries.add(Nodes.body(tagged));
        }
        boolean recursive = Nodes.flag(clause, "recursive");
        List<RecursiveRows> forward = new ArrayList<>();
        if (recursive) {
            for (JsonNode query : queries) {
                RecursiveRows rows = new RecursiveRows(Nodes.text(query, "ctename"));
                forward.add(rows);
                scope.with(rows.name, rows.unknown());
            }
        }
        for (int i = 0; i < queries.size(); i++) {
            withQuery(queries.get(i), scope, recursive ? forward.get(i) : null);
        }
    }

    private void withQuery(JsonNode query, Scope scope, @Nullable RecursiveRows self) {
        String name = Nodes.text(query, "ctename");
        List<String> names = Nodes.strings(Nodes.list(query, "aliascolnames"));
        JsonNode body = Nodes.child(query, "ctequery");
        if (body == null) {
            return;
        }
        JsonNode union = Nodes.as(body, "SelectStmt");
        List<Origin.Derived> columns;
        if (self != null && union != null && Nodes.child(union, "larg") != null) {
            columns = recursiveUnion(union, scope, self, names);
        } else {
            columns =
                    Source.Rows.named(name, query(body, scope.beside()), names).columns();
        }
        for (String field : List.of("search_clause", "cycle_clause")) {
            JsonNode clause = Nodes.child(query, field);
            if (clause != null) {
                // They number or cut the rows by these columns, and add columns that hold them.
                claims.mark(columns, Role.PREDICATE);
                claims.mark(expressions.readChildren(clause, scope.beside()), Role.PREDICATE);
                columns = List.of(Origin.Derived.star(List.copyOf(columns), null));
            }
        }
        if (self != null) {
            self.become(columns);
        }
        scope.with(name, columns);
    }

    private List<Origin.Derived> recursiveUnion(JsonNode union, Scope scope, RecursiveRows self, List<String> names) {
        Scope inside = scope.beside();
        with(union, inside);
        List<Origin.Derived> first =
                Source.Rows.named(self.name, side(union, "larg", inside), names).columns();
        // The recursive term sees the columns by position; what it adds to them is tied in afterwards.
        List<RecursiveColumn> seen = new ArrayList<>();
        List<Origin.Derived> known = new ArrayList<>();
        for (Origin.Derived column : first) {
            RecursiveColumn growing = new RecursiveColumn(column);
            seen.add(growing);
            known.add(growing.derived());
        }
        inside.with(self.name, known);
        List<Origin.Derived> second = side(union, "rarg", inside);
        boolean byPosition = first.size() == second.size()
                && second.stream().noneMatch(Origin.Derived::isStar)
                && first.stream().noneMatch(Origin.Derived::isStar);
        for (int i = 0; i < seen.size(); i++) {
            seen.get(i).add(byPosition ? List.of(second.get(i)) : List.copyOf(second));
        }
        if (!Nodes.flag(union, "all") || !Nodes.text(union, "op").equals("SETOP_UNION")) {
            claims.mark(known, Role.PREDICATE);
        }
        order(Nodes.list(union, "sortClause"), known, inside);
        claims.mark(expressions.readAll(union, inside, "limitOffset", "limitCount"), Role.PREDICATE);
        return byPosition ? known : List.of(Origin.Derived.star(List.copyOf(known), null));
    }

    /** The FROM clause's items, from left to right. */
    void from(List<JsonNode> items, Scope scope) {
        FromReader reader = new FromReader(claims, this, expressions, scope);
        for (JsonNode item : items) {
            reader.item(item);
        }
    }

    /** The columns of a target list or RETURNING. */
    List<Origin.Derived> targets(List<JsonNode> list, Scope scope) {
        List<Origin.Derived> columns = new ArrayList<>(list.size());
        for (JsonNode tagged : list) {
            JsonNode target = Nodes.as(tagged, "ResTarget");
            JsonNode value = target == null ? tagged : Nodes.child(target, "val");
            if (value == null) {
                continue;
            }
            List<Source> starred = expressions.starred(value, scope);
            if (!starred.isEmpty()) {
                for (Source source : starred) {
                    columns.add(Origin.Derived.star(source.all(), source));
                }
            } else if (ExpressionReader.expandsRow(value)) {
                columns.add(Origin.Derived.star(expressions.parts(value, scope).all(), null));
            } else {
                String name = target == null ? "" : Nodes.text(target, "name");
                columns.add(expressions.parts(value, scope).named(name.isEmpty() ? TargetName.of(value) : name));
            }
        }
        return columns;
    }

    /** ORDER BY, GROUP BY or DISTINCT ON: by expression, by position or by a target's name. */
    private void order(List<JsonNode> items, List<Origin.Derived> columns, Scope scope) {
        for (JsonNode item : items) {
            JsonNode sort = Nodes.as(item, "SortBy");
            JsonNode key = sort == null ? item : Nodes.child(sort, "node");
            if (sort != null) {
                expressions.operator(sort, "useOp");
            }
            if (key == null) {
                continue;
            }
            JsonNode sets = Nodes.as(key, "GroupingSet");
            if (sets != null) {
                order(Nodes.list(sets, "content"), columns, scope);
                continue;
            }
            claims.mark(named(key, columns), Role.PREDICATE);
            claims.mark(expressions.read(key, scope), Role.PREDICATE);
        }
    }

    private static List<? extends Origin> named(JsonNode key, List<Origin.Derived> columns) {
        boolean stars = columns.stream().anyMatch(Origin.Derived::isStar);
        JsonNode constant = Nodes.as(key, "A_Const");
        if (constant != null) {
            JsonNode integer = Nodes.child(constant, "ival");
            int position = integer == null ? 0 : Nodes.number(integer, "ival");
            if (stars && position > 0) {
                return List.of(new Origin.Target(columns, "", position));
            }
            return stars || position < 1 || position > columns.size() ? columns : List.of(columns.get(position - 1));
        }
        JsonNode reference = Nodes.as(key, "ColumnRef");
        if (reference != null) {
            List<String> names = Nodes.strings(Nodes.list(reference, "fields"));
            if (stars && names.size() == 1) {
                return List.of(new Origin.Target(columns, names.getFirst(), 0));
            }
            return names.size() == 1 ? named(names.getFirst(), columns) : List.of();
        }
        // GROUP BY (a, b) and ROLLUP hold lists and rows of keys.
        List<Origin> found = new ArrayList<>();
        for (String type : List.of("RowExpr", "List")) {
            JsonNode keys = Nodes.as(key, type);
            if (keys != null) {
                for (JsonNode part : Nodes.list(keys, type.equals("List") ? "items" : "args")) {
                    found.addAll(named(part, columns));
                }
            }
        }
        return found;
    }

    /** A column whose name is not followed may have any, where no other surely has it. */
    private static List<? extends Origin> named(String name, List<Origin.Derived> columns) {
        List<Origin.Derived> found =
                columns.stream().filter(column -> column.name.equals(name)).toList();
        return found.isEmpty()
                ? columns.stream().filter(column -> column.name.isEmpty()).toList()
                : found;
    }

    private void distinct(List<JsonNode> clause, List<Origin.Derived> columns, Scope scope) {
        if (clause.isEmpty()) {
            return;
        }
        List<JsonNode> on = clause.stream()
                .filter(node -> node.isObject() && !node.isEmpty())
                .toList();
        if (on.isEmpty()) {
            claims.mark(columns, Role.PREDICATE);
        } else {
            order(on, columns, scope);
        }
    }

    /** FOR UPDATE and its kin: PostgreSQL asks for the right to update, and others wait for these rows. */
    private void lock(List<JsonNode> clauses, Scope scope, int first, int last) {
        for (JsonNode tagged : clauses) {
            Set<String> names = Set.copyOf(Nodes.list(Nodes.body(tagged), "lockedRels").stream()
                    .map(node -> Nodes.text(Nodes.body(node), "relname"))
                    .toList());
            Set<Integer> chosen = new HashSet<>();
            for (Source source : scope.sources()) {
                if (source instanceof Source.Table(String alias, Name _, int relation, List<String> _)
                        && names.contains(alias)) {
                    chosen.add(relation);
                }
            }
            boolean all = chosen.size() < names.size() || names.isEmpty();
            for (int i = first; i < last; i++) {
                Claims.Relation relation = claims.relations.get(i);
                if (relation.action() == Action.READ && (all || chosen.contains(i))) {
                    claims.relation(relation.name(), Action.UPDATE, true, "row lock");
                }
            }
        }
    }

    private void into(JsonNode select, List<Origin.Derived> columns) {
        JsonNode into = Nodes.child(select, "intoClause");
        JsonNode relation = into == null ? null : Nodes.child(into, "rel");
        if (into != null && relation != null) {
            define(into, relation, columns);
        }
    }

    /** A new table is made of these columns. */
    void define(JsonNode into, JsonNode relation, List<Origin.Derived> columns) {
        List<String> names = Nodes.strings(Nodes.list(into, "colNames"));
        claims.define(Nodes.relation(relation), Nodes.text(relation, "relpersistence"));
        int table = claims.relations.size() - 1;
        claims.mark(columns, Role.STORED);
        boolean placed = true;
        for (int i = 0; i < columns.size(); i++) {
            Origin.Derived column = columns.get(i);
            placed &= !column.isStar();
            String name = placed ? (i < names.size() ? names.get(i) : column.name) : "";
            claims.stored.add(new Stored(table, name, -1, List.of(column), List.of()));
        }
    }

    void predicate(JsonNode node, String field, Scope scope) {
        JsonNode condition = Nodes.child(node, field);
        if (condition != null) {
            claims.mark(expressions.read(condition, scope), Role.PREDICATE);
        }
    }

    /** A WHERE that is looked through row by row: what has to be equal to one value each is told apart. */
    void where(JsonNode statement, Scope scope) {
        JsonNode condition = Nodes.child(statement, "whereClause");
        if (condition != null) {
            conjunct(condition, scope);
        }
    }

    private void conjunct(JsonNode condition, Scope scope) {
        JsonNode logic = Nodes.as(condition, "BoolExpr");
        if (logic != null && Nodes.text(logic, "boolop").equals("AND_EXPR")) {
            Nodes.list(logic, "args").forEach(part -> conjunct(part, scope));
            return;
        }
        JsonNode column = claims.runsOnce ? LoneEquality.column(condition) : null;
        if (column == null) {
            claims.mark(expressions.read(condition, scope), Role.PREDICATE);
        } else {
            expressions.readEquality(condition, column, scope);
        }
    }
}
