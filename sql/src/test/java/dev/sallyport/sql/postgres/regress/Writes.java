package dev.sallyport.sql.postgres.regress;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import dev.sallyport.sql.postgres.Facts;
import dev.sallyport.sql.postgres.StatementKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables whose rows a transaction has changed so far, by the server's own count.
 *
 * @param byTable for each {@code schema.name} how many rows it inserted, updated and deleted
 */
record Writes(Map<String, List<Long>> byTable) {
    static final String SQL = """
            SELECT CASE WHEN c.relpersistence = 't' THEN 'pg_temp' ELSE n.nspname END || '.' || c.relname, s.i, s.u, s.d
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
                LATERAL (SELECT pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS i,
                    pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS u,
                    pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS d OFFSET 0) s
            WHERE c.relkind IN ('r', 'm', 'p') AND s.i + s.u + s.d > 0""";

    private static final String TEMPORARY = "pg_temp.";
    private static final Set<Action> ROWS = EnumSet.of(Action.INSERT, Action.UPDATE, Action.DELETE);
    private static final Set<Action> BESIDE = EnumSet.of(Action.READ, Action.CALL, Action.PUBLISH);

    static Writes of(List<List<@Nullable String>> rows) {
        Map<String, List<Long>> byTable = new HashMap<>();
        for (List<@Nullable String> row : rows) {
            List<Long> counts = new ArrayList<>();
            row.subList(1, row.size()).forEach(count -> counts.add(Long.valueOf(String.valueOf(count))));
            byTable.put(String.valueOf(row.getFirst()), counts);
        }
        return new Writes(byTable);
    }

    /** Whether the analysis says of the message that it changes rows of tables and nothing else. */
    static boolean only(Facts facts) {
        boolean some = false;
        // REFRESH and its like write a table anew, which the catalogue takes note of.
        if (facts.runs().stream().anyMatch(statement -> statement.kind() instanceof StatementKind.Utility)) {
            return false;
        }
        for (Effect effect : facts.effects()) {
            boolean rows =
                    ROWS.contains(effect.action()) && effect.object().kind().equals("table");
            if (!rows && !BESIDE.contains(effect.action())) {
                return false;
            }
            some |= rows;
        }
        return some;
    }

    /** What was written between this and a later moment though the analysis does not say so. */
    List<String> unsaid(Writes later, Facts facts) {
        List<String> unsaid = new ArrayList<>();
        Set<Action> said = EnumSet.noneOf(Action.class);
        facts.effects().forEach(effect -> said.add(effect.action()));
        later.byTable.forEach((table, counts) -> {
            List<Long> before = byTable.getOrDefault(table, List.of(0L, 0L, 0L));
            if (counts.equals(before)) {
                return;
            }
            if (!isAmong(table, facts.tables())) {
                unsaid.add("wrote " + table + " " + before + " -> " + counts);
            }
            // Others may do all three: a row that moves to another partition is deleted and inserted, and a foreign key
            // may have it move because a row of another table was deleted.
            boolean others = counts.get(1) > before.get(1) || counts.get(2) > before.get(2);
            if (others && !said.contains(Action.UPDATE) && !said.contains(Action.DELETE)) {
                unsaid.add("updated or deleted of " + table);
            }
        });
        return unsaid;
    }

    /** Foreign keys of temporary tables are not known; they lead to none but other temporary tables of the session. */
    private static boolean isAmong(String table, Set<String> said) {
        return said.contains(table)
                || said.contains("?")
                || (table.startsWith(TEMPORARY) && said.stream().anyMatch(other -> other.startsWith(TEMPORARY)));
    }
}
