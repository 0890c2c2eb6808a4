package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes queries: targets, grouping, windows, set operations, WITH, sub-selects. */
final class Selects {
    private static final List<String> BORROWED = List.of("name", "note", "ring", "id", "city", "song");

    private final Dice dice;
    private final Expressions expressions;
    private final Froms froms;
    private final Aggregates aggregates;
    private int aliases;

    /**
     * @param wild whether masked columns may stand where they decide something
     * @param views what can be read besides the tables and views that are always there
     */
    Selects(Dice dice, boolean wild, List<Rows> views) {
        this.dice = dice;
        this.expressions = new Expressions(dice, this, wild);
        this.froms = new Froms(dice, this, expressions, views);
        this.aggregates = new Aggregates(dice, expressions);
    }

    Expressions expressions() {
        return expressions;
    }

    Froms froms() {
        return froms;
    }

    String alias(String prefix) {
        String alias = prefix + ++aliases;
        return dice.chance(6) ? '"' + alias.toUpperCase(Locale.ROOT) + '"' : alias;
    }

    /** A query at the top, with all that may stand there. */
    Select statement(int depth) {
        return query(new Scope(null), depth, Use.CARRIED, null, true);
    }

    /**
     * Any query.
     *
     * @param kinds the types of its columns, null for any
     * @param top whether its columns' names may be the same
     */
    Select query(Scope scope, int depth, Use use, @Nullable List<Kind> kinds, boolean top) {
        if (depth > 1 && dice.chance(18)) {
            return with(scope, depth, use, kinds, top);
        }
        if (depth > 0 && dice.chance(14)) {
            return setOperation(scope, depth, use, kinds);
        }
        if (dice.chance(4)) {
            return values(scope, depth, use, kinds == null ? kinds() : kinds);
        }
        return simple(scope, depth, use, kinds, top);
    }

    private List<Kind> kinds() {
        return Stream.generate(() -> dice.chance(40) ? Kind.TEXT : dice.pick(Kind.COMPARABLE))
                .limit(dice.between(1, 3))
                .toList();
    }

    private Select simple(Scope scope, int depth, Use use, @Nullable List<Kind> kinds, boolean top) {
        FromClause from = froms.clause(scope, depth);
        String where = dice.chance(40)
                ? " WHERE "
                        + expressions
                                .condition(scope, depth, expressions.condition())
                                .sql()
                : "";
        String tail = from.sql() + where;
        if (dice.chance(16)) {
            return grouped(scope, depth, use, kinds, tail);
        }
        boolean distinct = dice.chance(7);
        Use used = distinct ? expressions.tests(use) : use;
        List<Column> columns = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        List<Kind> wanted = kinds == null && distinct ? kinds() : kinds;
        if (wanted == null) {
            free(scope, depth, used, from, top, columns, targets);
        } else {
            for (Kind kind : wanted) {
                target(expression(kind, scope, depth, used, !distinct), columns, targets, kind);
            }
        }
        String sql = "SELECT " + (distinct ? "DISTINCT " : "") + String.join(", ", targets) + tail;
        return new Select(sql + (distinct ? "" : order(scope, columns, top)), columns);
    }

    private Expr expression(Kind kind, Scope scope, int depth, Use use, boolean windows) {
        return windows && depth > 0 && dice.chance(6)
                ? aggregates.windowed(kind, scope, depth, use)
                : expressions.of(kind, scope, depth, use);
    }

    /** Targets of any type, with stars. */
    private void free(
            Scope scope, int depth, Use use, FromClause from, boolean top, List<Column> columns, List<String> targets) {
        int count = dice.between(1, 4);
        for (int i = 0; i < count; i++) {
            List<Column> star = star(scope, from, use, targets, count);
            if (!star.isEmpty() && (top || (columns.isEmpty() && count == 1 && Rows.areDistinct(star)))) {
                columns.addAll(star);
                continue;
            }
            if (targets.size() > i) {
                targets.removeLast();
            }
            Kind kind = dice.chance(45) ? Kind.TEXT : dice.pick(Kind.ALL);
            target(expression(kind, scope, depth, use, true), columns, targets, null);
        }
    }

    /** Appends a star to the targets, perhaps, and returns what it stands for. */
    private List<Column> star(Scope scope, FromClause from, Use use, List<String> targets, int count) {
        if (!dice.chance(count == 1 ? 30 : 10)) {
            return List.of();
        }
        boolean all = dice.chance(60);
        if (all && !from.star().isEmpty() && isFit(from.star(), use)) {
            targets.add("*");
            return from.star();
        }
        List<Rows> fit =
                scope.rows.stream().filter(rows -> isFit(rows.columns(), use)).toList();
        if (all || fit.isEmpty()) {
            return List.of();
        }
        Rows rows = dice.pick(fit);
        targets.add(dice.chance(80) ? rows.alias() + ".*" : "(" + rows.alias() + ").*");
        return rows.columns();
    }

