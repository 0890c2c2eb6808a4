package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What goes into the log comes out of the streams, whatever happens to the gateway or to where they go. */
class StreamIT {
    private static final int KILLS = 3;
    private static final int CLIENTS = 4;

    @TempDir
    private Path directory;

    private PostgresServer target;
    private Served served;

    @BeforeEach
    void start() {
        target = PostgresServer.start(Scratch.in(directory, "target"));
        target.run("CREATE TABLE marks (mark text); GRANT ALL ON marks TO PUBLIC");
        served = Served.before(target, directory.resolve("gateway"));
        served.stop();
    }

    @AfterEach
    void stop() {
        served.close();
        target.close();
    }

    @Test
    void nothing_is_missing_in_a_stream_however_often_the_gateway_is_killed() throws Exception {
        Path siem = directory.resolve("siem.jsonl");
        served.addToAudit("stream: [{name: siem, file: \"" + siem + "\"}, {name: pipe, stdout: true}]");
        for (int round = 0; round < KILLS; round++) {
            served.start();
            underLoadUntil(200, served::kill);
        }
        served.start();
        Files.move(siem, directory.resolve("siem.1.jsonl"));
        underLoadUntil(200, () -> {});
        assertThat(served.stop()).as(served.log()).isIn(0, 143);

        List<JsonNode> lines = read(directory.resolve("siem.1.jsonl"));
        lines.addAll(read(siem));
        assertThat(indexes(lines)).containsAll(exported());
        assertThat(lines)
                .filteredOn(line -> line.path("type").asString().equals("stream-opened"))
                .hasSize(KILLS + 1);
        List<JsonNode> piped = served.log()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(indexes(piped)).containsAll(exported());
    }

    @Test
    void a_stream_whose_disk_is_full_harms_no_command_and_catches_up() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        Run mounted = mount("-t", "tmpfs", "-o", "size=256k", "sallyport-verify", small.toString());
        assumeTrue(mounted.status() == 0, "a small file system cannot be mounted here: " + mounted.err());
        try {
            Path siem = small.resolve("siem.jsonl");
            served.addToAudit("stream: [{name: siem, file: \"" + siem + "\"}]");
            served.start();
            underLoadUntil(1500, () -> assertThat(Files.exists(siem)).isTrue());
            await().atMost(Duration.ofSeconds(30)).until(() -> served.log().contains("No space left"));
            underLoadUntil(100, () -> {});
            int before = exported().size();

            assertThat(mount("-o", "remount,size=64m", small.toString()).status())
                    .isZero();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> indexes(read(siem)).size() >= before);
            assertThat(served.stop()).as(served.log()).isIn(0, 143);

            assertThat(indexes(read(siem))).containsAll(exported());
            assertThat(served.log()).contains("stream goes on");
        } finally {
            served.close();
            Run.of(directory, Duration.ofSeconds(30), Map.of(), "", List.of("umount", small.toString()));
        }
    }

    private Set<Long> exported() {
        Run export = Sallyport.run(
                Map.of(), "audit", "export", "--audit-dir", served.auditDir().toString());
        assertThat(export.status()).as(export.err()).isZero();
        return indexes(export.out().lines().map(JsonMapper.shared()::readTree).toList());
    }

    private static Set<Long> indexes(List<JsonNode> lines) {
        Set<Long> indexes = new TreeSet<>();
        lines.stream()
                .filter(line -> line.has("index"))
                .forEach(line -> indexes.add(line.path("index").asLong()));
        return indexes;
    }

    /** Every line is whole, but for one that is just being written. */
    private static List<JsonNode> read(Path file) throws IOException {
        String text = Files.readString(file);
        List<JsonNode> lines = new ArrayList<>();
        text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .forEach(lines::add);
        return lines;
    }

    /** Clients insert all the time; after so many inserts comes {@code then}. */
    private void underLoadUntil(int inserts, Runnable then) throws InterruptedException {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        List<Thread> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            clients.add(Thread.ofVirtual().start(() -> insertUntil(over, done)));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> done.get() >= inserts);
        then.run();
        over.set(true);
        for (Thread each : clients) {
            each.join(Duration.ofSeconds(60));
        }
    }

    private void insertUntil(AtomicBoolean over, AtomicInteger done) {
        while (!over.get()) {
            try (Connection connection = served.as("all").jdbc();
                    Statement statement = connection.createStatement()) {
                while (!over.get()) {
                    statement.execute("INSERT INTO marks VALUES ('" + done.incrementAndGet() + "')");
                }
            } catch (SQLException gone) {
                Pause.of(Duration.ofMillis(20));
            }
        }
    }

    private Run mount(String... arguments) {
        List<String> line = new ArrayList<>(List.of("mount"));
        line.addAll(List.of(arguments));
        return Run.of(directory, Duration.ofSeconds(30), Map.of(), "", line);
    }
}
