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

    /** Those of them that mix nothing: what is below them goes on as it is, to be stored or compared further up. */
    private static final Set<String> HOLDING = Set.of(
            "A_ArrayExpr",
            "A_Indices",
            "CollateClause",
            "List",
            "NamedArgExpr",
            "ResTarget",
            "RowExpr",
            "SortBy",
            "MultiAssignRef",
            "GroupingSet");

    private final Claims claims;
    private final QueryReader queries;
    /** Whether what is read stands below a test, so that all its columns will be marked by that. */
    private boolean testing;
    /** The constants and parameters of the expression that is being read. */
    private List<Value.Carried> carried = new ArrayList<>(0);

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

    /**
     * What an expression is made of.
     *
     * @param values the constants and parameters in it
     */
    record Parts(List<Origin> origins, List<Value.Carried> values) {
        /** As a column of this name. */
        Origin.Derived named(String name) {
            return Origin.Derived.column(name, origins, values);
        }

        /** All of it as origins. */
        List<Origin> all() {
            return values.isEmpty() ? origins : List.of(named(""));
        }
    }

    Parts parts(JsonNode node, Scope scope) {
        List<Origin> origins = new ArrayList<>();
        List<Value.Carried> values = carriedBy(() -> read(node, scope, origins));
        return new Parts(origins, values);
    }

    Parts partsOfChildren(JsonNode node, Scope scope) {
        List<Origin> origins = new ArrayList<>();
        List<Value.Carried> values = carriedBy(() -> children(node, scope, origins));
        return new Parts(origins, values);
    }

    /** What one column gets of {@code SET (a, b) = …}. */
    Parts oneOfSeveral(JsonNode assignment, Scope scope) {
        JsonNode source = Nodes.child(assignment, "source");
        int place = Nodes.number(assignment, "colno") - 1;
        JsonNode row = source == null ? null : Nodes.as(source, "RowExpr");
        JsonNode query = source == null ? null : Nodes.as(source, "SubLink");
        List<JsonNode> fields = row == null ? List.of() : Comparing.fields(row);
        if (place >= 0 && place < fields.size()) {
            return parts(fields.get(place), scope);
        }
        JsonNode select = query == null ? null : Nodes.child(query, "subselect");
        if (select == null) {
            return partsOfChildren(assignment, scope);
        }
        List<Origin.Derived> columns = apart(() -> queries.query(select, scope.inner()));
        boolean placed = place >= 0
                && place < columns.size()
                && columns.subList(0, place + 1).stream().noneMatch(Origin.Derived::isStar);
        return new Parts(placed ? List.of(columns.get(place)) : List.copyOf(columns), List.of());
    }

    /** What is read carries these constants and parameters, and hands none of them on. */
    private List<Value.Carried> carriedBy(Runnable read) {
        List<Value.Carried> outside = carried;
        List<Value.Carried> inside = new ArrayList<>(0);
        carried = inside;
        try {
            read.run();
        } finally {
            carried = outside;
        }
        return inside;
    }

    /** What is read mixes all that it holds, and hands it on as what is made of it. */
    private void mixing(Mixture.Way way, Claims.@Nullable Call by, List<Origin> below, Runnable read) {
        List<Value.Carried> values = carriedBy(read);
        claims.mix(way, below, values, by);
        handOn(values);
    }

    private void handOn(List<Value.Carried> values) {
        values.forEach(value -> carried.add(value.made()));
    }

    private void carry(Value value) {
        claims.values.add(value);
        carried.add(new Value.Carried(value, true));
    }

    private static Value.@Nullable Literal literal(JsonNode constant) {
        boolean isTruthOrNull = Nodes.child(constant, "boolval") != null || Nodes.flag(constant, "isnull");
        if (isTruthOrNull) {
            return null;
        }
        JsonNode integer = Nodes.child(constant, "ival");
        JsonNode real = Nodes.child(constant, "fval");
        boolean signed = (integer != null && Nodes.number(integer, "ival") < 0)
                || (real != null && Nodes.text(real, "fval").startsWith("-"));
        return new Value.Literal(Nodes.number(constant, "location"), signed);
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
            case "ParamRef" -> {
                claims.parameters = true;
                carry(new Value.Parameter(Nodes.number(body, "number")));
            }
            case "A_Const" -> {
                Value literal = literal(body);
                if (literal != null) {
                    carry(literal);
                }
            }
            case "FuncCall" -> call(body, scope, into);
            case "A_Expr" -> operation(body, scope, into);
            case "CaseExpr" -> cases(body, scope, into);
            case "CoalesceExpr" -> coalesce(body, scope, into);
            case "SubLink" -> subquery(body, scope, into);
            case "A_Indirection" -> {
                List<JsonNode> path = Nodes.list(body, "indirection");
                claims.fields.addAll(Nodes.strings(path));
                // Beyond an array's bounds there is NULL.
                boolean indexes = path.stream().anyMatch(step -> Nodes.as(step, "A_Indices") != null);
                computed(
                        origins ->
                                mixing(Mixture.Way.MADE, null, origins, () -> combined(!indexes, body, scope, origins)),
                        into);
            }
            case "TypeCast" -> cast(body, scope, into);
            case "CollateClause" -> children(body, scope, into);
            case "TypeName" -> type(body);
            case "WindowDef" -> claims.mark(partsOfChildren(body, scope).origins(), Role.PREDICATE);
            case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" ->
                computed(origins -> origins.addAll(apart(() -> queries.query(node, scope.inner()))), into);
            // The action of a rule.
            case "NotifyStmt" -> claims.effect(Action.PUBLISH, "channel", Nodes.text(body, "conditionname"));
            case "RangeVar" -> claims.read(Nodes.relation(body));
            case "ObjectWithArgs" -> claims.calls.add(new Claims.Call(Nodes.name(body, "objname"), List.of()));
            default -> {
                if (!COMBINING.contains(type)) {
                    claims.unknown("other", "statement", "it holds " + type);
                }
                computed(origins -> mixed(type, body, scope, origins), into);
            }
        }
    }

    /** Some nodes only hold what is below them, and conditions beside each other do not meet; what is left mixes it. */
    private void mixed(String type, JsonNode body, Scope scope, List<Origin> into) {
        boolean carries = Carrying.node(type);
        if (type.equals("BoolExpr") || type.equals("NullTest") || type.equals("BooleanTest")) {
            carriedBy(() -> combined(carries, body, scope, into));
        } else if (HOLDING.contains(type)) {
            combined(carries, body, scope, into);
        } else {
            mixing(Mixture.Way.MADE, null, into, () -> combined(carries, body, scope, into));
        }
    }

    private void coalesce(JsonNode body, Scope scope, List<Origin> into) {
        List<Origin> below = new ArrayList<>();
        List<Value.Carried> values = carriedBy(() -> combined(Carrying.coalesce(body), body, scope, below));
        claims.mix(Mixture.Way.INSTEAD, below, values, null);
        carried.addAll(values);
        into.addAll(below);
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
        List<Value.Carried> outsideCarried = carried;
        testing = false;
        carried = new ArrayList<>(0);
        try {
            return query.get();
        } finally {
            testing = outside;
            carried = outsideCarried;
        }
    }

    private void cases(JsonNode cases, Scope scope, List<Origin> into) {
        List<Origin> results = new ArrayList<>();
        List<Value.Carried> values = carriedBy(() -> branches(cases, scope, into, results));
        claims.mix(Mixture.Way.INSTEAD, results, values, null);
        carried.addAll(values);
        into.addAll(results);
    }

    private void branches(JsonNode cases, Scope scope, List<Origin> into, List<Origin> results) {
        JsonNode argument = Nodes.child(cases, "arg");
        List<Origin> compared = new ArrayList<>();
        List<Value.Carried> values = carriedBy(() -> {
            if (argument != null) {
                claims.operators.add(Name.of("="));
                computed(below -> tested(true, origins -> read(argument, scope, origins), below), compared);
            }
            for (JsonNode condition : whens(cases, "expr")) {
                computed(below -> tested(true, origins -> read(condition, scope, origins), below), compared);
            }
        });
        if (argument != null) {
            claims.mix(Mixture.Way.COMPARED, compared, values, null);
        }
        if (!compared.isEmpty()) {
            Origin decides = new Origin.Computed(compared);
            claims.deciding.add(decides);
            into.add(decides);
        }
        whens(cases, "result").forEach(result -> read(result, scope, results));
        JsonNode otherwise = Nodes.child(cases, "defresult");
        if (otherwise != null) {
            read(otherwise, scope, results);
        }
    }

    private static List<JsonNode> whens(JsonNode cases, String field) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode tagged : Nodes.list(cases, "args")) {
            JsonNode part = Nodes.child(Nodes.body(tagged), field);
            if (part != null) {
                found.add(part);
            }
        }
        return found;
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
                    List<Origin> deciding = parts(field.getValue(), scope).origins();
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
        for (JsonNode modifier : Nodes.list(typeName, "typmods")) {
            JsonNode constant = Nodes.as(modifier, "A_Const");
            Value literal = constant == null ? null : literal(constant);
            if (literal != null) {
                claims.harmless.add(literal);
            }
        }
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
        List<Source> found = scope.starredBy(table.schema(), table.name());
        if (found.size() <= 1) {
            return found;
        }
        List<Origin> any =
                found.stream().flatMap(source -> source.all().stream()).toList();
        return List.of(Source.Rows.opaque(table.name(), any));
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
        // A list of arguments that only the row knows may be one that the function refuses.
        boolean carries =
                Carrying.call(called) && !Carrying.cutsByPattern(name, arguments) && !Nodes.flag(call, "func_variadic");
        boolean tests = !outside && !carries;
        List<Origin> given = new ArrayList<>();
        testing = outside || tests;
        try {
            mixing(Mixture.Way.MADE, called, given, () -> children(call, scope, given));
        } finally {
            testing = outside;
        }
        Origin.Called made = new Origin.Called(called, given, alone(call, name, arguments));
        if (tests) {
            if (Telling.of(called).isPresent()) {
                // What a function tells beyond its arguments cannot make it fail.
                claims.mark(given, Role.PREDICATE);
            } else {
                claims.tests.add(made);
            }
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
        List<List<JsonNode>> rows = Comparing.rows(operation);
        if (rows.isEmpty()) {
            mixing(Comparing.way(operation), null, below, () -> operands(operation, scope, below));
        } else {
            tested(!Carrying.operation(operation), origins -> rows(rows, scope, origins), below);
        }
        Origin affixed = affixed(operation, below);
        if (affixed == null) {
            computed(origins -> origins.addAll(below), into);
        } else {
            into.add(affixed);
        }
    }

    private void operands(JsonNode operation, Scope scope, List<Origin> below) {
        for (String field : List.of("lexpr", "rexpr")) {
            JsonNode operand = Nodes.child(operation, field);
            if (operand != null) {
                tested(!Carrying.operation(operation), origins -> read(operand, scope, origins), below);
            }
        }
    }

    /** Rows that are compared meet place by place. */
    private void rows(List<List<JsonNode>> rows, Scope scope, List<Origin> into) {
        for (int i = 0; i < rows.getFirst().size(); i++) {
            int place = i;
            computed(
                    below -> mixing(
                            Mixture.Way.COMPARED,
                            null,
                            below,
                            () -> rows.forEach(row -> read(row.get(place), scope, below))),
                    into);
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
        List<Parts> tests = new ArrayList<>();
        if (test != null) {
            claims.operators.add(Name.of("="));
            computed(below -> tested(true, origins -> tests(test, scope, tests, origins), below), into);
        }
        JsonNode query = Nodes.child(link, "subselect");
        if (query != null) {
            List<Origin.Derived> columns = apart(() -> queries.query(query, scope.inner()));
            compare(tests, columns);
            switch (Nodes.text(link, "subLinkType")) {
                case "EXISTS_SUBLINK" -> {}
                case "EXPR_SUBLINK" -> into.addAll(columns);
                default -> computed(below -> tested(test != null, origins -> origins.addAll(columns), below), into);
            }
        }
    }

    /** The tested expression, or each of a tested row's. */
    private void tests(JsonNode test, Scope scope, List<Parts> parts, List<Origin> into) {
        JsonNode row = Nodes.as(test, "RowExpr");
        List<JsonNode> fields = row == null ? List.of() : Comparing.fields(row);
        for (JsonNode each : fields.isEmpty() ? List.of(test) : fields) {
            Parts part = parts(each, scope);
            parts.add(part);
            into.addAll(part.origins());
        }
    }

    /** What is looked for among the rows of a query: each part in its own column, where they can be told apart. */
    private void compare(List<Parts> parts, List<Origin.Derived> columns) {
        boolean paired = parts.size() == columns.size() && columns.stream().noneMatch(Origin.Derived::isStar);
        for (int i = 0; i < parts.size(); i++) {
            List<Origin> both = new ArrayList<>(parts.get(i).origins());
            both.addAll(paired ? List.of(columns.get(i)) : columns);
            claims.mix(Mixture.Way.COMPARED, both, parts.get(i).values(), null);
            handOn(parts.get(i).values());
        }
    }
}
