package dev.sallyport.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationWatcherTest {
    private final ConfigurationLoader loader = new ConfigurationLoader(Map.of());
    private final List<Result> told = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws Exception {
        write("password", "one");
        write("gateway.yaml", """
                kind: Gateway
                name: g
                spec:
                  listeners: [{name: pg, protocol: postgres, address: "127.0.0.1:0", tls: disable}]
                  audit: {directory: audit}
                """);
        write("target.yaml", target("db1"));
    }

    @Test
    void tells_of_a_change_once_it_has_settled() throws Exception {
        ConfigurationWatcher watcher = watcher();
        watcher.look();
        write("target.yaml", target("db2"));
        watcher.look();
        assertThat(told).isEmpty();
        watcher.look();
        watcher.look();
        assertThat(told)
                .singleElement()
                .satisfies(result -> assertThat(host(result)).isEqualTo("db2"));
    }

    @Test
    void does_not_take_a_half_written_file_for_a_change() throws Exception {
        ConfigurationWatcher watcher = watcher();
        write("target.yaml", target("db2").substring(0, 40));
        watcher.look();
        write("target.yaml", target("db2"));
        watcher.look();
        watcher.look();
        assertThat(told).singleElement().isInstanceOf(Result.Loaded.class);
    }

    @Test
    void tells_of_faults_once_and_of_the_repair() throws Exception {
        ConfigurationWatcher watcher = watcher();
        write("target.yaml", "kind: Nonsense");
        watcher.look();
        watcher.look();
        watcher.look();
        assertThat(told).singleElement().isInstanceOf(Result.Faulty.class);
        write("target.yaml", target("db3"));
        watcher.look();
        watcher.look();
        assertThat(host(told.getLast())).isEqualTo("db3");
    }

    @Test
    void tells_of_a_return_to_what_is_in_force_after_a_fault() throws Exception {
        ConfigurationWatcher watcher = watcher();
        write("target.yaml", "kind: Nonsense");
        watcher.look();
        watcher.look();
        write("target.yaml", target("db1"));
        watcher.look();
        watcher.look();
        assertThat(told)
                .hasSize(2)
                .last()
                .satisfies(result -> assertThat(host(result)).isEqualTo("db1"));
    }

    @Test
    void a_secret_that_changes_in_its_file_is_a_change() throws Exception {
        ConfigurationWatcher watcher = watcher();
        write("password", "two");
        Files.setLastModifiedTime(
                directory.resolve("password"), FileTime.from(Instant.now().plusSeconds(5)));
        watcher.look();
        watcher.look();
        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        Result.Loaded.class,
                        loaded -> assertThat(loaded.configuration()
                                        .policies()
                                        .targets()
                                        .get(new TargetName("t"))
                                        .credential()
                                        .password())
                                .contains(Secret.of("two")));
    }

    @Test
    void looks_by_itself_until_it_is_closed() throws Exception {
        try (ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor()) {
            ConfigurationWatcher watcher = watcher();
            watcher.start(scheduler, Duration.ofMillis(20));
            write("target.yaml", target("db2"));
            await().atMost(Duration.ofSeconds(10)).until(() -> told.size() == 1);
            watcher.close();
            write("target.yaml", target("db3"));
            await().during(Duration.ofMillis(200)).until(() -> told.size() == 1);
        }
    }

    private ConfigurationWatcher watcher() {
        return switch (loader.read(directory)) {
            case Result.Loaded loaded -> new ConfigurationWatcher(loader, loaded, told::add);
            case Result.Faulty faulty -> throw new AssertionError(faulty);
        };
    }

    private static String host(Result result) {
        return switch (result) {
            case Result.Loaded loaded ->
                loaded.configuration()
                        .policies()
                        .targets()
                        .get(new TargetName("t"))
                        .host();
            case Result.Faulty faulty -> throw new AssertionError(faulty);
        };
    }

    private static String target(String host) {
        return """
                kind: Target
                name: t
                spec:
                  protocol: postgres
                  address: %s:5432
                  credential: {username: u, password: {file: password}}
                """.formatted(host);
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(directory.resolve(name), text);
    }
}
