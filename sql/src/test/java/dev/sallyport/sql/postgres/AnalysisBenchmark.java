package dev.sallyport.sql.postgres;

import dev.sallyport.sql.postgres.parser.ParserLimits;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Prints what it takes to understand a statement, second by second from cold to warm: {@code AnalysisBenchmark SECONDS}.
 * Not part of the check; docs/adr/0001-postgresql-parser.md has the command line, docs/sql.md the figures.
 */
final class AnalysisBenchmark {
    /** Ordinary statements; {@code %d} makes a text that nobody has seen yet. */
    private static final List<String> STATEMENTS = List.of(
            "SELECT id, name AS n%d FROM customers WHERE id = $1",
            "SELECT c.name AS n%d, o.total, o.status FROM customers c JOIN orders o ON o.customer_id = c.id"
                    + " WHERE c.email = 'eu' AND o.total > 100 ORDER BY o.total DESC LIMIT 10",
            "UPDATE orders AS o%d SET status = 'done' WHERE id = 1 RETURNING *",
            "INSERT INTO orders AS o%d (id, customer_id, status) VALUES ($1, $2, 'new')");

    private static int made;

    private AnalysisBenchmark() {}

    public static void main(String[] arguments) {
        ParserLimits limits = ParserLimits.standard().withEngines(1).withParseTimeout(Duration.ofSeconds(60));
        try (PostgresAnalyzer analyzer = new PostgresAnalyzer(new PostgresParser(limits))) {
            analyzer.analyze("SELECT 1").join();
            System.out.println("median µs of each kind: SELECT, join, UPDATE, INSERT");
            for (int second = 1; second <= Integer.parseInt(arguments[0]); second++) {
                time(analyzer, second);
            }
        }
    }

    private static void time(PostgresAnalyzer analyzer, int second) {
        List<List<Long>> parses = lists();
        List<List<Long>> facts = lists();
        List<List<Long>> known = lists();
        SessionState session = Shop.session();
        long end = System.nanoTime() + 1_000_000_000L;
        for (int i = 0; System.nanoTime() < end; i++) {
            int which = i % STATEMENTS.size();
            String sql = STATEMENTS.get(which).formatted(++made);
            long start = System.nanoTime();
            Analysis analysis = analyzer.analyze(sql).join();
            long parsed = System.nanoTime();
            Facts.of(analysis, session, Shop.CATALOGUE);
            long judged = System.nanoTime();
            Facts.of(analyzer.cached(sql).orElseThrow(), session, Shop.CATALOGUE);
            long again = System.nanoTime();
            parses.get(which).add(parsed - start);
            facts.get(which).add(judged - parsed);
            known.get(which).add(again - judged);
        }
        System.out.printf(
                "%4d s | analysis%s | facts%s | known%s%n", second, medians(parses), medians(facts), medians(known));
    }

    private static List<List<Long>> lists() {
        List<List<Long>> lists = new ArrayList<>();
        STATEMENTS.forEach(statement -> lists.add(new ArrayList<>()));
        return lists;
    }

    private static String medians(List<List<Long>> kinds) {
        StringBuilder out = new StringBuilder();
        for (List<Long> nanos : kinds) {
            Collections.sort(nanos);
            out.append(" %7.2f".formatted(nanos.get(nanos.size() / 2) / 1e3));
        }
        return out.toString();
    }
}
