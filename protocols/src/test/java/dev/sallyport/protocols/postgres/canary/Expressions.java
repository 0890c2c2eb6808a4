package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Writes expressions of a wanted type over what a scope has to offer. */
final class Expressions {
    private static final List<Kind> SCALARS =
            List.of(Kind.INT, Kind.TEXT, Kind.BOOL, Kind.DATE, Kind.NUMERIC, Kind.UUID, Kind.JSONB, Kind.BIGINT);

    private final Dice dice;
    private final Selects selects;
    private final Texts texts;
    private final Documents documents;
    private final boolean wild;
    private boolean tested;

    /** @param wild whether masked columns may stand where they decide something */
    Expressions(Dice dice, Selects selects, boolean wild) {
        this.dice = dice;
        this.selects = selects;
        this.texts = new Texts(dice, this);
        this.documents = new Documents(dice, this);
        this.wild = wild;
    }

    /** Whether a masked column stands where it decides something. */
    boolean tested() {
        return tested;
    }

    /** The use of an operand that is tested or computed with. */
    Use tests(Use use) {
        return wild && use != Use.CLEAN ? Use.TESTED : Use.CLEAN;
    }

    /** The use of a condition. */
    Use condition() {
        return wild && dice.chance(60) ? Use.TESTED : Use.CLEAN;
    }

    Expr any(Scope scope, int depth, Use use) {
        return of(dice.chance(45) ? Kind.TEXT : dice.pick(Kind.ALL), scope, depth, use);
    }

    Expr of(Kind kind, Scope scope, int depth, Use use) {
        if (depth <= 0 || dice.chance(20)) {
            return leaf(kind, scope, use);
        }
        if (dice.chance(12)) {
            return branching(kind, scope, depth - 1, use);
        }
        int next = depth - 1;
        return switch (kind) {
            case TEXT -> texts.text(scope, next, use);
            case BOOL -> condition(scope, next, tests(use));
            case INT, BIGINT, NUMERIC, FLOAT -> number(kind, scope, next, use);
            case DATE, TIMESTAMP -> time(kind, scope, next, use);
            case JSON, JSONB -> documents.document(kind, scope, next, use);
            case TEXTS, BIGINTS -> array(kind, scope, next, use);
            case BYTEA -> texts.bytes(scope, next, use);
            case ROW -> row(scope, next, use);
            case UUID, NEST, RANGE, INET -> subselect(kind, scope, next, use);
        };
    }

    private Expr leaf(Kind kind, Scope scope, Use use) {
        if (kind == Kind.ROW) {
            return row(scope, 0, use);
        }
        Expr column = dice.chance(88) ? column(kind, scope, use) : null;
        return column == null ? constant(kind) : column;
    }

    /** A column that can be named here, masked ones by preference where they may stand; null where there is none. */
    private Expr column(Kind kind, Scope scope, Use use) {
        List<Expr> found = new ArrayList<>();
        columns(scope, column -> column.kind() == kind && (use != Use.CLEAN || !column.masked()), found);
        List<Expr> masked = found.stream().filter(Expr::masked).toList();
        if (found.isEmpty()) {
            return null;
        }
        Expr column = dice.pick(!masked.isEmpty() && dice.chance(60) ? masked : found);
        tested |= use == Use.TESTED && column.masked();
        return column;
    }

    private void columns(Scope scope, Predicate<Column> wanted, List<Expr> found) {
        for (Rows rows : scope.rows) {
            for (Column column : rows.columns()) {
                if (wanted.test(column)) {
                    boolean unique = isUnique(scope, column.name());
                    String name = unique && dice.chance(40) ? column.name() : rows.alias() + "." + column.name();
                    found.add(new Expr(name, column.kind(), column.masked()));
                }
            }
        }
        Scope outer = scope.outer;
        if (outer != null && (found.isEmpty() || dice.chance(15))) {
            for (Rows rows : outer.rows) {
                for (Column column : rows.columns()) {
                    if (wanted.test(column)) {
                        found.add(new Expr(rows.alias() + "." + column.name(), column.kind(), column.masked()));
                    }
                }
            }
        }
    }

    private static boolean isUnique(Scope scope, String name) {
        return scope.rows.stream()
                        .flatMap(rows -> rows.columns().stream())
                        .filter(column -> column.name().equals(name))
                        .count()
                == 1;
    }

