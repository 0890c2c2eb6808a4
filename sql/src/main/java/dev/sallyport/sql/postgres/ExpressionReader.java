package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads expressions: the functions and operators in them, the queries inside them, and where their value comes from.
 * Every child of every node is walked, whatever its type; a type that is not known here makes the statement unknown.
 */
final class ExpressionReader {
    /** Nodes that do nothing but combine what their children give. */
    private static final Set<String> COMBINING = Set.of(
            "ATAlterConstraint",
            "A_ArrayExpr",
            "A_Const",
            "A_Indices",
            "A_Star",
            "BitString",
            "BoolExpr",
            "Boolean",
            "BooleanTest",
            "CaseWhen",
            "CoalesceExpr",
            "CollateClause",
            "ColumnDef",
            "Constraint",
            "CurrentOfExpr",
            "DefElem",
            "Float",
            "FunctionParameter",
            "GroupingFunc",
            "GroupingSet",
            "IndexElem",
            "Integer",
            "JsonAggConstructor",
            "JsonArgument",
            "JsonArrayAgg",
            "JsonArrayConstructor",
            "JsonArrayQueryConstructor",
            "JsonBehavior",
            "JsonFormat",
            "JsonFuncExpr",
            "JsonIsPredicate",
            "JsonKeyValue",
            "JsonObjectAgg",
            "JsonObjectConstructor",
            "JsonOutput",
            "JsonParseExpr",
            "JsonReturning",
            "JsonScalarExpr",
            "JsonSerializeExpr",
            "JsonTableColumn",
            "JsonTablePathSpec",
            "JsonValueExpr",
            "List",
            "MergeSupportFunc",
            "MinMaxExpr",
            "MultiAssignRef",
            "NamedArgExpr",
            "NullTest",
            "ParamRef",
            "PartitionElem",
            "PartitionRangeDatum",
            "RangeTableFuncCol",
            "ReplicaIdentityStmt",
            "ResTarget",
            "ReturnStmt",
            "RoleSpec",
            "RowExpr",
            "SQLValueFunction",
            "SetToDefault",
            "SortBy",
            "StatsElem",
            "String",
            "TableLikeClause",
            "XmlExpr",
            "XmlSerialize");

    private final Claims claims;
    private final QueryReader queries;
    /** Whether what is read stands below a test, so that all its columns will be marked by that. */
    private boolean testing;

    ExpressionReader(Claims claims, QueryReader queries) {
        this.claims = claims;
        this.queries = queries;
    }

    List<Origin> read(JsonNode node, Scope scope) {
        List<Origin> origins = new ArrayList<>();
        read(node, scope, origins);
        return origins;
    }

    /** Reads a comparison with one value; what it compares is said apart from all else that decides. */
    void readEquality(JsonNode comparison, JsonNode column, Scope scope) {
        boolean outside = testing;
        testing = true;
        try {
            read(comparison, scope);
        } finally {
            testing = outside;
        }
        claims.equalities.add(read(column, scope));
    }

    List<Origin> readAll(JsonNode node, Scope scope, String... fields) {
        List<Origin> origins = new ArrayList<>();
        for (String field : fields) {
            JsonNode child = Nodes.child(node, field);
            if (child != null) {
                read(child, scope, origins);
            }
        }
        return origins;
    }

    List<Origin> readChildren(JsonNode node, Scope scope) {
        List<Origin> origins = new ArrayList<>();
        children(node, scope, origins);
        return origins;
    }

