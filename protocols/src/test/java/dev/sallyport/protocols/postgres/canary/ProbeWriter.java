package dev.sallyport.protocols.postgres.canary;

import dev.sallyport.protocols.postgres.canary.Probe.Style;
import java.util.ArrayList;
import java.util.List;

/** Writes one probe: a query, in one of the ways in which a client can have it answered, or a statement that changes or fails. */
final class ProbeWriter {
    private final Dice dice;
    private final boolean wild;
    private final Selects selects;
    private final int depth;

    ProbeWriter(Dice dice, List<Rows> views, int depth) {
        this.dice = dice;
        this.wild = dice.chance(25);
        this.selects = new Selects(dice, wild, views);
        this.depth = depth;
    }

    Probe probe() {
        int roll = dice.below(100);
        if (roll < 56) {
            return query();
        } else if (roll < 62) {
            return copy();
        } else if (roll < 67) {
            return cursor();
        } else if (roll < 72) {
            return prepared();
        } else if (roll < 76) {
            return explained();
        } else if (roll < 87) {
            return changing();
        } else if (roll < 89) {
            return temporary();
        } else if (roll < 92) {
            return failing();
        } else if (roll < 96) {
            return table();
        } else {
            return several();
        }
    }

    private Style style() {
        return dice.pick(List.of(Style.SIMPLE, Style.TEXT, Style.BINARY, Style.BINARY, Style.PORTAL));
    }

    private Probe of(
            String shape, List<String> before, String sql, Style style, List<String> after, List<Column> columns) {
        boolean touches = columns.stream().anyMatch(Column::masked);
        return new Probe(
                shape,
                before,
                sql,
                style,
                List.of(),
                after,
                columns,
                touches,
                selects.expressions().tested());
    }

    private Probe query() {
        Select select = selects.statement(depth);
        return of("query", List.of(), select.sql(), style(), List.of(), select.columns());
    }

    private Probe copy() {
        Select select = selects.statement(depth);
        String options = dice.word(
                "",
                "",
                " (FORMAT csv, HEADER)",
                " (FORMAT csv, FORCE_QUOTE *)",
                " (FORMAT binary)",
                " (DELIMITER '|', NULL 'x')");
        String sql = "COPY (" + select.sql() + ") TO STDOUT" + options;
        return of(
                "copy of a query",
                List.of(),
                sql,
                dice.pick(List.of(Style.SIMPLE, Style.TEXT)),
                List.of(),
                select.columns());
    }

    private Probe cursor() {
        Select select = selects.statement(depth);
        String declare = "DECLARE cur " + dice.word("", "BINARY ", "SCROLL ") + "CURSOR FOR " + select.sql();
        String fetch = dice.word("FETCH ALL FROM cur", "FETCH 3 FROM cur", "FETCH NEXT FROM cur");
        boolean binary = declare.contains("BINARY");
        List<Column> columns = binary ? List.of() : select.columns();
        Probe probe = of(
                "cursor",
                List.of("BEGIN", declare),
                fetch,
                binary ? Style.SIMPLE : style(),
                List.of("CLOSE cur", "ROLLBACK"),
                columns);
        return touching(probe, select);
    }

    private static Probe touching(Probe probe, Select select) {
        boolean touches = select.columns().stream().anyMatch(Column::masked);
        return new Probe(
                probe.shape(),
                probe.before(),
                probe.sql(),
                probe.style(),
                probe.parameters(),
                probe.after(),
                probe.columns(),
                touches,
                probe.decides());
    }

    private Probe prepared() {
        Select select = selects.statement(depth);
        if (dice.chance(50)) {
            return of(
                    "prepared",
                    List.of("PREPARE pre AS " + select.sql()),
                    "EXECUTE pre",
                    dice.pick(List.of(Style.SIMPLE, Style.TEXT, Style.BINARY)),
                    List.of("DEALLOCATE pre"),
                    select.columns());
        }
        List<Column> columns = new ArrayList<>(select.columns());
        columns.add(new Column("p", Kind.INT, false));
        if (!Rows.areDistinct(select.columns())) {
            return of("query", List.of(), select.sql(), style(), List.of(), select.columns());
        }
        String sql = "SELECT q.*, $1::int AS p FROM (" + select.sql() + ") AS q WHERE $2::text <> ''";
        Probe probe =
                of("parameters", List.of(), sql, dice.pick(List.of(Style.TEXT, Style.BINARY)), List.of(), columns);
        return new Probe(
                probe.shape(),
                probe.before(),
                sql,
                probe.style(),
                List.of("7", "oak"),
                probe.after(),
                columns,
                probe.touches(),
                probe.decides());
    }

    private Probe explained() {
        Select select = selects.statement(depth);
        String options = dice.word(
                "",
                "(ANALYZE, VERBOSE) ",
                "(ANALYZE, FORMAT JSON) ",
                "(VERBOSE, SETTINGS) ",
                "(ANALYZE, BUFFERS OFF, TIMING OFF) ");
        Probe probe = of("explain", List.of(), "EXPLAIN " + options + select.sql(), Style.SIMPLE, List.of(), List.of());
        return touching(probe, select);
    }