    Expr constant(Kind kind) {
        return Expr.clean(
                switch (kind) {
                    case INT -> String.valueOf(dice.below(9));
                    case BIGINT -> dice.below(900) + "::int8";
                    case NUMERIC -> dice.below(90) + ".5";
                    case FLOAT -> dice.below(90) + "::float8";
                    case TEXT -> dice.word("'oak'", "'a b'", "''", "'x-y-z'", "$$q$$", "E'n\\n'", "'%'::text");
                    case BOOL -> dice.word("true", "false");
                    case DATE -> dice.word("DATE '2024-02-29'", "current_date");
                    case TIMESTAMP -> "TIMESTAMP '2024-02-29 01:02:03'";
                    case UUID -> "'00000000-0000-0000-0000-000000000000'::uuid";
                    case JSON -> "'{\"a\": [1, \"b\"]}'::json";
                    case JSONB -> "'{\"a\": [1, \"b\"]}'::jsonb";
                    case BYTEA -> "'\\x6f616b'::bytea";
                    case TEXTS -> "ARRAY['oak', 'ash']";
                    case BIGINTS -> "ARRAY[1, 2]::int8[]";
                    case NEST -> "ROW('a', 'b')::nest";
                    case RANGE -> "'[1,5)'::int8range";
                    case INET -> "'127.0.0.1'::inet";
                    case ROW -> "ROW(1, 'a')";
                },
                kind);
    }

    private Expr branching(Kind kind, Scope scope, int depth, Use use) {
        if (kind == Kind.ROW || kind == Kind.JSON || kind == Kind.NEST) {
            return leaf(kind, scope, use);
        }
        Expr one = of(kind, scope, depth, use);
        return switch (dice.below(6)) {
            case 0, 1 -> {
                Expr condition = condition(scope, depth, condition());
                Expr other = of(kind, scope, depth, use);
                yield Expr.of(kind, "CASE WHEN %s THEN %s ELSE %s END", condition, one, other);
            }
            case 2 -> Expr.of(kind, "coalesce(%s, %s)", one, leaf(kind, scope, use));
            case 3 -> Expr.of(kind, "coalesce(%s, %s)", one, constant(kind));
            case 4 -> subselect(kind, scope, depth, use);
            default ->
                Kind.COMPARABLE.contains(kind) && kind != Kind.BOOL
                        ? Expr.of(kind, dice.word("greatest", "least") + "(%s, %s)", one, leaf(kind, scope, use))
                        : one;
        };
    }

    private Expr subselect(Kind kind, Scope scope, int depth, Use use) {
        return depth > 0 && dice.chance(60) ? selects.scalar(kind, scope, depth, use) : leaf(kind, scope, use);
    }

    Expr condition(Scope scope, int depth, Use use) {
        Kind kind = dice.pick(SCALARS);
        Expr one = of(kind, scope, depth, use);
        return switch (dice.below(14)) {
            case 0, 1, 2 ->
                Expr.of(Kind.BOOL, "(%s " + dice.word("=", "<>", "<", ">=") + " %s)", one, leaf(kind, scope, use));
            case 3 -> Expr.of(Kind.BOOL, "(%s IS " + dice.word("", "NOT ") + "NULL)", one);
            case 4 ->
                Expr.of(Kind.BOOL, "(%s AND %s)", condition(scope, depth - 1, use), condition(scope, depth - 1, use));
            case 5 ->
                Expr.of(Kind.BOOL, "(%s OR %s)", condition(scope, depth - 1, use), condition(scope, depth - 1, use));
            case 6 -> Expr.of(Kind.BOOL, "(NOT %s)", condition(scope, depth - 1, use));
            case 7 ->
                Expr.of(
                        Kind.BOOL,
                        "(%s " + dice.word("LIKE", "NOT LIKE", "ILIKE", "~", "!~*", "SIMILAR TO") + " 'a%%')",
                        of(Kind.TEXT, scope, depth, use));
            case 8 -> Expr.of(Kind.BOOL, "(%s IN (%s, %s))", one, constant(kind), leaf(kind, scope, use));
            case 9 -> Expr.of(Kind.BOOL, "(%s BETWEEN %s AND %s)", one, constant(kind), leaf(kind, scope, use));
            case 10 -> Expr.of(Kind.BOOL, "(%s IS DISTINCT FROM %s)", one, leaf(kind, scope, use));
            case 11 ->
                Expr.of(Kind.BOOL, "(%s = ANY (%s))", of(Kind.TEXT, scope, 0, use), of(Kind.TEXTS, scope, depth, use));
            case 12 -> selects.exists(scope, depth, use);
            default -> selects.member(kind, scope, depth, use);
        };
    }