    private void read(JsonNode node, Scope scope, List<Origin> into) {
        if (!node.isContainer()) {
            return;
        }
        if (!Nodes.tagged(node)) {
            untagged(node, scope, into);
            return;
        }
        JsonNode body = Nodes.body(node);
        String type = Nodes.type(node);
        switch (type) {
            case "ColumnRef" -> column(body, scope, into);
            case "FuncCall" -> call(body, scope, into);
            case "A_Expr" -> operation(body, scope, into);
            case "CaseExpr" -> cases(body, scope, into);
            case "CoalesceExpr" -> combined(Carrying.coalesce(body), body, scope, into);
            case "SubLink" -> subquery(body, scope, into);
            case "A_Indirection" -> {
                claims.fields.addAll(Nodes.strings(Nodes.list(body, "indirection")));
                computed(origins -> children(body, scope, origins), into);
            }
            case "TypeCast" -> cast(body, scope, into);
            case "CollateClause" -> children(body, scope, into);
            case "TypeName" -> type(body);
            case "WindowDef" -> claims.mark(readChildren(body, scope), Role.PREDICATE);
            case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" ->
                computed(origins -> origins.addAll(apart(() -> queries.query(node, scope.inner()))), into);
            // The action of a rule.
            case "NotifyStmt" -> claims.effect(Action.PUBLISH, "channel", Nodes.text(body, "conditionname"));
            case "RangeVar" -> claims.read(Nodes.relation(body));
            case "ObjectWithArgs" -> claims.calls.add(new Claims.Call(Nodes.name(body, "objname"), List.of()));
            default -> {
                claims.parameters |= type.equals("ParamRef");
                if (!COMBINING.contains(type)) {
                    claims.unknown("other", "statement", "it holds " + type);
                }
                computed(origins -> combined(Carrying.node(type), body, scope, origins), into);
            }
        }
    }

    /** Reads something whose value is made of what is below, and not one of them. */
    private static void computed(Consumer<List<Origin>> read, List<Origin> into) {
        List<Origin> below = new ArrayList<>();
        read.accept(below);
        if (!below.isEmpty()) {
            into.add(new Origin.Computed(below));
        }
    }

    private void cast(JsonNode cast, Scope scope, List<Origin> into) {
        if (Carrying.keepsText(cast)) {
            children(cast, scope, into);
        } else {
            computed(origins -> combined(Carrying.cast(cast), cast, scope, origins), into);
        }
    }

    /** What a node makes of its children: it carries their values along, or tests them. */
    private void combined(boolean carries, JsonNode body, Scope scope, List<Origin> into) {
        tested(!carries, origins -> children(body, scope, origins), into);
    }

    /** Reads something whose columns decide, where {@code tests}; once is enough for tests inside of tests. */
    private void tested(boolean tests, Consumer<List<Origin>> read, List<Origin> into) {
        if (!tests || testing) {
            read.accept(into);
            return;
        }
        List<Origin> below = new ArrayList<>();
        testing = true;
        try {
            read.accept(below);
        } finally {
            testing = false;
        }
        claims.mark(below, Role.PREDICATE);
        into.addAll(below);
    }

    /** Reads a query inside an expression; not all its columns need to come out of it, so it is looked at for itself. */
    private List<Origin.Derived> apart(Supplier<List<Origin.Derived>> query) {
        boolean outside = testing;
        testing = false;
        try {
            return query.get();
        } finally {
            testing = outside;
        }
    }

    private void cases(JsonNode cases, Scope scope, List<Origin> into) {
        JsonNode argument = Nodes.child(cases, "arg");
        if (argument != null) {
            claims.operators.add(Name.of("="));
            computed(below -> tested(true, origins -> read(argument, scope, origins), below), into);
        }
        for (JsonNode tagged : Nodes.list(cases, "args")) {
            JsonNode when = Nodes.body(tagged);
            for (String field : List.of("expr", "result")) {
                JsonNode part = Nodes.child(when, field);
                if (part != null && field.equals("expr")) {
                    computed(below -> tested(true, origins -> read(part, scope, origins), below), into);
                } else if (part != null) {
                    read(part, scope, into);
                }
            }
        }
        JsonNode otherwise = Nodes.child(cases, "defresult");
        if (otherwise != null) {
            read(otherwise, scope, into);
        }
    }

    /** A list, or the fields of a node whose type its place tells. */
    private void untagged(JsonNode node, Scope scope, List<Origin> into) {
        if (node.has("relname")) {
            claims.read(Nodes.relation(node));
        } else if (node.has("names") && node.has("typemod")) {
            type(node);
        } else if (node.has("fields")) {
            column(node, scope, into);
        } else if (node.has("funcname")) {
            call(node, scope, into);
        } else if (node.has("targetList") || node.has("larg") || node.has("valuesLists")) {
            computed(origins -> origins.addAll(apart(() -> queries.select(node, scope.inner()))), into);
        } else {
            children(node, scope, into);
        }
    }

