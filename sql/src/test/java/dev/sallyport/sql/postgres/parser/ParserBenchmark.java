package dev.sallyport.sql.postgres.parser;

import dev.sallyport.sql.postgres.parser.ParseResult.Parsed;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Prints what a parse costs: {@code ParserBenchmark SECONDS} goes from cold to warm, {@code ParserBenchmark soak COUNT}
 * parses random statements and shows what memory does. Not part of the check; docs/adr/0001-postgresql-parser.md has
 * the command line and the figures.
 */
final class ParserBenchmark {

    private static final List<String> STATEMENTS = List.of(
            "SELECT id, name FROM customers WHERE id = $1",
            "SELECT c.name, o.total, o.created_at FROM customers c JOIN orders o ON o.customer_id = c.id"
                    + " LEFT JOIN items i ON i.order_id = o.id WHERE c.region = 'eu' AND o.total > 100"
                    + " ORDER BY o.created_at DESC LIMIT 10",
            "UPDATE orders SET status = 'done' WHERE id = 1; SELECT * FROM orders WHERE id = 1",
            "WITH d AS (DELETE FROM sessions WHERE expires < now() RETURNING id, user_id)"
                    + " SELECT count(*) FROM d WHERE user_id IN (SELECT id FROM users)");

    private ParserBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        try (var parser =
                new PostgresParser(ParserLimits.standard().withEngines(1).withParseTimeout(Duration.ofSeconds(60)))) {
            long start = System.nanoTime();
            parser.parse("SELECT 1");
            System.out.printf("compiles: %s, first answer after %d ms%n", parser.compiles(), millisSince(start));
            if (arguments[0].equals("soak")) {
                soak(parser, Integer.parseInt(arguments[1]));
            } else {
                time(parser, Integer.parseInt(arguments[0]));
            }
        }
    }

    /** Wall time as a caller sees it (median of a second), and processor time of the engine's thread (mean). */
    private static void time(PostgresParser parser, int seconds) {
        System.out.println("   s | wall, median µs: simple, join, two, cte | engine's processor µs, mean");
        for (int second = 1; second <= seconds; second++) {
            long end = System.nanoTime() + 1_000_000_000L;
            Map<Integer, List<Long>> wall = new TreeMap<>();
            long[] processor = new long[STATEMENTS.size()];
            for (int i = 0; System.nanoTime() < end; i++) {
                int which = i % STATEMENTS.size();
                long cpu = engineNanos();
                long start = System.nanoTime();
                parser.parse(STATEMENTS.get(which));
                wall.computeIfAbsent(which, w -> new ArrayList<>()).add(System.nanoTime() - start);
                processor[which] += engineNanos() - cpu;
            }
            System.out.printf("%4d |", second);
            wall.values().forEach(times -> System.out.printf(" %8.1f", median(times) / 1e3));
            System.out.print(" |");
            wall.forEach((which, times) -> System.out.printf(" %8.1f", processor[which] / 1e3 / times.size()));
            System.out.printf(" | %s%n", resident());
        }
    }

    private static void soak(PostgresParser parser, int count) throws IOException {
        Random random = new Random(1);
        RandomSql sql = new RandomSql(random);
        Map<String, Integer> kinds = new TreeMap<>();
        for (int i = 1; i <= count; i++) {
            String statement = random.nextInt(10) == 0 ? sql.mutated() : sql.statement();
            String kind = switch (parser.parse(statement)) {
                case Parsed parsed -> "PARSED";
                case ParseResult.Failed failed -> failed.kind().name();
            };
            kinds.merge(kind, 1, Integer::sum);
            if (i % (count / 20) == 0) {
                System.gc();
                long heap = Runtime.getRuntime().totalMemory()
                        - Runtime.getRuntime().freeMemory();
                System.out.printf("%7d %s heap %d MiB, %s%n", i, kinds, heap >> 20, resident());
            }
        }
    }

    private static long engineNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        if (engineThread < 0) {
            engineThread = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("sql-parser-0"))
                    .findFirst()
                    .orElseThrow()
                    .threadId();
        }
        return threads.getThreadCpuTime(engineThread);
    }

    private static long engineThread = -1;

    private static double median(List<Long> times) {
        return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
    }

    private static String resident() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .findFirst()
                    .orElse("")
                    .replaceAll("\\s+", " ");
        } catch (IOException e) {
            return "";
        }
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
