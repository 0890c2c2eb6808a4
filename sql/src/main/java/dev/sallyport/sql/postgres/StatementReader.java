package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.ColumnUse.Role;
import dev.sallyport.core.command.Effect;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads one statement of the parse tree. A statement of a kind that is not known here claims to be unknown, and whatever
 * it holds is walked nevertheless.
 */
final class StatementReader {
    private final Claims claims = new Claims();
    private final QueryReader queries = new QueryReader(claims);

    private StatementReader() {}

    /**
     * The statement in a tagged node.
     *
     * @throws RuntimeException where the tree is not as the grammar makes it; the text is then not understood
     */
    static Statement read(JsonNode tagged) {
        return new StatementReader().statement(tagged);
    }

    /**
     * A statement of a function's body, RETURN included. It has no answer of its own: what becomes of its rows is its
     * caller's matter.
     *
     * @param parameters names that qualify what the call gives, and so no columns
     * @throws RuntimeException where the tree is not as the grammar makes it
     */
    static Statement readBody(JsonNode tagged, Set<String> parameters) {
        StatementReader reader = new StatementReader();
        Scope around = Scope.outermost();
        parameters.forEach(name -> around.addName(Source.Rows.opaque(name, List.of())));
        return switch (Nodes.type(tagged)) {
            case "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" -> {
                reader.claims.answer = reader.queries.query(tagged, around.inner());
                yield new Statement(new StatementKind.Query(), true, reader.claims);
            }
            case "ReturnStmt" -> {
                List<Origin> value = reader.queries.expressions().readChildren(Nodes.body(tagged), around);
                reader.claims.answer = List.of(Origin.Derived.column("", value));
                yield new Statement(new StatementKind.Query(), true, reader.claims);
            }
            default -> reader.statement(tagged);
        };
    }

    private Statement statement(JsonNode tagged) {
        JsonNode body = Nodes.body(tagged);
        return switch (Nodes.type(tagged)) {
            case "SelectStmt" -> query(tagged, new StatementKind.Query(), Nodes.child(body, "intoClause") == null);
            case "InsertStmt" -> change(tagged, new StatementKind.Insert());
            case "UpdateStmt" -> change(tagged, new StatementKind.Update());
            case "DeleteStmt" -> change(tagged, new StatementKind.Delete());
            case "MergeStmt" -> change(tagged, new StatementKind.Merge());
            case "CopyStmt" -> copy(body);
            case "ExplainStmt" -> explain(body);
            case "PrepareStmt" -> prepare(body);
            case "ExecuteStmt" -> execute(body);
            case "DeclareCursorStmt" -> declare(body);
            case "CreateTableAsStmt" -> createAs(body);
            case "DoStmt" -> utility(tagged, () -> claims.unknown("other", "do", "DO runs a block of code"));
            case "CallStmt" -> call(body);
            default ->
                SessionReader.read(tagged, claims)
                        .orElseGet(() -> utility(tagged, () -> new DefinitionReader(claims, queries).read(tagged)));
        };
    }

    private Statement utility(JsonNode tagged, Runnable read) {
        read.run();
        return new Statement(new StatementKind.Utility(Nodes.type(tagged)), false, claims);
    }

    private Statement query(JsonNode tagged, StatementKind kind, boolean answers) {
        claims.runsOnce = true;
        claims.followsValues = true;
        List<Origin.Derived> columns = queries.query(tagged, Scope.outermost());
        if (answers) {
            claims.mark(columns, Role.OUTPUT);
            claims.answer = columns;
        }
        if (claims.relations.isEmpty()) {
            claims.effect(Action.READ, "value", "");
        }
        return new Statement(kind, answers, claims);
    }

    private Statement change(JsonNode tagged, StatementKind kind) {
        return query(tagged, kind, Nodes.child(Nodes.body(tagged), "returningClause") != null);
    }

    private Statement explain(JsonNode explain) {
        boolean analyze = false;
        for (JsonNode tagged : Nodes.list(explain, "options")) {
            JsonNode option = Nodes.body(tagged);
            if (Nodes.text(option, "defname").equalsIgnoreCase("analyze")) {
                analyze = !isOff(Nodes.constant(Nodes.child(option, "arg")));
            }
        }
        return new Statement(new StatementKind.Explain(analyze, inner(explain, "query")), true, claims);
    }

    private static boolean isOff(@Nullable String value) {
        return value != null && List.of("off", "false", "0", "no", "n", "f").contains(value.toLowerCase(Locale.ROOT));
    }

    private static Statement inner(JsonNode node, String field) {
        JsonNode inner = Nodes.child(node, field);
        if (inner == null) {
            throw new IllegalStateException("a statement without its " + field);
        }
        return read(inner);
    }