    private static boolean isFit(List<Column> columns, Use use) {
        return use != Use.CLEAN || columns.stream().noneMatch(Column::masked);
    }

    private void target(Expr value, List<Column> columns, List<String> targets, @Nullable Kind fixed) {
        String sql = fixed == Kind.TEXT ? "(" + value.sql() + ")::text" : value.sql();
        String name = "c" + (columns.size() + 1);
        String borrowed = dice.pick(BORROWED);
        if (dice.chance(25)
                && columns.stream().noneMatch(column -> column.name().equals(borrowed))) {
            name = borrowed;
        }
        targets.add(sql + " AS " + name);
        columns.add(new Column(name, value.kind(), value.masked()));
    }

    private Select grouped(Scope scope, int depth, Use use, @Nullable List<Kind> kinds, String tail) {
        List<Column> columns = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        Use key = expressions.tests(use);
        Expr by = expressions.of(dice.pick(List.of(Kind.TEXT, Kind.INT, Kind.DATE)), scope, 0, key);
        boolean grouping = dice.chance(60) && by.sql().contains(".");
        if (kinds == null) {
            if (grouping) {
                target(by, columns, targets, null);
            }
            int count = dice.between(1, 3);
            for (int i = 0; i < count; i++) {
                target(aggregates.any(scope, depth, use), columns, targets, null);
            }
        } else {
            kinds.forEach(kind -> target(aggregates.of(kind, scope, depth, use), columns, targets, kind));
        }
        String sql = "SELECT " + String.join(", ", targets) + tail;
        if (grouping) {
            sql += " GROUP BY "
                    + dice.word("%s", "%s", "ROLLUP (%s)", "GROUPING SETS ((%s), ())")
                            .formatted(by.sql());
        }
        if (dice.chance(15)) {
            sql += " HAVING " + aggregates.condition(scope, depth, expressions.condition());
        }
        return new Select(sql, columns);
    }

