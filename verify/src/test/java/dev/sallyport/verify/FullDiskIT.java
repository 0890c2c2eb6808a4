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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit log on a file system of two megabytes. */
class FullDiskIT {
    private final Random random = new Random(7);

    @TempDir
    private Path directory;

    private PostgresServer target;
    private Served served;
    private Path small;

    @BeforeEach
    void start() throws IOException {
        small = Files.createDirectory(directory.resolve("small"));
        Run mounted = mount("-t", "tmpfs", "-o", "size=2m", "sallyport-verify", small.toString());
        assumeTrue(mounted.status() == 0, "a small file system cannot be mounted here: " + mounted.err());
        target = PostgresServer.start(Scratch.in(directory, "target"));
        target.run("CREATE TABLE marks (mark text, n integer); GRANT ALL ON marks TO PUBLIC");
        served = Served.before(target, directory.resolve("gateway"), small.resolve("audit"));
    }

    @AfterEach
    void stop() {
        if (served != null) {
            served.close();
        }
        if (target != null) {
            target.close();
        }
        Run.of(directory, Duration.ofSeconds(30), Map.of(), "", List.of("umount", small.toString()));
    }

    @Test
    void a_full_disk_stops_commands_clearly_and_a_larger_one_lets_them_go_on() {
        Set<String> acknowledged = new TreeSet<>();
        SQLException refused = insertUntilRefused(acknowledged);
        assertThat(acknowledged).as(refused.toString()).hasSizeGreaterThan(10);
        assertThat(refused.getSQLState()).isNotEmpty();
        assertThat(refused.getMessage()).containsIgnoringCase("audit");
        assertThat(served.isAlive()).as(served.log()).isTrue();
        assertEvidence(acknowledged);

        Run larger = mount("-o", "remount,size=64m", small.toString());
        assertThat(larger.status()).as(larger.all()).isZero();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> insert("mark-after-0-0-0"));
        acknowledged.add("mark-after-0-0-0");
        assertEvidence(acknowledged);
        served.stop();
        Run verified = served.auditVerify();
        assertThat(verified.status()).as(verified.all()).isZero();
        assertEvidence(acknowledged);
    }

    private void assertEvidence(Set<String> acknowledged) {
        Set<String> missing = Evidence.in(target.log());
        missing.removeAll(Evidence.allowed(served.auditDir()));
        assertThat(missing).as("reached the target without being on record").isEmpty();
        Set<String> stored = new TreeSet<>();
        target.query("SELECT mark FROM marks").forEach(row -> stored.add(row.getFirst()));
        assertThat(stored).as("acknowledged, but not there").containsAll(acknowledged);
    }

    private SQLException insertUntilRefused(Set<String> acknowledged) {
        try (Connection connection = served.as("all").jdbc();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < 1000; i++) {
                String mark = "mark-fill-0-0-" + i;
                statement.execute("INSERT INTO marks VALUES ('" + mark + "', 1) /* " + filler() + " */");
                acknowledged.add(mark);
            }
        } catch (SQLException e) {
            return e;
        }
        throw new AssertionError("twenty megabytes were recorded on two");
    }

    /** Twenty thousand characters that no compression makes small. */
    private String filler() {
        byte[] bytes = new byte[15_000];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().encodeToString(bytes);
    }

    private boolean insert(String mark) {
        try (Connection connection = served.as("all").jdbc();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO marks VALUES ('" + mark + "', 1)");
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private Run mount(String... arguments) {
        List<String> line = new ArrayList<>(List.of("mount"));
        line.addAll(List.of(arguments));
        return Run.of(directory, Duration.ofSeconds(30), Map.of(), "", line);
    }
}
