package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Writes FROM clauses: tables, views, sub-selects, LATERAL, functions, VALUES, joins of all kinds. */
final class Froms {
    /** Tables are small, but their products need not be. */
    private static final int MOST_RELATIONS = 5;

    private final Dice dice;
    private final Selects selects;
    private final Expressions expressions;
    private final List<Rows> views;
    private int relations;

    Froms(Dice dice, Selects selects, Expressions expressions, List<Rows> views) {
        this.dice = dice;
        this.selects = selects;
        this.expressions = expressions;
        this.views = views;
    }

    /** A FROM clause whose items are added to the scope. */
    FromClause clause(Scope scope, int depth) {
        List<FromClause> items = new ArrayList<>();
        int count = depth > 0 && dice.chance(25) ? 2 : 1;
        for (int i = 0; i < count; i++) {
            FromClause item = dice.chance(depth > 0 ? 28 : 12) ? hidden(join(scope, depth)) : item(scope, depth, true);
            items.add(item);
            scope.rows.addAll(item.rows());
        }
        return new FromClause(
                " FROM " + String.join(", ", items.stream().map(FromClause::sql).toList()),
                items.stream().flatMap(item -> item.rows().stream()).toList(),
                items.stream().flatMap(item -> item.star().stream()).toList());
    }

    /** A join under a name of its own, perhaps, which hides those of its sides. */
    private FromClause hidden(FromClause join) {
        if (!dice.chance(25) || !Rows.areDistinct(join.star())) {
            return join;
        }
        return aliased("(" + join.sql() + ")", join.star(), "j");
    }

    private FromClause item(Scope scope, int depth, boolean lateral) {
        List<Rows> named = scope.withQueries();
        int roll = dice.below(100);
        if (!named.isEmpty() && roll < 45) {
            Rows query = dice.pick(named);
            return aliased(query.alias(), query.columns(), "t");
        }
        if (depth > 0 && (roll < 60 || relations >= MOST_RELATIONS)) {
            return subselect(scope, depth, lateral && dice.chance(35));
        }
        if (roll < 68 || relations >= MOST_RELATIONS) {
            return function(scope, lateral);
        }
        relations++;
        boolean view = !views.isEmpty() && dice.chance(18);
        Rows table = dice.pick(view ? views : dice.chance(55) ? Aviary.MASKED : Aviary.ALL);
        String name = dice.word(table.alias(), table.alias(), "public." + table.alias());
        if (dice.chance(8) && !table.alias().contains("_")) {
            name = "ONLY " + name;
        }
        return aliased(name, table.columns(), "t");
    }

    /** With an alias, and perhaps other names for its columns. */
    private FromClause aliased(String what, List<Column> columns, String prefix) {
        String alias = selects.alias(prefix);
        boolean renames = dice.chance(7);
        List<Column> named = renames ? selects.renamed(columns) : columns;
        String sql = what + " AS " + alias + (renames ? Selects.names(named) : "");
        String sample = dice.chance(2) && what.equals("bird") ? " TABLESAMPLE SYSTEM (100)" : "";
        return one(sql + sample, new Rows(alias, named));
    }

    private static FromClause one(String sql, Rows rows) {
        return new FromClause(sql, List.of(rows), rows.columns());
    }

    private FromClause subselect(Scope scope, int depth, boolean lateral) {
        if (lateral && !scope.rows.isEmpty() && dice.chance(20)) {
            Rows row = dice.pick(scope.rows);
            return aliased("LATERAL (SELECT " + row.alias() + ".*)", row.columns(), "l");
        }
        Select query = selects.query(lateral ? scope.inner() : scope.beside(), depth - 1, Use.CARRIED, null, false);
        String prefix = lateral ? "LATERAL " : "";
        return aliased(prefix + "(" + query.sql() + ")", query.columns(), "q");
    }