    private String order(Scope scope, List<Column> columns, boolean top) {
        String sql = "";
        if (dice.chance(18)) {
            List<Integer> keys = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                if (!column.masked() && Kind.COMPARABLE.contains(column.kind())) {
                    keys.add(i + 1);
                }
            }
            Expr key = expressions.of(Kind.INT, scope, 0, expressions.condition());
            if (!keys.isEmpty() && dice.chance(50)) {
                sql += " ORDER BY " + dice.pick(keys) + dice.word("", " DESC");
            } else if (key.sql().contains(".")) {
                sql += " ORDER BY " + key.sql() + dice.word("", " DESC NULLS LAST");
            }
        }
        if (top) {
            return sql + " LIMIT 25";
        }
        return dice.chance(10) ? sql + dice.word(" LIMIT 3", " OFFSET 1", " FETCH FIRST 2 ROWS ONLY") : sql;
    }

    private Select values(Scope scope, int depth, Use use, List<Kind> kinds) {
        List<Boolean> masked = new ArrayList<>(kinds.stream().map(_ -> false).toList());
        List<String> rows = new ArrayList<>();
        for (int row = dice.between(1, 2); row > 0; row--) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < kinds.size(); i++) {
                Expr cell = dice.chance(60) && depth > 0
                        ? scalar(kinds.get(i), scope, depth, use)
                        : expressions.constant(kinds.get(i));
                cells.add(kinds.get(i) == Kind.TEXT ? "(" + cell.sql() + ")::text" : cell.sql());
                masked.set(i, masked.get(i) || cell.masked());
            }
            rows.add("(" + String.join(", ", cells) + ")");
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            columns.add(new Column("column" + (i + 1), kinds.get(i), masked.get(i)));
        }
        return new Select("VALUES " + String.join(", ", rows), columns);
    }

    private Select setOperation(Scope scope, int depth, Use use, @Nullable List<Kind> kinds) {
        List<Kind> both = kinds == null ? kinds() : kinds;
        boolean comparable = Kind.COMPARABLE.containsAll(both);
        String operation =
                comparable ? dice.word("UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT") : "UNION ALL";
        Use used = operation.equals("UNION ALL") ? use : expressions.tests(use);
        Select left = query(scope.beside(), depth - 1, used, both, false);
        Select right = query(scope.beside(), depth - 1, used, both, false);
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < both.size(); i++) {
            Column column = left.columns().get(i);
            columns.add(new Column(
                    column.name(),
                    column.kind(),
                    column.masked() || right.columns().get(i).masked()));
        }
        return new Select("(" + left.sql() + ") " + operation + " (" + right.sql() + ")", columns);
    }

    private Select with(Scope scope, int depth, Use use, @Nullable List<Kind> kinds, boolean top) {
        List<String> queries = new ArrayList<>();
        boolean recursive = dice.chance(35);
        int count = dice.between(1, 2);
        for (int i = 0; i < count; i++) {
            String name = alias("w");
            if (recursive && i == 0) {
                queries.add(recursive(name, scope, depth - 1, use));
                continue;
            }
            Select query = query(scope.beside(), depth - 1, Use.CARRIED, null, false);
            List<Column> columns = dice.chance(40) ? renamed(query.columns()) : query.columns();
            String list = columns.equals(query.columns()) ? "" : names(columns);
            queries.add(name + list + " AS " + dice.word("", "MATERIALIZED ", "NOT MATERIALIZED ") + "(" + query.sql()
                    + ")");
            scope.named.add(new Rows(name, columns));
        }
        Select main = query(scope, depth - 1, use, kinds, top);
        String sql = "WITH " + (recursive ? "RECURSIVE " : "") + String.join(", ", queries) + " "
                + (main.sql().startsWith("WITH ") ? "(" + main.sql() + ")" : main.sql());
        // As a part of something else, a WITH stands in parentheses of its own.
        return new Select(top ? sql : "(" + sql + ")", main.columns());
    }

    private String recursive(String name, Scope scope, int depth, Use use) {
        Scope first = scope.beside();
        FromClause base = froms.clause(first, Math.min(depth, 1));
        Expr one = expressions.of(Kind.TEXT, first, depth, Use.CARRIED);
        Expr two = expressions.of(Kind.TEXT, first, 0, Use.CARRIED);
        Scope again = scope.beside();
        again.rows.add(new Rows(
                name,
                List.of(
                        new Column("n", Kind.INT, false),
                        new Column("a", Kind.TEXT, one.masked()),
                        new Column("b", Kind.TEXT, two.masked()))));
        Expr next = expressions.of(Kind.TEXT, again, Math.min(depth, 2), use);
        // The columns may take over each other's values, and so what these derive from.
        boolean crosses = dice.chance(40);
        boolean taken = crosses ? two.masked() : next.masked();
        scope.named.add(new Rows(
                name,
                List.of(
                        new Column("n", Kind.INT, false),
                        new Column("a", Kind.TEXT, one.masked() || taken),
                        new Column("b", Kind.TEXT, one.masked() || two.masked() || taken))));
        return name + " (n, a, b) AS (SELECT 1, (" + one.sql() + ")::text, (" + two.sql() + ")::text" + base.sql()
                + " UNION ALL SELECT n + 1, (" + (crosses ? name + ".b" : next.sql()) + ")::text, (" + name
                + ".a)::text FROM " + name
                + " WHERE n < 3)";
    }

    List<Column> renamed(List<Column> columns) {
        List<Column> renamed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            renamed.add(columns.get(i).as("x" + (i + 1)));
        }
        return renamed;
    }

    static String names(List<Column> columns) {
        return " (" + String.join(", ", columns.stream().map(Column::name).toList()) + ")";
    }

    // ---- sub-selects of expressions ---------------------------------------------------------------------------------

    Expr scalar(Kind kind, Scope scope, int depth, Use use) {
        Select query = simple(scope.inner(), depth - 1, use, List.of(kind), false);
        return new Expr(
                "(SELECT * FROM (" + query.sql() + ") AS " + alias("s") + " LIMIT 1)",
                kind,
                query.columns().getFirst().masked());
    }

    Expr exists(Scope scope, int depth, Use use) {
        Select query = query(scope.inner(), depth - 1, use, null, false);
        return Expr.clean("EXISTS (" + query.sql() + ")", Kind.BOOL);
    }

    Expr member(Kind kind, Scope scope, int depth, Use use) {
        Expr one = expressions.of(kind, scope, 0, use);
        Select query = query(scope.inner(), depth - 1, use, List.of(kind), false);
        return new Expr(
                "(" + one.sql() + dice.word(" IN ", " NOT IN ", " = ANY ", " <> ALL ") + "(" + query.sql() + "))",
                Kind.BOOL,
                one.masked() || query.columns().getFirst().masked());
    }

    Expr array(Kind kind, Kind element, Scope scope, int depth, Use use) {
        Select query = query(scope.inner(), depth - 1, use, List.of(element), false);
        return new Expr(
                "ARRAY(" + query.sql() + ")", kind, query.columns().getFirst().masked());
    }
}
