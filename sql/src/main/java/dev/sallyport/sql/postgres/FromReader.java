package dev.sallyport.sql.postgres;

import dev.sallyport.core.command.ColumnUse.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads the items of one FROM clause into its scope. */
final class FromReader {
    private static final Set<String> OWN_METHODS = Set.of("bernoulli", "system");

    private final Claims claims;
    private final QueryReader queries;
    private final ExpressionReader expressions;
    private final Scope scope;

    FromReader(Claims claims, QueryReader queries, ExpressionReader expressions, Scope scope) {
        this.claims = claims;
        this.queries = queries;
        this.expressions = expressions;
        this.scope = scope;
    }

    void item(JsonNode tagged) {
        JsonNode body = Nodes.body(tagged);
        switch (Nodes.type(tagged)) {
            case "RangeVar" -> relation(body);
            case "JoinExpr" -> join(body);
            case "RangeSubselect" -> subselect(body);
            case "RangeTableSample" -> sample(body);
            case "RangeFunction", "RangeTableFunc", "JsonTable" -> function(tagged, body);
            default -> {
                claims.unknown("other", "statement", "FROM holds " + Nodes.type(tagged));
                scope.add(Source.Rows.opaque("", expressions.readChildren(body, scope)));
            }
        }
    }

    private void relation(JsonNode rangeVar) {
        Name name = Nodes.relation(rangeVar);
        JsonNode alias = Nodes.child(rangeVar, "alias");
        List<String> renamed = columnNames(alias);
        List<Origin.Derived> with = name.schema() == null ? scope.with(name.name()) : null;
        if (with != null) {
            scope.add(Source.Rows.named(aliasName(alias, name.name()), with, renamed));
            return;
        }
        int relation = claims.read(name);
        claims.inherits(relation, rangeVar);
        scope.add(table(name, alias, relation));
    }

    /** The target of a data-modifying statement, as a source of columns. */
    static Source table(Name name, @Nullable JsonNode alias, int relation) {
        return new Source.Table(
                aliasName(alias, name.name()), alias == null ? name : null, relation, columnNames(alias));
    }

    static String aliasName(@Nullable JsonNode alias, String otherwise) {
        return alias == null ? otherwise : Nodes.text(alias, "aliasname");
    }

    private static List<String> columnNames(@Nullable JsonNode alias) {
        return alias == null ? List.of() : Nodes.strings(Nodes.list(alias, "colnames"));
    }

    private void join(JsonNode join) {
        int first = scope.starred().size();
        int firstNamed = scope.count();
        side(join, "larg");
        int middle = scope.starred().size();
        side(join, "rarg");
        List<Source> left = List.copyOf(scope.starred().subList(first, middle));
        List<Source> right =
                List.copyOf(scope.starred().subList(middle, scope.starred().size()));
        boolean natural = Nodes.flag(join, "isNatural");
        List<String> using = Nodes.strings(Nodes.list(join, "usingClause"));
        Source.Joined joined = new Source.Joined(left, right, using, natural);
        if (natural) {
            claims.mark(List.of(new Origin.Shared(joined)), Role.PREDICATE);
            claims.mix(Mixture.Way.COMPARED, joined.all(), List.of(), null);
        }
        List<Origin.Derived> merged = new ArrayList<>();
        for (String name : using) {
            List<Origin> both = List.of(among(left, name), among(right, name));
            claims.mark(both, Role.PREDICATE);
            claims.mix(Mixture.Way.COMPARED, both, List.of(), null);
            merged.add(Origin.Derived.column(name, both));
        }
        queries.predicate(join, "quals", scope);
        JsonNode usingAlias = Nodes.child(join, "join_using_alias");
        if (usingAlias != null) {
            scope.addName(new Source.Rows(Nodes.text(usingAlias, "aliasname"), merged));
        }
        scope.join(first, joined);
        JsonNode alias = Nodes.child(join, "alias");
        if (alias != null) {
            Source.Rows named = Source.Rows.named(
                    Nodes.text(alias, "aliasname"),
                    List.of(Origin.Derived.star(joined.all(), joined)),
                    columnNames(alias));
            scope.hide(firstNamed, named);
            scope.join(first, named);
        }
    }

    private void side(JsonNode join, String field) {
        JsonNode side = Nodes.child(join, field);
        if (side != null) {
            item(side);
        }
    }

    private static Origin among(List<Source> sources, String name) {
        List<Origin> candidates = new ArrayList<>();
        for (Source source : sources) {
            candidates.addAll(source.unqualified(name));
        }
        return new Origin.Choice(List.of(new Origin.Choice.Level(candidates, true)));
    }

    private void subselect(JsonNode item) {
        JsonNode alias = Nodes.child(item, "alias");
        JsonNode query = Nodes.child(item, "subquery");
        if (query != null) {
            List<Origin.Derived> columns = queries.query(query, scope.beside());
            scope.add(Source.Rows.named(aliasName(alias, ""), columns, columnNames(alias)));
        }
    }

    private void sample(JsonNode item) {
        JsonNode relation = Nodes.child(item, "relation");
        if (relation != null) {
            item(relation);
        }
        Name method = Nodes.name(item, "method");
        if (!OWN_METHODS.contains(method.name())) {
            claims.calls.add(new Claims.Call(method, List.of()));
        }
        claims.mark(expressions.readAll(item, scope, "args", "repeatable"), Role.PREDICATE);
    }

    /** A function's arguments decide how many rows it gives, and its columns may hold whatever they hold. */
    private void function(JsonNode tagged, JsonNode item) {
        JsonNode alias = Nodes.child(item, "alias");
        ExpressionReader.Parts parts = expressions.partsOfChildren(item, scope);
        claims.mix(Mixture.Way.MADE, parts.origins(), parts.values(), null);
        List<Origin> from = parts.all();
        boolean called = Nodes.type(tagged).equals("RangeFunction");
        claims.mark(called ? from.stream().flatMap(FromReader::arguments).toList() : from, Role.PREDICATE);
        String name = aliasName(alias, called ? functionName(item) : "");
        scope.add(Source.Rows.opaque(name, from));
    }

    /** The arguments alone: what a function brings along itself comes out in its columns. */
    private static Stream<Origin> arguments(Origin function) {
        return switch (function) {
            case Origin.Called(Claims.Call _, List<Origin> from, boolean _) -> from.stream();
            case Origin.Computed(List<Origin> from) -> from.stream().flatMap(FromReader::arguments);
            case Origin.Column _,
                    Origin.Derived _,
                    Origin.Affixed _,
                    Origin.Shared _,
                    Origin.Target _,
                    Origin.Choice _ -> Stream.of(function);
        };
    }

    private static String functionName(JsonNode item) {
        for (JsonNode function : Nodes.list(item, "functions")) {
            for (JsonNode part : Nodes.items(function)) {
                JsonNode call = Nodes.as(part, "FuncCall");
                if (call != null) {
                    return Nodes.name(call, "funcname").name();
                }
            }
        }
        return "";
    }
}
