package dev.sallyport.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one demo that all tests of a JVM share, as its ready-file shows it. With
 * {@code -Dsallyport.verify.readyFile=FILE} it is one that runs already.
 */
final class Demo {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static @Nullable Demo shared;

    private final Path file;
    private final JsonNode ready;

    private Demo(Path file) {
        this.file = file;
        this.ready = read(file);
    }

    static synchronized Demo shared() {
        Demo demo = shared;
        if (demo == null) {
            String running = System.getProperty("sallyport.verify.readyFile", "");
            demo = new Demo(running.isEmpty() ? start() : Path.of(running));
            shared = demo;
        }
        return demo;
    }

    Path readyFile() {
        return file;
    }

    /** All that the ready-file says. */
    JsonNode ready() {
        return ready;
    }

    /** The gateway, for the bot of a role: {@code reader}, {@code writer}, {@code approver} or {@code admin}. */
    Door as(String role) {
        JsonNode postgres = ready.at("/gateway/postgres");
        return new Door(
                postgres.path("host").asString(),
                postgres.path("port").asInt(),
                ready.path("target").asString(),
                role,
                token(role),
                caFile(),
                true);
    }

    /** The database itself, past the gateway. */
    Door direct() {
        JsonNode direct = ready.path("direct");
        return new Door(
                direct.path("host").asString(),
                direct.path("port").asInt(),
                direct.path("database").asString(),
                direct.path("username").asString(),
                direct.path("password").asString(),
                caFile(),
                true);
    }

    String token(String role) {
        return ready.path("tokens").path(role).asString();
    }

    URI admin() {
        return URI.create(ready.at("/gateway/admin").asString());
    }

    Path caFile() {
        return Path.of(ready.path("caFile").asString());
    }

    Path auditDir() {
        return Path.of(ready.path("auditDir").asString());
    }

    private static JsonNode read(Path file) {
        try {
            return JsonMapper.shared().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path start() {
        try {
            Path directory = Files.createTempDirectory("sallyport-verify-demo");
            Path file = directory.resolve("ready.json");
            Path log = directory.resolve("demo.log");
            Process process = Sallyport.start(Map.of(), log, "demo", "--ready-file", file.toString());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, directory)));
            await(process, file, log);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(Process process, Path file, Path log) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(file)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("the demo is not up:\n" + Files.readString(log));
            }
            Pause.of(Duration.ofMillis(50));
        }
    }

    private static void stop(Process process, Path directory) {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Scratch.delete(directory);
    }
}
