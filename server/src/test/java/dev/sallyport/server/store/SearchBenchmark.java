package dev.sallyport.server.store;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.target.Secret;
import dev.sallyport.server.store.Query.Criterion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Fills an index in SQLite with commands of 400 identities over 30 days, and searches it. Arguments: how many commands
 * (default ten million), and the seed. Commands are one of 3,000 statements, with a number of its own in every second.
 */
public final class SearchBenchmark {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration SPAN = Duration.ofDays(30);
    private static final int IDENTITIES = 400;
    private static final int STATEMENTS = 3_000;
    private static final int TABLES = 200;
    private static final int SESSION_COMMANDS = 200;
    private static final int OPEN = 64;
    private static final int QUERIES = 300;
    private static final SearchKey KEY = SearchKey.derive(Secret.of("a key of benchmarks"));

    private final int commands;
    private final Random random;
    private final EventTerms events = new EventTerms(new Terms(KEY), new OpenSessions(Map.of()));
    private final String[] sessions = new String[OPEN];
    private final int[] left = new int[OPEN];
    private long record;
    private long opened;

    private SearchBenchmark(int commands, long seed) {
        this.commands = commands;
        this.random = new Random(seed);
    }

    static void main(String[] arguments) throws IOException {
        int commands = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000_000;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
        Path directory = Files.createTempDirectory("sallyport-search");
        try {
            new SearchBenchmark(commands, seed).run(directory.resolve("index.sqlite"));
        } finally {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private void run(Path file) throws IOException {
        try (SearchIndex index = SearchIndex.usable(new SqliteEngine(file), KEY, "benchmark")) {
            long start = System.nanoTime();
            long stored = 0;
            Block.Builder block = new Block.Builder();
            for (int i = 0; i < commands; i++) {
                append(i).ifPresent(block::add);
                if (block.isFull() || i == commands - 1) {
                    index.append(stored, record, 0, Optional.of(block.build()), events.sessions());
                    events.sessions().stored();
                    stored = record;
                    block = new Block.Builder();
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "%d commands in %.0f s, %.0f a second; %d blocks%n",
                    commands,
                    seconds,
                    commands / seconds,
                    index.blocks());
        }
        long bytes = Files.size(file);
        System.out.printf(Locale.ROOT, "%d MB, %.1f bytes a command%n", bytes / 1_000_000, (double) bytes / commands);
        try (SearchIndex index = SearchIndex.open(new SqliteEngine(file), KEY, "benchmark", false)) {
            ask(index, "identity and day", 50, () -> day(identity()));
            ask(index, "identity and day, 10,000 results", 10_000, () -> day(identity()));
            ask(index, "identity alone", 50, () -> all(identity()));
            ask(index, "object alone", 50, () -> all(object()));
            ask(index, "identity, object and day", 50, () -> day(identity(), object()));
            ask(index, "denied, of an identity", 50, () -> all(identity(), new Criterion(Facet.OUTCOME, "deny")));
            ask(index, "a number that one command has", 50, () -> all(word(number(random.nextInt(commands)))));
            ask(index, "a word that none has", 50, () -> all(word("none" + random.nextInt())));
            ask(
                    index,
                    "three words",
                    50,
                    () -> all(word("select"), word("t" + table()), word("c" + random.nextInt(15))));
            ask(
                    index,
                    "incident",
                    50,
                    () -> all(new Criterion(Facet.INCIDENT, "inc-" + random.nextInt(commands) / 50 * 50)));
        }
    }

    private Optional<Entry> append(int number) {
        int slot = random.nextInt(OPEN);
        Instant at = START.plus(SPAN.multipliedBy(number).dividedBy(commands));
        if (left[slot] == 0) {
            if (sessions[slot] != null) {
                take(new AuditEvent.SessionClosed(at, sessions[slot], "client closed", 1, 1, 1));
            }
            sessions[slot] = "session" + opened++;
            left[slot] = 1 + random.nextInt(2 * SESSION_COMMANDS);
            take(opened(at, sessions[slot]));
        }
        left[slot]--;
        return take(command(at, sessions[slot], number));
    }

    private Optional<Entry> take(AuditEvent event) {
        return events.of(new StoredEvent(record++, 1, 0, event));
    }

    private AuditEvent opened(Instant at, String session) {
        int who = skewed(IDENTITIES);
        return new AuditEvent.SessionOpened(
                at,
                session,
                "postgres",
                "192.0.2.1:5000",
                "target" + who % 7,
                "okta",
                "who" + who,
                Optional.of("client" + who % 20),
                List.of("okta:group" + who % 30, "okta:everyone"),
                List.of(),
                "",
                "",
                1,
                at);
    }

    private AuditEvent command(Instant at, String session, int number) {
        int statement = skewed(STATEMENTS);
        int table = statement % TABLES;
        String own = number % 2 == 0 ? number(number) : "$1";
        boolean denied = number % 50 == 0;
        boolean read = statement % 4 != 0;
        String text = (read ? "SELECT id, c" : "UPDATE t" + table + " SET c") + statement % 15 + ", name FROM public.t"
                + table + " WHERE customer_id = " + own + " AND state" + statement + " = 'open' LIMIT 20";
        return new AuditEvent.CommandDecided(
                at,
                session,
                number,
                text,
                List.of(),
                List.of(Effect.of(read ? Action.READ : Action.UPDATE, "table", "public.t" + table)),
                denied ? "deny" : "allow",
                denied ? "RULE" : "",
                "",
                List.of("policy" + table % 10 + "/allow[" + statement % 3 + "]"),
                1,
                denied ? "inc-" + number : "",
                0);
    }

    /** Few often, most rarely. */
    private int skewed(int count) {
        double x = random.nextDouble();
        return (int) (count * x * x * x);
    }

    /** No two commands have the same. */
    private static String number(int command) {
        return Long.toString(1_000_000_007L * command % 9_999_999_967L);
    }

    private Criterion identity() {
        return new Criterion(Facet.IDENTITY, "okta:who" + random.nextInt(IDENTITIES));
    }

    private Criterion object() {
        return new Criterion(Facet.OBJECT, "table:public.t" + table());
    }

    private int table() {
        return random.nextInt(TABLES);
    }

    private static Criterion word(String text) {
        return new Criterion(Facet.WORD, text);
    }

    private Query day(Criterion... criteria) {
        Instant since = START.plus(Duration.ofDays(random.nextInt((int) SPAN.toDays())));
        return new Query(Optional.of(since), Optional.of(since.plus(Duration.ofDays(1))), List.of(criteria));
    }

    private static Query all(Criterion... criteria) {
        return new Query(Optional.empty(), Optional.empty(), List.of(criteria));
    }

    private static void ask(SearchIndex index, String what, int limit, Supplier<Query> queries) throws IOException {
        long[] nanos = new long[QUERIES];
        long hits = 0;
        for (int i = 0; i < QUERIES; i++) {
            Query query = queries.get();
            long start = System.nanoTime();
            hits += index.find(query, limit).hits().size();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-36s median %6.2f ms, 99 %% %6.2f ms, longest %6.2f ms, %.1f found%n",
                what,
                nanos[QUERIES / 2] / 1e6,
                nanos[QUERIES * 99 / 100] / 1e6,
                nanos[QUERIES - 1] / 1e6,
                (double) hits / QUERIES);
    }
}
