package dev.sallyport.testkit.postgres;

import dev.sallyport.testkit.ports.Ports;
import dev.sallyport.testkit.tls.TestCertificates;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the programs of an installed PostgreSQL in a data directory of its own. */
final class InstalledPostgres implements Closeable {
    private static final Duration START = Duration.ofSeconds(30);

    private final Process process;

    private InstalledPostgres(Process process) {
        this.process = process;
    }

    static PostgresServer start(
            Path programs, Path directory, Map<String, String> settings, TestCertificates certificates)
            throws IOException {
        Path data = directory.resolve("data");
        Path log = directory.resolve("server.log");
        Process initdb = start(
                log,
                List.of(
                        programs.resolve("initdb").toString(),
                        "-D",
                        data.toString(),
                        "-U",
                        "postgres",
                        "-A",
                        "trust",
                        "-E",
                        "UTF8",
                        "--no-locale",
                        "--no-sync"));
        await(initdb);
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of(
                programs.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-h",
                "localhost"));
        settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        Process postgres = start(log, command);
        InstalledPostgres running = new InstalledPostgres(postgres);
        try {
            awaitReady(port, postgres);
            return new PostgresServer(running, port, data, log, certificates);
        } catch (IOException | RuntimeException e) {
            running.close();
            throw e;
        }
    }

    /** PostgreSQL refuses to run as root; a user namespace makes root somebody else. */
    private static Process start(Path log, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            whole.addAll(List.of("unshare", "--user"));
        }
        whole.addAll(command);
        return new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static void await(Process initdb) throws IOException {
        try {
            if (!initdb.waitFor(START.toSeconds(), TimeUnit.SECONDS) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw new IOException("initdb failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void awaitReady(int port, Process postgres) throws IOException {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?sslmode=disable", "postgres", "")
                        .close();
                return;
            } catch (SQLException e) {
                if (!postgres.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the server does not start", e);
                }
                Thread.onSpinWait();
            }
        }
    }

    @Override
    public void close() throws IOException {
        // SIGINT, a fast shutdown, is not Java's to send; SIGTERM waits for clients, so those who hang on are cut.
        process.destroy();
        try {
            if (!process.waitFor(3, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