    private Statement prepare(JsonNode prepare) {
        String name = Nodes.text(prepare, "name");
        claims.effect(Action.SESSION, "prepared", name);
        queries.expressions().readAll(prepare, Scope.outermost(), "argtypes");
        return new Statement(new StatementKind.Prepare(name, inner(prepare, "query")), false, claims);
    }

    private Statement execute(JsonNode execute) {
        claims.followsValues = true;
        for (JsonNode argument : Nodes.list(execute, "params")) {
            ExpressionReader.Parts parts = queries.expressions().parts(argument, Scope.outermost());
            claims.arguments.add(new Mixture(Mixture.Way.INSTEAD, parts.origins(), parts.values(), null));
        }
        return new Statement(new StatementKind.Execute(Nodes.text(execute, "name")), true, claims);
    }

    private Statement declare(JsonNode declare) {
        String name = Nodes.text(declare, "portalname");
        claims.effect(Action.SESSION, "cursor", name);
        // CURSOR_OPT_HOLD of parsenodes.h.
        boolean hold = (Nodes.number(declare, "options") & 0x0020) != 0;
        return new Statement(new StatementKind.Declare(name, inner(declare, "query"), hold), false, claims);
    }

    private Statement createAs(JsonNode create) {
        JsonNode into = Nodes.child(create, "into");
        JsonNode relation = into == null ? null : Nodes.child(into, "rel");
        JsonNode query = Nodes.child(create, "query");
        if (into == null || relation == null || query == null) {
            throw new IllegalStateException("CREATE TABLE AS without its table or query");
        }
        if (Nodes.as(query, "ExecuteStmt") != null) {
            claims.define(Nodes.relation(relation), Nodes.text(relation, "relpersistence"));
            claims.nested.add(read(query));
            claims.mark(List.of(ExpressionReader.unknownColumn()), Role.STORED);
        } else {
            claims.followsValues = true;
            queries.define(into, relation, queries.query(query, Scope.outermost()));
        }
        return new Statement(new StatementKind.Utility("CreateTableAsStmt"), false, claims);
    }

    private Statement call(JsonNode call) {
        JsonNode function = Nodes.child(call, "funccall");
        if (function != null) {
            queries.expressions().read(function, Scope.outermost());
        }
        return new Statement(new StatementKind.Utility("CallStmt"), true, claims);
    }

    private Statement copy(JsonNode copy) {
        boolean from = Nodes.flag(copy, "is_from");
        boolean program = Nodes.flag(copy, "is_program");
        String file = Nodes.text(copy, "filename");
        if (!file.isEmpty()) {
            claims.effects.add(Effect.of(Action.ADMIN, program ? "program" : "file", file));
        }
        claims.followsValues = true;
        JsonNode query = Nodes.child(copy, "query");
        JsonNode relation = Nodes.child(copy, "relation");
        List<String> columns = Nodes.strings(Nodes.list(copy, "attlist"));
        if (query != null) {
            claims.runsOnce = true;
            List<Origin.Derived> answer = queries.query(query, Scope.outermost());
            claims.mark(answer, Role.OUTPUT);
            claims.answer = answer;
        } else if (relation != null) {
            copyTable(copy, relation, from, columns);
        }
        StatementKind.Copy.End end = program
                ? StatementKind.Copy.End.PROGRAM
                : file.isEmpty() ? StatementKind.Copy.End.STREAM : StatementKind.Copy.End.FILE;
        return new Statement(new StatementKind.Copy(from, end, query != null, columns, options(copy)), false, claims);
    }

    private void copyTable(JsonNode copy, JsonNode relation, boolean from, List<String> columns) {
        Name name = Nodes.relation(relation);
        int index = claims.relation(name, from ? Action.INSERT : Action.READ, true, "");
        Scope scope = Scope.outermost();
        scope.add(new Source.Table(name.name(), name, index, List.of()));
        queries.predicate(copy, "whereClause", scope);
        for (String column : columns.isEmpty() ? List.of("*") : columns) {
            claims.mark(List.of(new Origin.Column(index, column)), from ? Role.WRITTEN : Role.OUTPUT);
        }
    }

    private static Map<String, String> options(JsonNode copy) {
        Map<String, String> options = new HashMap<>();
        for (JsonNode tagged : Nodes.list(copy, "options")) {
            JsonNode option = Nodes.body(tagged);
            String value = Nodes.constant(Nodes.child(option, "arg"));
            options.put(Nodes.text(option, "defname").toLowerCase(Locale.ROOT), value == null ? "" : value);
        }
        return options;
    }
}
