package dev.sallyport.protocols.postgres.canary;

import java.util.List;

/** Writes aggregates and window functions. */
final class Aggregates {
    private final Dice dice;
    private final Expressions expressions;

    Aggregates(Dice dice, Expressions expressions) {
        this.dice = dice;
        this.expressions = expressions;
    }

    Expr any(Scope scope, int depth, Use use) {
        return dice.chance(20)
                ? Expr.clean("count(*)", Kind.BIGINT)
                : of(dice.chance(40) ? Kind.TEXT : dice.pick(Kind.ALL), scope, depth, use);
    }

    Expr of(Kind kind, Scope scope, int depth, Use use) {
        Expr plain = plain(kind, scope, depth - 1, use);
        if (!dice.chance(10)
                || !plain.sql().endsWith(")")
                || plain.sql().startsWith("(")
                || plain.sql().contains(")::")) {
            return plain;
        }
        Expr condition = expressions.condition(scope, depth - 1, expressions.condition());
        return Expr.of(kind, "%s FILTER (WHERE %s)", plain, condition);
    }

    private Expr plain(Kind kind, Scope scope, int depth, Use use) {
        return switch (kind) {
            case TEXT ->
                Expr.of(
                        kind,
                        dice.word("string_agg(%s, ',')", "max(%s)", "min(%s)", "any_value(%s)", "string_agg(%s, '')"),
                        textOf(scope, depth, use));
            case TEXTS -> Expr.of(kind, "array_agg(%s)", textOf(scope, depth, use));
            case BIGINTS -> Expr.of(kind, "array_agg(%s)", expressions.of(Kind.BIGINT, scope, depth, use));
            case INT, DATE, TIMESTAMP, FLOAT, INET ->
                Expr.of(kind, dice.word("max", "min") + "(%s)", expressions.of(kind, scope, depth, use));
            case BIGINT -> count(scope, depth, use);
            case NUMERIC ->
                Expr.of(kind, dice.word("sum", "avg", "max") + "(%s)", expressions.of(kind, scope, depth, use));
            case JSON ->
                Expr.of(
                        kind,
                        dice.word("json_agg(%s)", "json_object_agg('k', %s)"),
                        expressions.of(dice.pick(List.of(Kind.TEXTS, Kind.ROW, Kind.JSON)), scope, depth, use));
            case JSONB ->
                Expr.of(
                        kind,
                        dice.word("jsonb_agg(%s)", "jsonb_object_agg('k', %s)"),
                        expressions.of(dice.pick(List.of(Kind.TEXTS, Kind.ROW, Kind.UUID)), scope, depth, use));
            case BOOL -> Expr.of(kind, "bool_or(%s)", expressions.of(kind, scope, depth, expressions.tests(use)));
            case UUID, BYTEA, NEST, RANGE, ROW ->
                Expr.of(kind, "any_value(%s)", expressions.of(kind, scope, depth, use));
        };
    }

    private Expr textOf(Scope scope, int depth, Use use) {
        return Expr.of(Kind.TEXT, "(%s)::text", expressions.of(Kind.TEXT, scope, depth, use));
    }

    private Expr count(Scope scope, int depth, Use use) {
        Expr text = expressions.of(Kind.TEXT, scope, 0, use);
        return switch (dice.below(4)) {
            // Counting a column tells nothing of its values but whether they are there.
            case 0 -> new Expr("count(" + text.sql() + ")", Kind.BIGINT, false);
            case 1 ->
                Expr.of(
                        Kind.BIGINT,
                        "count(DISTINCT %s)",
                        expressions.of(Kind.TEXT, scope, depth, expressions.tests(use)));
            case 2 -> Expr.of(Kind.BIGINT, "sum(%s)", expressions.of(Kind.INT, scope, depth, use));
            default -> Expr.clean("count(*)", Kind.BIGINT);
        };
    }

    String condition(Scope scope, int depth, Use use) {
        return dice.chance(50)
                ? "count(*) > 0"
                : Expr.of(Kind.BOOL, "max(%s) IS NOT NULL", expressions.of(Kind.TEXT, scope, depth - 1, use))
                        .sql();
    }

    Expr windowed(Kind kind, Scope scope, int depth, Use use) {
        Expr by = expressions.of(dice.pick(List.of(Kind.TEXT, Kind.INT)), scope, 0, expressions.tests(use));
        String window = dice.word(
                        " OVER (PARTITION BY %s)",
                        " OVER (ORDER BY %s)",
                        " OVER (PARTITION BY %s ORDER BY 1 ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)")
                .formatted(by.sql());
        if (kind == Kind.BIGINT) {
            return new Expr(
                    dice.word("row_number()", "rank()", "dense_rank()", "count(*)") + window, kind, by.masked());
        }
        Expr value = expressions.of(kind, scope, depth - 1, use);
        String function = dice.word("first_value(%s)", "last_value(%s)", "lag(%s)", "lead(%s)", "any_value(%s)");
        Expr made = Expr.of(kind, function, kind == Kind.TEXT ? Expr.of(kind, "(%s)::text", value) : value);
        return new Expr(made.sql() + window, kind, made.masked() || by.masked());
    }
}
