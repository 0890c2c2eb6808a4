package dev.sallyport.sql.postgres;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The name that a target without an alias has, by which ORDER BY, GROUP BY and queries around it can mean it (PostgreSQL's
 * source, {@code FigureColname} in parse_target.c, as 13 to 18 have it alike).
 */
final class TargetName {
    private static final String NONE = "?column?";
    private static final String UNKNOWN = "";

    private TargetName() {}

    /** Empty where it is not followed here, or differs between versions. */
    static String of(JsonNode value) {
        String name = find(value);
        return name.equals(NONE) && mayDiffer(value) ? UNKNOWN : name;
    }

    private static String find(JsonNode value) {
        JsonNode body = Nodes.body(value);
        return switch (Nodes.type(value)) {
            case "ColumnRef" -> Nodes.name(body, "fields").name();
            // What has a syntax of its own was another function's call before 14.
            case "FuncCall" ->
                Nodes.text(body, "funcformat").equals("COERCE_SQL_SYNTAX")
                        ? UNKNOWN
                        : Nodes.name(body, "funcname").name();
            case "A_Const", "BoolExpr", "NullTest", "BooleanTest", "ParamRef" -> NONE;
            case "A_Expr" -> Nodes.text(body, "kind").equals("AEXPR_NULLIF") ? "nullif" : NONE;
            case "A_ArrayExpr" -> "array";
            case "CoalesceExpr" -> "coalesce";
            case "MinMaxExpr" -> Nodes.text(body, "op").equals("IS_LEAST") ? "least" : "greatest";
            case "RowExpr" -> "row";
            case "CollateClause" -> inner(body, "arg");
            case "TypeCast" -> cast(body);
            case "CaseExpr" -> cases(body);
            case "SubLink" -> subquery(body);
            case "A_Indirection" -> field(body);
            default -> UNKNOWN;
        };
    }

    private static String inner(JsonNode body, String field) {
        JsonNode inner = Nodes.child(body, field);
        return inner == null ? NONE : of(inner);
    }

    /** A type's name comes after a name of the value's own. */
    private static String cast(JsonNode cast) {
        JsonNode argument = Nodes.child(cast, "arg");
        JsonNode type = Nodes.child(cast, "typeName");
        if (argument == null || type == null || isWeak(argument)) {
            return UNKNOWN;
        }
        String name = of(argument);
        return name.equals(NONE) ? Nodes.name(type, "names").name() : name;
    }

    private static String cases(JsonNode cases) {
        JsonNode otherwise = Nodes.child(cases, "defresult");
        if (otherwise == null) {
            return "case";
        }
        if (isWeak(otherwise)) {
            return UNKNOWN;
        }
        String name = of(otherwise);
        return name.equals(NONE) ? "case" : name;
    }

    /** Whether its name gives way to that of what is around it. */
    private static boolean isWeak(JsonNode value) {
        return switch (Nodes.type(value)) {
            case "TypeCast", "CaseExpr", "CollateClause" -> true;
            default -> false;
        };
    }

    private static String subquery(JsonNode link) {
        return switch (Nodes.text(link, "subLinkType")) {
            case "EXISTS_SUBLINK" -> "exists";
            case "ARRAY_SUBLINK" -> "array";
            case "EXPR_SUBLINK" -> UNKNOWN;
            default -> NONE;
        };
    }

    private static String field(JsonNode indirection) {
        List<String> names = Nodes.strings(Nodes.list(indirection, "indirection"));
        return names.isEmpty() ? UNKNOWN : names.getLast();
    }

    /** TRUE and FALSE were casts before 15, and named by their type. */
    private static boolean mayDiffer(JsonNode value) {
        JsonNode constant = Nodes.as(value, "A_Const");
        return constant != null && constant.has("boolval");
    }
}