    private void children(JsonNode node, Scope scope, List<Origin> into) {
        if (node.isArray()) {
            for (JsonNode item : node.values()) {
                read(item, scope, into);
            }
            return;
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            switch (field.getKey()) {
                case "agg_filter", "agg_order", "over" -> {
                    List<Origin> deciding = read(field.getValue(), scope);
                    claims.mark(deciding, Role.PREDICATE);
                    into.addAll(deciding);
                }
                case "collname", "opclass", "alias" -> {}
                default -> read(field.getValue(), scope, into);
            }
        }
    }

    private void type(JsonNode typeName) {
        claims.types.add(Nodes.name(typeName, "names"));
    }

    private void column(JsonNode reference, Scope scope, List<Origin> into) {
        List<JsonNode> fields = Nodes.list(reference, "fields");
        List<String> names = Nodes.strings(fields);
        if (names.size() < fields.size()) {
            List<Source> sources = starred(names, scope);
            sources.forEach(source -> wholeRow(source, into));
            if (sources.isEmpty() && !names.isEmpty()) {
                into.add(unknownColumn());
            }
            return;
        }
        if (names.size() == 1) {
            String name = names.getFirst();
            Origin.Choice choice = scope.unqualified(name);
            choice.levels().forEach(level -> claims.spend(level.candidates().size()));
            into.add(choice);
            return;
        }
        String name = names.getLast();
        claims.fields.add(name);
        Name table = Nodes.name(names.subList(0, names.size() - 1));
        List<Source> sources = scope.named(table.schema(), table.name());
        sources.forEach(source -> into.addAll(source.qualified(name)));
        if (sources.isEmpty()) {
            into.add(unknownColumn());
        }
    }

    private static void wholeRow(Source source, List<Origin> into) {
        into.add(new Origin.Computed(source.all()));
    }

    static Origin unknownColumn() {
        return new Origin.Column(-1, "*");
    }

    /** The sources that {@code *} or {@code t.*} stands for; empty where the expression is no star. */
    List<Source> starred(JsonNode value, Scope scope) {
        JsonNode reference = Nodes.as(value, "ColumnRef");
        if (reference == null) {
            return List.of();
        }
        List<JsonNode> fields = Nodes.list(reference, "fields");
        List<String> names = Nodes.strings(fields);
        return names.size() < fields.size() ? starred(names, scope) : List.of();
    }

    private static List<Source> starred(List<String> qualifier, Scope scope) {
        if (qualifier.isEmpty()) {
            return List.copyOf(scope.starred());
        }
        Name table = Nodes.name(qualifier);
        return scope.named(table.schema(), table.name());
    }

    /** Whether a target gives as many columns as a row has: {@code (row).*}, or a star of nothing that is known. */
    static boolean expandsRow(JsonNode value) {
        JsonNode indirection = Nodes.as(value, "A_Indirection");
        JsonNode reference = Nodes.as(value, "ColumnRef");
        List<JsonNode> path = indirection != null
                ? Nodes.list(indirection, "indirection")
                : reference == null ? List.of() : Nodes.list(reference, "fields");
        return !path.isEmpty() && Nodes.as(path.getLast(), "A_Star") != null;
    }

    /** The name that a target without an alias has, or empty where that is not followed here. */
    static String columnName(JsonNode value) {
        JsonNode body = Nodes.body(value);
        return switch (Nodes.type(value)) {
            case "ColumnRef" -> Nodes.name(body, "fields").name();
            case "FuncCall" -> Nodes.name(body, "funcname").name();
            default -> "";
        };
    }

    private void call(JsonNode call, Scope scope, List<Origin> into) {
        Name name = Nodes.name(call, "funcname");
        List<JsonNode> arguments = Nodes.list(call, "args");
        List<@Nullable String> literals = new ArrayList<>(arguments.size());
        for (JsonNode argument : arguments) {
            literals.add(Nodes.constant(argument));
        }
        Claims.Call called = new Claims.Call(name, Collections.unmodifiableList(literals));
        claims.calls.add(called);
        boolean outside = testing;
        boolean tests = !outside && !Carrying.call(called);
        List<Origin> given = new ArrayList<>();
        testing = outside || tests;
        try {
            children(call, scope, given);
        } finally {
            testing = outside;
        }
        Origin.Called made = new Origin.Called(called, given, alone(call, name, arguments));
        if (tests) {
            claims.mark(List.of(made), Role.PREDICATE);
        }
        if (BuiltinFunctions.keeps(name.name())) {
            claims.mark(given, Role.STORED);
        }
        if (Nodes.flag(call, "agg_distinct") || BuiltinFunctions.returnsSet(name.name())) {
            claims.mark(given, Role.PREDICATE);
        }
        into.add(made);
    }

