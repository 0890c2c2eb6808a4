package dev.sallyport.protocols.postgres.canary;

/** Writes expressions that give texts and bytes. */
final class Texts {
    private final Dice dice;
    private final Expressions expressions;

    Texts(Dice dice, Expressions expressions) {
        this.dice = dice;
        this.expressions = expressions;
    }

    Expr text(Scope scope, int depth, Use use) {
        Expr text = expressions.of(Kind.TEXT, scope, depth, use);
        return switch (dice.below(24)) {
            case 0 -> made(dice.word("lower", "upper", "initcap", "reverse", "btrim", "ltrim", "md5") + "(%s)", text);
            case 1 -> made("left(%s, " + dice.between(1, 20) + ")", text);
            case 2 -> made("right(%s, -" + dice.between(1, 9) + ")", text);
            case 3 -> made(dice.word("substr(%s, 2, 9)", "substring(%s from 3 for 12)", "substr(%s, 1)"), text);
            case 4 -> made("replace(%s, 'a', 'aa')", text);
            case 5 -> made("translate(%s, 'abc', 'xyz')", text);
            case 6 -> made("(%s || %s)", text, other(scope, depth, use));
            case 7 -> made("concat(%s, '-', %s)", text, other(scope, depth, use));
            case 8 -> made("concat_ws(', ', %s, %s)", text, expressions.of(Kind.INT, scope, 0, use));
            case 9 -> made(dice.word("quote_literal", "quote_ident", "quote_nullable") + "(%s)", text);
            case 10 -> made(dice.word("('tag ' || %s)", "(%s || '!')", "('<' || (%s || '>'))"), text);
            case 11 -> made(dice.word("(%s)::text", "(%s)::varchar", "CAST(%s AS varchar(30))", "(%s)::name"), text);
            case 12 -> made("(%s COLLATE \"C\")", text);
            case 13 -> made("split_part(%s, 'a', 1)", text);
            case 14 -> made("(%s)::text", expressions.of(dice.pick(Kind.ALL), scope, depth, use));
            case 15 -> made("(%s)[1]", expressions.of(Kind.TEXTS, scope, depth, use));
            case 16 -> made("array_to_string(%s, '+')", expressions.of(Kind.TEXTS, scope, depth, use));
            case 17 -> made("(%s ->> 'k')", expressions.of(Kind.JSONB, scope, depth, use));
            case 18 -> made("(%s #>> '{a,0}')", expressions.of(Kind.JSON, scope, depth, use));
            case 19 -> made("(%s)." + dice.word("street", "zip"), expressions.of(Kind.NEST, scope, 0, use));
            case 20 -> made("to_char(%s, 'YYYY-MM-DD')", expressions.of(Kind.TIMESTAMP, scope, depth, use));
            case 21 -> failing(scope, depth, expressions.tests(use));
            case 22 -> made("to_char(%s, 'FM9999999999999999')", expressions.of(Kind.BIGINT, scope, depth, use));
            default -> expressions.field(scope, use);
        };
    }

    /** By functions that fail for some values, or may. */
    private Expr failing(Scope scope, int depth, Use use) {
        Expr text = expressions.of(Kind.TEXT, scope, depth, use);
        return switch (dice.below(7)) {
            case 0 -> made("repeat(%s, 2)", text);
            case 1 -> made("lpad(%s, 40, '.')", text);
            case 2 -> made("regexp_replace(%s, 'a', 'b', 'g')", text);
            case 3 -> made("format('%%s and %%L', %s, %s)", text, expressions.of(Kind.INT, scope, depth, use));
            case 4 ->
                made(
                        "encode(%s, '" + dice.word("hex", "base64", "escape") + "')",
                        expressions.of(Kind.BYTEA, scope, depth, use));
            case 5 -> made("nullif(%s, 'oak')", text);
            default -> made("((%s)::bigint)::text", text);
        };
    }

    Expr bytes(Scope scope, int depth, Use use) {
        return switch (dice.below(4)) {
            case 0 ->
                Expr.of(
                        Kind.BYTEA,
                        "convert_to(%s, 'UTF8')",
                        expressions.of(Kind.TEXT, scope, depth, expressions.tests(use)));
            case 1 -> Expr.of(Kind.BYTEA, "substr(%s, 1, 12)", expressions.of(Kind.BYTEA, scope, depth, use));
            case 2 ->
                Expr.of(
                        Kind.BYTEA,
                        "(%s || %s)",
                        expressions.of(Kind.BYTEA, scope, depth, use),
                        expressions.of(Kind.BYTEA, scope, 0, use));
            default -> expressions.of(Kind.BYTEA, scope, 0, use);
        };
    }

    private Expr other(Scope scope, int depth, Use use) {
        return dice.chance(30) ? expressions.constant(Kind.TEXT) : expressions.of(Kind.TEXT, scope, depth - 1, use);
    }

    private static Expr made(String format, Expr... parts) {
        return Expr.of(Kind.TEXT, format, parts);
    }
}
