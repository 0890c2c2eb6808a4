package dev.sallyport.sql.postgres.regress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL's own regression tests, run by psql in the order of their schedule on a real server, with every statement
 * judged before it runs and held against what the server then did. CONTRIBUTING.md says how to get and run them; they are
 * no part of the check, as they are not ours to distribute.
 */
class PostgresRegressionSuite {
    private static final String DATABASE = "regression";
    private static final int MOST_SECONDS = 600;
    /** PostgreSQL's {@code src/test/regress}. */
    private static final Path SOURCES = Path.of(System.getProperty("regress.directory", ""));

    @TempDir
    private Path directory;

    private final Report report = new Report();

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void the_server_does_nothing_that_the_analysis_does_not_say() throws Exception {
        List<String> tests = tests();
        try (PostgresServer server = server();
                PostgresAnalyzer analyzer = new PostgresAnalyzer(new PostgresParser())) {
            prepare(server);
            try (Target target = new Target(server.port(), DATABASE);
                    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
                Thread.ofPlatform().daemon().start(() -> relay(door, server, target, analyzer));
                for (String test : tests) {
                    report.test(test);
                    psql(test, door.getLocalPort());
                    write();
                }
                System.out.println("read the catalogue " + target.readings() + " times");
            }
        }
        assertThat(report.misjudged()).isEmpty();
        assertThat(report.missed()).isEmpty();
        assertThat(report.unknownPercent()).isLessThan(3);
    }

    /** After every test, so that a run that is broken off leaves what it found. */
    private void write() throws IOException {
        Path written = Files.createDirectories(Path.of("target")).resolve("regression.txt");
        Files.writeString(written, report.toString());
    }

    /** The names in the schedule; {@code regress.tests} names some of them where not all shall run. */
    private static List<String> tests() throws IOException {
        String some = System.getProperty("regress.tests", "");
        if (!some.isEmpty()) {
            return List.of(some.split(","));
        }
        List<String> tests = new ArrayList<>();
        for (String line : Files.readAllLines(SOURCES.resolve("parallel_schedule"))) {
            if (line.startsWith("test:")) {
                tests.addAll(List.of(line.substring("test:".length()).strip().split("\\s+")));
            }
        }
        return tests;
    }

    private PostgresServer server() {
        int version = Integer.getInteger("regress.version", 15);
        return version == 18
                ? PostgresServer.start(directory)
                : PostgresServer.installed(version, directory)
                        .orElseThrow(() -> new IllegalStateException("PostgreSQL " + version
                                + " is not installed (Debian: apt install postgresql-" + version + ")"));
    }

    /** As pg_regress.c makes the database. */
    private static void prepare(PostgresServer server) {
        server.authenticate("trust");
        server.run("ALTER SYSTEM SET log_statement = none");
        server.run("ALTER SYSTEM SET autovacuum = off");
        server.run("SELECT pg_reload_conf()");
        server.run("CREATE DATABASE " + DATABASE + " TEMPLATE template0");
        for (String setting : List.of(
                "lc_messages TO 'C'",
                "lc_monetary TO 'C'",
                "lc_numeric TO 'C'",
                "lc_time TO 'C'",
                "bytea_output TO 'hex'",
                "timezone_abbreviations TO 'Default'")) {
            server.run("ALTER DATABASE " + DATABASE + " SET " + setting);
        }
    }

    private void relay(ServerSocket door, PostgresServer server, Target target, PostgresAnalyzer analyzer) {
        try {
            while (true) {
                // psql has one connection at a time, but makes the next before it ends the last.
                Wire psql = new Wire(door.accept());
                RawClient own = RawClient.connect(server.port());
                own.socket().setSoTimeout(MOST_SECONDS * 1000);
                Thread.ofPlatform().daemon().start(() -> talk(new Conversation(psql, own, target, analyzer, report)));
            }
        } catch (IOException e) {
            if (!door.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void talk(Conversation conversation) {
        try (conversation) {
            conversation.run();
        } catch (IOException e) {
            System.out.println("a session ended: " + e);
        }
    }

    /** As pg_regress.c and pg_regress_main.c start it. */
    private void psql(String test, int port) throws Exception {
        Path results = Files.createDirectories(directory.resolve("results"));
        Files.createDirectories(directory.resolve("testtablespace"));
        Path out = results.resolve(test + ".out");
        ProcessBuilder builder = new ProcessBuilder(
                "psql",
                "-X",
                "-a",
                "-q",
                "-v",
                "HIDE_TABLEAM=on",
                "-v",
                "HIDE_TOAST_COMPRESSION=on",
                "host=127.0.0.1 port=" + port + " user=postgres sslmode=disable dbname=" + DATABASE);
        builder.environment()
                .putAll(Map.of(
                        "PG_ABS_SRCDIR", SOURCES.toAbsolutePath().toString(),
                        "PG_ABS_BUILDDIR", directory.toString(),
                        "PG_LIBDIR", SOURCES.toAbsolutePath().toString(),
                        "PG_DLSUFFIX", ".so",
                        "PGTZ", "PST8PDT",
                        "PGDATESTYLE", "Postgres, MDY",
                        "PGCLIENTENCODING", "UTF8",
                        "LC_MESSAGES", "C",
                        "PGOPTIONS", "-c intervalstyle=postgres_verbose"));
        Process psql = builder.redirectInput(
                        SOURCES.resolve("sql").resolve(test + ".sql").toFile())
                .redirectOutput(out.toFile())
                .redirectErrorStream(true)
                .start();
        long start = System.nanoTime();
        if (!psql.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            psql.destroyForcibly().waitFor();
            System.out.println(test + " was stopped");
        }
        boolean same = Files.readString(out)
                .equals(Files.readString(SOURCES.resolve("expected").resolve(test + ".out")));
        System.out.printf("%s %d ms%s%n", test, (System.nanoTime() - start) / 1_000_000, same ? "" : " (other output)");
    }
}
