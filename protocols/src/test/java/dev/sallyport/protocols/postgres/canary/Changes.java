package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.List;

/** Writes statements that change rows and return something of them. */
final class Changes {
    private final Dice dice;
    private final Selects selects;
    private final Expressions expressions;
    private final boolean wild;

    Changes(Dice dice, Selects selects, boolean wild) {
        this.dice = dice;
        this.selects = selects;
        this.expressions = selects.expressions();
        this.wild = wild;
    }

    Select any(int depth) {
        Select change = switch (dice.below(6)) {
            case 3 -> throughView(depth);
            case 0 -> insert(depth);
            case 1 -> delete(depth);
            case 2 -> merge(depth);
            default -> update(depth);
        };
        return dice.chance(30) && Rows.areDistinct(change.columns()) ? within(change, depth) : change;
    }

    /** As a WITH query, whose rows a query reads. */
    private Select within(Select change, int depth) {
        Scope scope = new Scope(null);
        List<Column> columns = selects.renamed(change.columns());
        scope.named.add(new Rows("changed", columns));
        Select main = selects.query(scope, Math.min(depth, 2), Use.CARRIED, null, true);
        return new Select(
                "WITH changed" + Selects.names(columns) + " AS (" + change.sql() + ") "
                        + (main.sql().startsWith("WITH ") ? "(" + main.sql() + ")" : main.sql()),
                main.columns());
    }

    private Use stored() {
        return expressions.tests(wild ? Use.TESTED : Use.CLEAN);
    }

    private Select returning(String sql, Scope scope, int depth, List<Column> star) {
        List<Column> columns = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        if (dice.chance(25)) {
            return new Select(sql + " RETURNING *", star);
        }
        for (int i = dice.between(1, 3); i > 0; i--) {
            Expr value = expressions.any(scope, depth, Use.CARRIED);
            String name = "r" + i;
            targets.add(value.sql() + " AS " + name);
            columns.add(new Column(name, value.kind(), value.masked()));
        }
        return new Select(sql + " RETURNING " + String.join(", ", targets), columns);
    }

    private Scope over(Rows... rows) {
        Scope scope = new Scope(null);
        scope.rows.addAll(List.of(rows));
        return scope;
    }

    private Select update(int depth) {
        Rows bird = Aviary.BIRD.as("b");
        boolean joins = dice.chance(30);
        Rows keeper = Aviary.KEEPER.as("k");
        Scope scope = joins ? over(bird, keeper) : over(bird);
        Expr note = expressions.of(Kind.TEXT, scope, Math.min(depth, 2), stored());
        String set = dice.word("weight = b.weight + 1", "name = 'n'", "song = 'changed'", "kind = " + note.sql());
        String where = (joins ? " FROM keeper AS k WHERE k.id = b.keeper_id AND " : " WHERE ")
                + expressions
                        .condition(scope, Math.min(depth, 2), expressions.condition())
                        .sql();
        List<Column> star = new ArrayList<>(bird.columns());
        if (joins) {
            star.addAll(keeper.columns());
        }
        if (dice.chance(20)) {
            Scope versions = over(Aviary.BIRD.as("old"), Aviary.BIRD.as("new"));
            return returning("UPDATE bird AS b SET " + set + where, versions, depth, star);
        }
        return returning("UPDATE bird AS b SET " + set + where, scope, depth, star);
    }

    /** Of a view that PostgreSQL lets be written to. */
    private Select throughView(int depth) {
        Rows view = Aviary.MASKED.stream()
                .filter(rows -> rows.alias().equals("bird_view"))
                .findFirst()
                .orElseThrow()
                .as("v");
        String sql = dice.word(
                "UPDATE bird_view AS v SET name = 'n' WHERE v.id < 4",
                "DELETE FROM bird_view AS v WHERE v.id = 6",
                "UPDATE bird_view AS v SET kind = v.name");
        return returning(sql, over(view), depth, view.columns());
    }

    private Select insert(int depth) {
        Rows cage = Aviary.CAGE.as("cage");
        Expr note = expressions.of(Kind.TEXT, new Scope(null), Math.min(depth, 2), stored());
        String sql = dice.chance(50)
                ? "INSERT INTO cage (id, name, note) VALUES (" + dice.between(50, 90) + ", 'c', " + note.sql() + ")"
                : "INSERT INTO cage (id, name, bird_id) SELECT b.id + 50, b.name, b.id FROM bird AS b";
        if (dice.chance(30)) {
            sql += " ON CONFLICT (id) DO UPDATE SET note = excluded.name || cage.name";
        }
        return returning(sql, over(cage), depth, cage.columns());
    }

    private Select delete(int depth) {
        Rows cage = Aviary.CAGE.as("c");
        boolean joins = dice.chance(50);
        Rows bird = Aviary.BIRD.as("b");
        Scope scope = joins ? over(cage, bird) : over(cage);
        String where = (joins ? " USING bird AS b WHERE b.id = c.bird_id AND " : " WHERE ")
                + expressions
                        .condition(scope, Math.min(depth, 2), expressions.condition())
                        .sql();
        List<Column> star = new ArrayList<>(cage.columns());
        if (joins) {
            star.addAll(bird.columns());
        }
        return returning("DELETE FROM cage AS c" + where, scope, depth, star);
    }

    private Select merge(int depth) {
        Rows cage = Aviary.CAGE.as("c");
        Rows bird = Aviary.BIRD.as("b");
        Scope scope = over(cage, bird);
        Expr note = expressions.of(Kind.TEXT, scope, Math.min(depth, 2), stored());
        String sql = "MERGE INTO cage AS c USING bird AS b ON b.id = c.bird_id"
                + " WHEN MATCHED AND c.size > 30 THEN UPDATE SET note = " + note.sql()
                + " WHEN MATCHED THEN " + dice.word("DELETE", "DO NOTHING")
                + " WHEN NOT MATCHED THEN INSERT (id, name) VALUES (b.id + 50, b.name)";
        List<Column> star = new ArrayList<>(bird.columns());
        star.addAll(cage.columns());
        return returning(sql, scope, depth, star);
    }
}