    private Expr number(Kind kind, Scope scope, int depth, Use use) {
        Use test = tests(use);
        Expr number = of(kind, scope, depth, test);
        return switch (dice.below(8)) {
            case 0 -> Expr.of(kind, "(%s " + dice.word("+", "-") + " %s)", number, leaf(kind, scope, test));
            case 1 -> Expr.of(kind, "(%s * 2)", number);
            case 2 -> Expr.of(kind, "abs(%s)", number);
            case 3 -> Expr.of(kind, "(- %s)", number);
            case 4, 5 ->
                kind == Kind.INT
                        ? Expr.of(
                                kind,
                                dice.word("length", "ascii", "octet_length", "char_length", "bit_length") + "(%s)",
                                of(Kind.TEXT, scope, depth, use))
                        : kind == Kind.NUMERIC
                                ? Expr.of(
                                        kind,
                                        dice.word("round", "trunc", "ceil", "floor") + "(%s)",
                                        of(kind, scope, depth, use))
                                : of(kind, scope, depth, use);
            case 6 ->
                kind == Kind.INT
                        ? Expr.of(kind, "cardinality(%s)", of(Kind.TEXTS, scope, depth, use))
                        : kind == Kind.BIGINT
                                ? Expr.of(kind, "(%s)[1]", of(Kind.BIGINTS, scope, depth, use))
                                : leaf(kind, scope, use);
            default -> subselect(kind, scope, depth, use);
        };
    }

    private Expr time(Kind kind, Scope scope, int depth, Use use) {
        return switch (dice.below(4)) {
            case 0 ->
                Expr.of(
                        kind,
                        kind == Kind.DATE ? "(%s + 1)" : "(%s - interval '1 day')",
                        of(kind, scope, depth, tests(use)));
            case 1 ->
                kind == Kind.TIMESTAMP
                        ? Expr.of(
                                kind,
                                "date_trunc('" + dice.word("day", "year", "hour") + "', %s)",
                                of(kind, scope, depth, use))
                        : Expr.of(kind, "(%s)::date", of(Kind.TIMESTAMP, scope, depth, tests(use)));
            default -> subselect(kind, scope, depth, use);
        };
    }

    private Expr array(Kind kind, Scope scope, int depth, Use use) {
        Kind element = kind == Kind.TEXTS ? Kind.TEXT : Kind.BIGINT;
        return switch (dice.below(6)) {
            case 0 ->
                Expr.of(kind, "ARRAY[%s, %s]", element(element, scope, depth, use), element(element, scope, 0, use));
            case 1 -> selects.array(kind, element, scope, depth, use);
            case 2 -> Expr.of(kind, "(%s || %s)", of(kind, scope, depth, use), of(kind, scope, 0, use));
            case 3 -> Expr.of(kind, "(%s)[1:1]", of(kind, scope, depth, use));
            case 4 ->
                kind == Kind.TEXTS
                        ? Expr.of(kind, "string_to_array(%s, 'a')", of(Kind.TEXT, scope, depth, tests(use)))
                        : leaf(kind, scope, use);
            default -> leaf(kind, scope, use);
        };
    }

    private Expr element(Kind kind, Scope scope, int depth, Use use) {
        Expr element = of(kind, scope, depth, use);
        return kind == Kind.TEXT ? Expr.of(kind, "(%s)::text", element) : element;
    }

    /** A whole row of one of the FROM items, or one that is put together. */
    Expr row(Scope scope, int depth, Use use) {
        List<Rows> whole = scope.rows.stream()
                .filter(rows -> use != Use.CLEAN || !rows.isMasked())
                .toList();
        if (whole.isEmpty() || dice.chance(30)) {
            return Expr.of(
                    Kind.ROW,
                    dice.word("ROW(%s, %s)", "(%s, %s)"),
                    of(Kind.TEXT, scope, depth, use),
                    of(Kind.INT, scope, depth, use));
        }
        Rows rows = dice.pick(whole);
        tested |= use == Use.TESTED && rows.isMasked();
        // A FROM item that is named as one of its columns gives the column.
        return new Expr(dice.chance(70) ? rows.alias() : "ROW(" + rows.alias() + ".*)", Kind.ROW, rows.isMasked());
    }

    /** A column of a whole row. */
    Expr field(Scope scope, Use use) {
        List<Rows> whole = scope.rows.stream()
                .filter(rows -> use != Use.CLEAN || !rows.isMasked())
                .toList();
        if (whole.isEmpty()) {
            return leaf(Kind.TEXT, scope, use);
        }
        Rows rows = dice.pick(whole);
        List<Column> columns = rows.columns().stream()
                .filter(column -> column.kind() == Kind.TEXT)
                .toList();
        if (columns.isEmpty()) {
            return leaf(Kind.TEXT, scope, use);
        }
        tested |= use == Use.TESTED && rows.isMasked();
        Column column = dice.pick(columns);
        return new Expr("(" + rows.alias() + ")." + column.name(), Kind.TEXT, column.masked());
    }
}
