package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.testkit.postgres.PostgresServer;
import java.nio.file.Path;
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
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL at random moments under mixed load. {@code -Dsallyport.verify.kills=N} does it N times,
 * {@code -Dsallyport.verify.seed=N} at other moments.
 */
class KillIT {
    private static final int KILLS = Integer.getInteger("sallyport.verify.kills", 5);
    private static final long SEED = Long.getLong("sallyport.verify.seed", 20250330);
    private static final int CLIENTS = 6;

    private final Random random = new Random(SEED);
    private final Set<String> acknowledged = new ConcurrentSkipListSet<>();

    @TempDir
    private Path directory;

    private PostgresServer target;
    private Served served;

    @BeforeEach
    void start() {
        target = PostgresServer.start(Scratch.in(directory, "target"));
        target.run("CREATE TABLE marks (mark text, n integer); GRANT ALL ON marks TO PUBLIC");
        served = Served.before(target, directory.resolve("gateway"));
    }

    @AfterEach
    void stop() {
        served.close();
        target.close();
    }

    @Test
    void what_reached_the_target_is_on_record_however_often_the_gateway_is_killed() throws Exception {
        for (int round = 0; round < KILLS; round++) {
            underLoad(round);
            awaitNoSession();
            served.start();
            Run verified = served.auditVerify();
            assertThat(verified.status())
                    .as("round %d, seed %d: %s", round, SEED, verified.all())
                    .isZero();
            assertEvidence("round " + round + ", seed " + SEED);
        }
        assertThat(served.stop()).as(served.log()).isIn(0, 143);
        Run verified = served.auditVerify();
        assertThat(verified.status()).as(verified.all()).isZero();
        assertEvidence("at the end, seed " + SEED);
    }

    private void assertEvidence(String when) {
        Set<String> reached = Evidence.in(target.log());
        assertThat(reached).as("the load was no load").hasSizeGreaterThan(50);
        Set<String> missing = new TreeSet<>(reached);
        missing.removeAll(Evidence.allowed(served.auditDir()));
        assertThat(missing)
                .as("%s: reached the target without being on record", when)
                .isEmpty();
        assertThat(reached).as("%s: a held command ran", when).noneMatch(mark -> mark.startsWith("mark-held"));
        Set<String> stored = new TreeSet<>();
        target.query("SELECT mark FROM marks").forEach(row -> stored.add(row.getFirst()));
        assertThat(stored).as("%s: acknowledged, but not there", when).containsAll(acknowledged);
    }

    private void underLoad(int round) throws InterruptedException {
        int before = acknowledged.size();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int number = client;
            clients.add(Thread.ofVirtual().start(() -> new Client(round, number, over).run()));
        }
        clients.add(Thread.ofVirtual().start(() -> hold(round)));
        await().atMost(Duration.ofSeconds(60)).until(() -> acknowledged.size() > before + 50);
        Pause.of(Duration.ofMillis(random.nextInt(1500)));
        served.kill();
        over.set(true);
        for (Thread each : clients) {
            each.join(Duration.ofSeconds(60));
            assertThat(each.isAlive())
                    .as("a client hangs though the gateway is dead")
                    .isFalse();
        }
    }

    /** One that waits for an approval which nobody gives. */
    private void hold(int round) {
        try (Connection connection = served.as("held").jdbc();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO marks VALUES ('mark-held-" + round + "-0-0', 1)");
            throw new AssertionError("it ran without approval");
        } catch (SQLException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }

    private void awaitNoSession() {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> target.query("SELECT 1 FROM pg_stat_activity WHERE usename = 'shop_app'")
                        .isEmpty());
    }

    /** A client that does this and that until the gateway is gone. */
    private final class Client {
        private final int round;
        private final int number;
        private final AtomicBoolean over;
        private final Random choice;
        private int count;

        Client(int round, int number, AtomicBoolean over) {
            this.round = round;
            this.number = number;
            this.over = over;
            this.choice = new Random(SEED + 31L * round + number);
        }

        void run() {
            while (!over.get()) {
                try (Connection connection = served.as("all").jdbc(Map.of("prepareThreshold", "2"));
                        PreparedStatement insert = connection.prepareStatement("INSERT INTO marks VALUES (?, ?)")) {
                    int most = 20 + choice.nextInt(100);
                    for (int i = 0; i < most && !over.get(); i++) {
                        step(connection, insert);
                    }
                } catch (SQLException e) {
                    Pause.of(Duration.ofMillis(20));
                }
            }
        }

        private void step(Connection connection, PreparedStatement insert) throws SQLException {
            switch (choice.nextInt(5)) {
                case 0 -> execute(connection, "SELECT count(*) FROM marks /* " + mark("read") + " */");
                case 1 -> {
                    String mark = mark("text");
                    execute(connection, "INSERT INTO marks VALUES ('" + mark + "', 1)");
                    acknowledged.add(mark);
                }
                case 2 -> {
                    String mark = mark("parameter");
                    add(insert, mark);
                    insert.executeUpdate();
                    acknowledged.add(mark);
                }
                case 3 -> {
                    List<String> marks = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        marks.add(mark("batch"));
                        add(insert, marks.getLast());
                        insert.addBatch();
                    }
                    insert.executeBatch();
                    acknowledged.addAll(marks);
                }
                default -> transaction(connection, insert);
            }
        }

        private void transaction(Connection connection, PreparedStatement insert) throws SQLException {
            connection.setAutoCommit(false);
            String kept = mark("transaction");
            add(insert, kept);
            insert.executeUpdate();
            execute(connection, "UPDATE marks SET n = n + 1 WHERE mark = '" + kept + "' /* " + mark("update") + " */");
            connection.commit();
            connection.setAutoCommit(true);
            acknowledged.add(kept);
        }

        private String mark(String what) {
            return "mark-" + what + "-" + round + "-" + number + "-" + count++;
        }

        private static void add(PreparedStatement insert, String mark) throws SQLException {
            insert.setString(1, mark);
            insert.setInt(2, 0);
        }

        private static void execute(Connection connection, String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }
}
