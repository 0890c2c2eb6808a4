package dev.sallyport.verify;

import java.io.IOException;
import java.io.StringReader;
import java.io.Writer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.PGConnection;

/**
 * Clients that do this and that on a table {@code marks (mark text, round integer)} until they are stopped, and come back
 * whenever their connection ends: reads, writes in and out of transactions, some of them rolled back, statements that are
 * prepared in SQL and by the driver, batches in a pipeline, COPY both ways, and commands that wait for somebody's approval,
 * of which some get it. Each command has a mark of its own.
 */
final class MixedLoad implements AutoCloseable {
    private static final Duration AWAY = Duration.ofMillis(100);
    private static final Duration APPROVALS = Duration.ofMillis(60);
    private static final List<String> MODES =
            List.of("simple", "extended", "extendedForPrepared", "extendedCacheEverything");

    /** Has the segments of the audit log fill quickly. */
    private static final String PADDING = "x".repeat(3_000);

    private final Served served;
    private final long seed;
    private final Set<String> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile int round;
    private volatile boolean over;

    private MixedLoad(Served served, long seed) {
        this.served = served;
        this.seed = seed;
    }

    /** Starts so many clients that may do all, one whose commands are approved, and one whose are not. */
    static MixedLoad start(Served served, long seed, int clients) {
        MixedLoad load = new MixedLoad(served, seed);
        for (int client = 0; client < clients; client++) {
            Client each = load.new Client(client);
            load.thread("all", MODES.get(client % MODES.size()), each::step);
        }
        Client granted = load.new Client(clients);
        load.thread("held", "extended", connection -> granted.insert(connection, "granted"));
        Client held = load.new Client(clients + 1);
        load.thread("held", "simple", connection -> held.insert(connection, "held"));
        load.threads.add(Thread.ofVirtual().start(load::approve));
        return load;
    }

    /** The marks of commands made from now on say so. */
    void round(int number) {
        round = number;
    }

    /** The marks of what was committed, as the clients were told. */
    Set<String> acknowledged() {
        return acknowledged;
    }

    /** How many commands were begun. */
    int commands() {
        return count.get();
    }

    /** How often a client's connection or command failed. */
    int failures() {
        return failures.get();
    }

    /** The mark in a row that a COPY with this mark brings. */
    static String copied(String copy) {
        return copy.replace("mark-copy-", "mark-copied-");
    }

    /** The mark of the command that brought a row with this one. */
    static String bringing(String row) {
        return row.replace("mark-copied-", "mark-copy-");
    }

    @FunctionalInterface
    private interface Step {
        void on(Connection connection) throws SQLException, IOException;
    }

    private void thread(String group, String mode, Step step) {
        threads.add(Thread.ofVirtual().start(() -> {
            while (!over) {
                try (Connection connection = served.as(group)
                        .jdbc(Map.of("preferQueryMode", mode, "prepareThreshold", "2", "socketTimeout", "60"))) {
                    while (!over) {
                        step.on(connection);
                    }
                } catch (SQLException | IOException e) {
                    failures.incrementAndGet();
                    Pause.of(AWAY);
                }
            }
        }));
    }

    private void approve() {
        try (Approvers approvers = served.approvers()) {
            while (!over) {
                try {
                    approvers.approveAll("mark-granted-");
                } catch (IOException down) {
                    // it is just being killed
                }
                Pause.of(APPROVALS);
            }
        }
    }

    /** One that does this and that. */
    private final class Client {
        private final int number;
        private final Random choice;

        Client(int number) {
            this.number = number;
            this.choice = new Random(seed + number);
        }

        private String mark(String what) {
            return "mark-" + what + "-" + round + "-" + number + "-" + count.incrementAndGet();
        }

        void step(Connection connection) throws SQLException, IOException {
            switch (choice.nextInt(9)) {
                case 0 ->
                    execute(
                            connection,
                            "SELECT count(*) FROM marks WHERE round = -1 /* " + mark("read") + " " + PADDING + " */");
                case 1 -> insert(connection, "text");
                case 2 -> parameter(connection);
                case 3 -> batch(connection);
                case 4 -> transaction(connection);
                case 5 -> rolledBack(connection);
                case 6 -> prepared(connection);
                case 7 -> copyIn(connection);
                default -> copyOut(connection);
            }
        }

        void insert(Connection connection, String what) throws SQLException {
            String mark = mark(what);
            execute(connection, "INSERT INTO marks VALUES ('" + mark + "', " + round + ")");
            acknowledged.add(mark);
        }

        private void parameter(Connection connection) throws SQLException {
            String mark = mark("parameter");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO marks VALUES (?, ?)")) {
                add(insert, mark);
                insert.executeUpdate();
            }
            acknowledged.add(mark);
        }

        private void batch(Connection connection) throws SQLException {
            List<String> marks = new ArrayList<>();
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO marks VALUES (?, ?)")) {
                for (int i = 0; i < 5; i++) {
                    marks.add(mark("batch"));
                    add(insert, marks.getLast());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            acknowledged.addAll(marks);
        }

        private void transaction(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            String kept = mark("transaction");
            execute(connection, "INSERT INTO marks VALUES ('" + kept + "', " + round + ")");
            execute(
                    connection,
                    "UPDATE marks SET round = round WHERE mark = '" + kept + "' /* " + mark("update") + " */");
            connection.commit();
            connection.setAutoCommit(true);
            acknowledged.add(kept);
        }

        private void rolledBack(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            execute(connection, "INSERT INTO marks VALUES ('" + mark("rolled") + "', " + round + ")");
            connection.rollback();
            connection.setAutoCommit(true);
        }

        private void prepared(Connection connection) throws SQLException {
            String mark = mark("prepared");
            execute(connection, "PREPARE adding AS INSERT INTO marks VALUES ($1, $2)");
            try {
                execute(connection, "EXECUTE adding('" + mark + "', " + round + ")");
                acknowledged.add(mark);
            } finally {
                execute(connection, "DEALLOCATE adding");
            }
        }

        private void copyIn(Connection connection) throws SQLException, IOException {
            String mark = mark("copy");
            String row = copied(mark);
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY marks FROM STDIN /* " + mark + " */", new StringReader(row + "\t" + round + "\n"));
            acknowledged.add(row);
        }

        private void copyOut(Connection connection) throws SQLException, IOException {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT 1 /* " + mark("copyout") + " */) TO STDOUT", Writer.nullWriter());
        }

        private void add(PreparedStatement insert, String mark) throws SQLException {
            insert.setString(1, mark);
            insert.setInt(2, round);
        }

        private static void execute(Connection connection, String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    /** Has them begin nothing more. */
    void finish() {
        over = true;
    }

    /** Stops them; whoever is at a command is waited for. */
    @Override
    public void close() {
        finish();
        for (Thread each : threads) {
            try {
                if (!each.join(Duration.ofSeconds(70))) {
                    throw new AssertionError("a client hangs");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
