package dev.sallyport.protocols.postgres.canary;

import java.util.List;

/** Writes expressions that give JSON. */
final class Documents {
    private final Dice dice;
    private final Expressions expressions;

    Documents(Dice dice, Expressions expressions) {
        this.dice = dice;
        this.expressions = expressions;
    }

    Expr document(Kind kind, Scope scope, int depth, Use use) {
        String b = kind == Kind.JSONB ? "jsonb" : "json";
        return switch (dice.below(8)) {
            case 0 ->
                Expr.of(
                        kind,
                        b + "_build_object('a', %s, 'k', %s)",
                        expressions.of(any(), scope, depth, use),
                        expressions.of(Kind.TEXT, scope, depth, use));
            case 1 ->
                Expr.of(
                        kind,
                        b + "_build_array(%s, %s)",
                        expressions.of(any(), scope, depth, use),
                        expressions.of(any(), scope, 0, use));
            case 2 -> Expr.of(kind, "to_" + b + "(%s)", expressions.of(typed(), scope, depth, use));
            case 3 ->
                kind == Kind.JSON
                        ? Expr.of(kind, "row_to_json(%s)", expressions.row(scope, depth, use))
                        : Expr.of(kind, "to_jsonb(%s)", expressions.row(scope, depth, use));
            case 4 -> Expr.of(kind, "(%s -> 'a')", expressions.of(kind, scope, depth, use));
            case 5 ->
                kind == Kind.JSONB
                        ? Expr.of(
                                kind,
                                "(%s || %s)",
                                expressions.of(kind, scope, depth, use),
                                expressions.of(kind, scope, 0, use))
                        : Expr.of(kind, "array_to_json(%s)", expressions.of(Kind.TEXTS, scope, depth, use));
            case 6 -> sqlStandard(kind, scope, depth, expressions.tests(use));
            default -> expressions.of(kind, scope, 0, use);
        };
    }

    private Expr sqlStandard(Kind kind, Scope scope, int depth, Use use) {
        Expr value = expressions.of(Kind.TEXT, scope, depth, use);
        if (kind == Kind.JSON) {
            return Expr.of(kind, dice.word("JSON_OBJECT('s': %s)", "JSON_ARRAY(%s, 1)", "JSON_SCALAR(%s)"), value);
        }
        return Expr.of(
                kind,
                dice.word("jsonb_path_query_first(%s, '$.k')", "JSON_QUERY(%s, '$.a')", "jsonb_strip_nulls(%s)"),
                expressions.of(Kind.JSONB, scope, depth, use));
    }

    private Kind any() {
        return dice.pick(Kind.ALL);
    }

    /** Functions for any type want to know which one a constant is of. */
    private Kind typed() {
        return dice.pick(List.of(Kind.TEXTS, Kind.NEST, Kind.BIGINT, Kind.JSONB, Kind.ROW, Kind.DATE));
    }
}