    private Probe changing() {
        Changes changes = new Changes(dice, selects, wild);
        Select change = changes.any(depth);
        return of("change", List.of("BEGIN"), change.sql(), style(), List.of("ROLLBACK"), change.columns());
    }

    private Probe temporary() {
        Select select = selects.statement(depth);
        List<Column> columns = selects.renamed(select.columns());
        String name = dice.word("TEMP VIEW tmp", "TEMP TABLE tmp");
        String make = "CREATE " + name + Selects.names(columns) + " AS " + select.sql();
        String relation = name.substring(name.lastIndexOf(' ') + 1);
        String sql = dice.word("SELECT * FROM ", "TABLE ", "SELECT t.* FROM ") + relation + " AS t";
        if (sql.startsWith("TABLE")) {
            sql = "TABLE " + relation;
        }
        // What is stored elsewhere decides there; only a view goes on deriving.
        Probe probe = of("made relation", List.of("BEGIN", make), sql, style(), List.of("ROLLBACK"), List.of());
        return touching(probe, select);
    }

    private Probe table() {
        Rows table = dice.pick(Aviary.ALL);
        String name = table.alias();
        boolean view = name.startsWith("bird_") || name.equals("flight");
        List<Column> columns = new ArrayList<>();
        String list = "";
        if (dice.chance(60)) {
            for (int i = dice.between(1, 4); i > 0; i--) {
                Column column = dice.pick(table.columns());
                if (!columns.contains(column)) {
                    columns.add(column);
                }
            }
            list = Selects.names(columns);
        }
        String options = dice.word(
                "", " (FORMAT csv)", " (FORMAT binary)", " (FORMAT csv, HEADER, DELIMITER ';')", " (NULL '')");
        String sql = view
                ? "COPY (SELECT " + (list.isEmpty() ? "*" : list.substring(2, list.length() - 1)) + " FROM " + name
                        + ") TO STDOUT" + options
                : "COPY " + name + list + " TO STDOUT" + options;
        return of(
                "copy of a table",
                List.of(),
                sql,
                Style.SIMPLE,
                List.of(),
                columns.isEmpty() ? table.columns() : columns);
    }

    private Probe several() {
        Select first = selects.statement(Math.min(depth, 2));
        Select second = selects.statement(Math.min(depth, 2));
        Probe probe = of("several", List.of(), first.sql() + "; " + second.sql(), Style.SIMPLE, List.of(), List.of());
        boolean touches = first.columns().stream().anyMatch(Column::masked);
        return touches ? touching(probe, first) : touching(probe, second);
    }

    private Probe failing() {
        Scope scope = new Scope(null);
        scope.rows.add(Aviary.BIRD.as("b"));
        String text = selects.expressions()
                .of(Kind.TEXT, scope, Math.min(depth, 3), Use.CARRIED)
                .sql();
        String sql = dice.word(
                "SELECT raise_ring(" + dice.between(1, 6) + ")",
                "SELECT ring_of(" + dice.between(1, 6) + ")",
                "SELECT b.id, ring_of(b.id) FROM bird b",
                "SELECT * FROM birds_of(1)",
                "INSERT INTO watched_bird VALUES (1, 'x')",
                "UPDATE bird SET weight = -1 WHERE id = 2",
                "UPDATE bird SET name = NULL",
                "UPDATE bird SET id = 1 WHERE id = 2",
                "UPDATE bird SET ring = 'same ring'",
                "UPDATE bird SET dom = 'x'",
                "DELETE FROM bird",
                "DELETE FROM keeper WHERE id = 1",
                "INSERT INTO bird (id, ring) VALUES (99, 'r')",
                "INSERT INTO flight VALUES (1, 1, NULL, 1, 'x')",
                "SELECT * FROM bird_number",
                "SELECT id, num FROM bird_number WHERE id > 3",
                "DO $$BEGIN PERFORM raise_ring(1); END$$",
                "DO $$DECLARE r record; BEGIN FOR r IN SELECT * FROM bird LOOP RAISE NOTICE '%', r; END LOOP; END$$",
                "SELECT (" + text + ")::int FROM bird b",
                "SELECT (" + text + ")::date FROM bird b",
                "SELECT 1 / (b.weight - 22), " + text + " FROM bird b",
                "SELECT (b.info ->> 'k')::int, " + text + " FROM bird b",
                "SELECT pg_notify('c', " + text + ") FROM bird b",
                "SELECT set_config('application_name', " + text + ", true) FROM bird b",
                "INSERT INTO cage (id, note) SELECT 100 + b.id, " + text + " FROM bird b",
                "CREATE INDEX ON bird ((ring::int))",
                "ALTER TABLE bird ADD CHECK (ring = 'x')",
                "ALTER TABLE bird ALTER COLUMN song TYPE int USING song::int",
                "SELECT query FROM pg_stat_activity WHERE false",
                "SELECT * FROM unnest((SELECT names FROM bird WHERE id = 1))");
        Probe probe = of("failing", List.of("BEGIN"), sql, style(), List.of("ROLLBACK"), List.of());
        return new Probe(
                probe.shape(), probe.before(), sql, probe.style(), List.of(), probe.after(), List.of(), true, true);
    }
}