    private FromClause function(Scope scope, boolean lateral) {
        String alias = selects.alias("f");
        Use use = expressions.condition();
        Scope seen = lateral ? scope : scope.beside();
        Expr texts = expressions.of(Kind.TEXTS, seen, 1, use);
        Expr document = expressions.of(Kind.JSONB, seen, 0, use);
        return switch (dice.below(9)) {
            case 0, 1 ->
                columns(alias, "generate_series(1, " + dice.between(1, 3) + ")", new Column("n", Kind.INT, false));
            case 2 -> columns(alias, "unnest(" + texts.sql() + ")", new Column("u", Kind.TEXT, texts.masked()));
            case 3 ->
                columns(
                        alias,
                        "unnest(" + texts.sql() + ") WITH ORDINALITY",
                        new Column("u", Kind.TEXT, texts.masked()),
                        new Column("o", Kind.BIGINT, texts.masked()));
            case 4 ->
                columns(
                        alias,
                        "jsonb_each(" + document.sql() + ")",
                        new Column("k", Kind.TEXT, document.masked()),
                        new Column("v", Kind.JSONB, document.masked()));
            case 5 ->
                columns(
                        alias,
                        "ROWS FROM (generate_series(1, 2), unnest(" + texts.sql() + "))",
                        new Column("n", Kind.INT, texts.masked()),
                        new Column("u", Kind.TEXT, texts.masked()));
            case 6 ->
                columns(
                        alias,
                        "(VALUES (1, 'a'), (2, 'b'))",
                        new Column("v1", Kind.INT, false),
                        new Column("v2", Kind.TEXT, false));
            case 7 ->
                dice.chance(12)
                        ? one("birds_of(1) AS " + alias, Aviary.BIRD.as(alias))
                        : columns(alias, "generate_series(1, 2)", new Column("n", Kind.INT, false));
            default ->
                one(
                        "jsonb_to_recordset('[{\"a\": 1, \"b\": \"x\"}]') AS " + alias + "(a int, b text)",
                        new Rows(alias, List.of(new Column("a", Kind.INT, false), new Column("b", Kind.TEXT, false))));
        };
    }

    private static FromClause columns(String alias, String function, Column... columns) {
        Rows rows = new Rows(alias, List.of(columns));
        return one(function + " AS " + alias + Selects.names(rows.columns()), rows);
    }

    private FromClause join(Scope scope, int depth) {
        FromClause left = depth > 1 && dice.chance(20) ? join(scope, depth - 1) : item(scope, depth - 1, true);
        Scope beside = scope.beside();
        String kind = dice.word("JOIN", "LEFT JOIN", "FULL JOIN", "CROSS JOIN", "JOIN");
        boolean mayLook = kind.equals("JOIN") || kind.equals("LEFT JOIN");
        if (mayLook) {
            beside.rows.addAll(left.rows());
        }
        FromClause right = item(beside, depth - 1, mayLook && dice.chance(40));
        List<Rows> rows =
                Stream.concat(left.rows().stream(), right.rows().stream()).toList();
        List<Column> star =
                Stream.concat(left.star().stream(), right.star().stream()).toList();
        if (kind.equals("CROSS JOIN")) {
            return new FromClause(left.sql() + " CROSS JOIN " + right.sql(), rows, star);
        }
        List<String> common = common(left, right);
        boolean natural = dice.chance(30);
        if (!common.isEmpty() && (natural || dice.chance(40)) && mayJoin(left, right, common)) {
            List<String> using = natural ? common : common.subList(0, 1);
            String sql = natural
                    ? left.sql() + " NATURAL " + kind + " " + right.sql()
                    : left.sql() + " " + kind + " " + right.sql() + " USING (" + using.getFirst() + ")";
            return new FromClause(sql, rows, merged(left, right, using));
        }
        Scope both = scope.beside();
        both.rows.addAll(rows);
        // FULL JOIN wants a condition that can be merged or hashed.
        String on = kind.equals("FULL JOIN")
                ? "true"
                : expressions
                        .condition(both, Math.min(depth, 2), expressions.condition())
                        .sql();
        return new FromClause(left.sql() + " " + kind + " " + right.sql() + " ON " + on, rows, star);
    }

    private static List<String> common(FromClause left, FromClause right) {
        if (!Rows.areDistinct(left.star()) || !Rows.areDistinct(right.star())) {
            return List.of();
        }
        return left.star().stream()
                .map(Column::name)
                .filter(name ->
                        right.star().stream().anyMatch(column -> column.name().equals(name)))
                .toList();
    }

    /** Whether the join may go by these columns, which decide which rows meet. */
    private boolean mayJoin(FromClause left, FromClause right, List<String> names) {
        for (String name : names) {
            Column one = named(left, name);
            Column other = named(right, name);
            boolean fit = one.kind() == other.kind() && Kind.COMPARABLE.contains(one.kind());
            if (!fit || one.masked() || other.masked()) {
                return false;
            }
        }
        return true;
    }

    private static List<Column> merged(FromClause left, FromClause right, List<String> using) {
        List<Column> star =
                new ArrayList<>(using.stream().map(name -> named(left, name)).toList());
        Stream.concat(left.star().stream(), right.star().stream())
                .filter(column -> !using.contains(column.name()))
                .forEach(star::add);
        return star;
    }

    private static Column named(FromClause item, String name) {
        return item.star().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