    /** {@code f(column)} and {@code f(*)} of a built-in, without DISTINCT, FILTER, ORDER BY or window. */
    private static boolean alone(JsonNode call, Name name, List<JsonNode> arguments) {
        boolean plain = arguments.isEmpty()
                ? Nodes.flag(call, "agg_star")
                : arguments.size() == 1 && Nodes.as(arguments.getFirst(), "ColumnRef") != null;
        return plain
                && (name.schema() == null || name.schema().equals("pg_catalog"))
                && !Nodes.flag(call, "agg_distinct")
                && !Nodes.flag(call, "func_variadic")
                && Nodes.child(call, "agg_filter") == null
                && Nodes.list(call, "agg_order").isEmpty()
                && Nodes.child(call, "over") == null;
    }

    private void operation(JsonNode operation, Scope scope, List<Origin> into) {
        if (Nodes.text(operation, "kind").contains("BETWEEN")) {
            claims.operators.add(Name.of("<="));
            claims.operators.add(Name.of(">="));
        } else {
            operator(operation, "name");
        }
        List<Origin> below = new ArrayList<>();
        for (String field : List.of("lexpr", "rexpr")) {
            JsonNode operand = Nodes.child(operation, field);
            if (operand != null) {
                tested(!Carrying.operation(operation), origins -> read(operand, scope, origins), below);
            }
        }
        Origin affixed = affixed(operation, below);
        if (affixed == null) {
            computed(origins -> origins.addAll(below), into);
        } else {
            into.add(affixed);
        }
    }

    /**
     * A value with a constant text before or behind it, {@code 'SSN ' || ssn}: with the text taken off, what is left is the
     * value, and can be masked as such. Null where it is no such concatenation.
     */
    private static @Nullable Origin affixed(JsonNode operation, List<Origin> operands) {
        JsonNode left = Nodes.child(operation, "lexpr");
        JsonNode right = Nodes.child(operation, "rexpr");
        boolean concatenates = Nodes.strings(Nodes.list(operation, "name")).equals(List.of("||"));
        if (!concatenates || left == null || right == null || operands.size() != 1) {
            return null;
        }
        String before = string(left);
        String after = string(right);
        if (before != null && after == null) {
            return new Origin.Affixed(before, operands.getFirst(), "");
        }
        return after != null && before == null ? new Origin.Affixed("", operands.getFirst(), after) : null;
    }

    /** The text of a string constant. */
    private static @Nullable String string(JsonNode node) {
        JsonNode constant = Nodes.as(node, "A_Const");
        JsonNode string = constant == null ? null : Nodes.child(constant, "sval");
        return string == null ? null : Nodes.text(string, "sval");
    }

    void operator(JsonNode node, String field) {
        if (!Nodes.list(node, field).isEmpty()) {
            claims.operators.add(Nodes.name(node, field));
        }
    }

    private void subquery(JsonNode link, Scope scope, List<Origin> into) {
        operator(link, "operName");
        JsonNode test = Nodes.child(link, "testexpr");
        if (test != null) {
            claims.operators.add(Name.of("="));
            computed(below -> tested(true, origins -> read(test, scope, origins), below), into);
        }
        JsonNode query = Nodes.child(link, "subselect");
        if (query != null) {
            List<Origin.Derived> columns = apart(() -> queries.query(query, scope.inner()));
            switch (Nodes.text(link, "subLinkType")) {
                case "EXISTS_SUBLINK" -> {}
                case "EXPR_SUBLINK" -> into.addAll(columns);
                default -> computed(below -> tested(test != null, origins -> origins.addAll(columns), below), into);
            }
        }
    }
}
