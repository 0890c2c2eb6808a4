package dev.sallyport.testkit.postgres;

import dev.sallyport.testkit.files.Scratch;
import dev.sallyport.testkit.ports.Ports;
import dev.sallyport.testkit.tls.TestCertificates;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL on a free loopback port: with TLS by a test authority, every statement in its log, and a superuser
 * {@code postgres} for the test itself, who is trusted on loopback whatever {@link #authenticate} says of the others.
 */
public final class PostgresServer implements AutoCloseable {
    /** Where the test's own statements go unless they name a database. */
    public static final String DATABASE = "postgres";

    private static final Duration STARTUP_WAIT = Duration.ofSeconds(60);
    private static final String SUPERUSER_RULE = "host all postgres 127.0.0.1/32 trust\n";
    private static @Nullable PostgresServer shared;

    private final Closeable process;
    private final int port;
    private final Path data;
    private final Path log;
    private final TestCertificates certificates;

    PostgresServer(Closeable process, int port, Path data, Path log, TestCertificates certificates) {
        this.process = process;
        this.port = port;
        this.data = data;
        this.log = log;
        this.certificates = certificates;
        TestCertificates.Pair pair = certificates.forLocalhost();
        set("ssl_cert_file", pair.chain().toString());
        set("ssl_key_file", pair.key().toString());
        set("ssl_ca_file", certificates.authority().toString());
        set("ssl", "on");
        set("log_statement", "all");
        set("log_connections", "on");
        set("log_line_prefix", "%m [%p] %q%u@%d %a ");
        authenticate("scram-sha-256");
    }

    /**
     * The one server that the tests of a JVM share; it ends with the JVM. Who changes how it authenticates or which
     * certificate it shows starts one of their own.
     */
    public static synchronized PostgresServer shared() {
        PostgresServer running = shared;
        if (running == null) {
            running = startShared();
            shared = running;
        }
        return running;
    }

    private static PostgresServer startShared() {
        Path directory = Scratch.directory("sallyport-postgres");
        PostgresServer server = start(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            Scratch.delete(directory);
        }));
        return server;
    }

    /** PostgreSQL 18, embedded, with its files below {@code directory}. */
    public static PostgresServer start(Path directory) {
        return start(directory, Map.of());
    }

    /** As {@link #start(Path)}, with settings that have to stand on its command line; no spaces in them. */
    public static PostgresServer start(Path directory, Map<String, String> settings) {
        return start(directory, settings, EmbeddedPostgres.builder());
    }

    /**
     * As {@link #start(Path)}, of another version.
     *
     * @param binaries a jar as the embedded PostgreSQL comes in, for Linux on x86-64
     */
    public static PostgresServer start(Path directory, Path binaries) {
        return start(
                directory,
                Map.of(),
                EmbeddedPostgres.builder().setPgBinaryResolver((system, hardware) -> PackedPrograms.open(binaries)));
    }

    private static PostgresServer start(
            Path directory, Map<String, String> settings, EmbeddedPostgres.Builder builder) {
        TestCertificates certificates = TestCertificates.in(directory, "server-authority");
        Path log = directory.resolve("server.log");
        Path data = directory.resolve("data");
        var redirect = ProcessBuilder.Redirect.appendTo(log.toFile());
        builder.setPort(Ports.free())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(STARTUP_WAIT)
                .setErrorRedirector(redirect)
                .setOutputRedirector(redirect);
        settings(settings).forEach(builder::setServerConfig);
        try {
            EmbeddedPostgres embedded = builder.start();
            return new PostgresServer(embedded, embedded.getPort(), data, log, certificates);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A PostgreSQL that is installed on this machine, as Debian's packages do it.
     *
     * @return empty where that version is not installed
     */
    public static Optional<PostgresServer> installed(int majorVersion, Path directory) {
        Path programs = Path.of("/usr/lib/postgresql", String.valueOf(majorVersion), "bin");
        if (!Files.isExecutable(programs.resolve("postgres"))) {
            return Optional.empty();
        }
        TestCertificates certificates = TestCertificates.in(directory, "server-authority");
        try {
            return Optional.of(InstalledPostgres.start(programs, directory, settings(Map.of()), certificates));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("unix_socket_directories", "");
        settings.put("fsync", "off");
        settings.put("max_connections", "100");
        settings.putAll(more);
        return settings;
    }

    public String host() {
        return "localhost";
    }

    public int port() {
        return port;
    }

    /** The authority that signed the server's certificate, and whose client certificates it trusts. */
    public TestCertificates certificates() {
        return certificates;
    }

    /** The file that the server logs to. */
    public Path logFile() {
        return log;
    }

    /** All that the server has logged so far. */
    public String log() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the server logs while {@code action} runs, statements of every connection among it. */
    public String logDuring(Action action) throws Exception {
        int before = log().length();
        action.run();
        return log().substring(before);
    }

    /** Something that a test does. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /** Has everybody but the superuser authenticate by {@code method}, for example {@code md5} or {@code cert}. */
    public void authenticate(String method) {
        String client = method.equals("cert") ? "hostssl" : "host";
        rules(List.of(client + " all all 127.0.0.1/32 " + method, client + " all all ::1/128 " + method));
    }

    /** Puts these lines behind the superuser's in {@code pg_hba.conf}, and waits until they count. */
    public void rules(List<String> lines) {
        try {
            Files.writeString(data.resolve("pg_hba.conf"), SUPERUSER_RULE + String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reload();
    }

    /** Shows another certificate from now on. */
    public void present(TestCertificates.Pair pair) {
        set("ssl_cert_file", pair.chain().toString());
        set("ssl_key_file", pair.key().toString());
        reload();
    }

    /** Offers TLS, or does not. */
    public void tls(boolean offered) {
        set("ssl", offered ? "on" : "off");
        reload();
    }

    private void set(String name, String value) {
        try {
            // In the file, since what stands on the command line could not be changed any more.
            ServerFiles.replaceSetting(data.resolve("postgresql.conf"), name, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void reload() {
        String before = loadTime();
        run("SELECT pg_reload_conf()");
        // The postmaster reloads when the signal reaches it, and a backend shows the time that it inherited from it.
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (loadTime().equals(before)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server does not reload its configuration");
            }
            Thread.onSpinWait();
        }
    }

    private String loadTime() {
        return String.valueOf(query("SELECT pg_conf_load_time()").getFirst().getFirst());
    }

    /** Makes a user who may log in; its password is stored in SCRAM's form. */
    public void createUser(String name, String password) {
        // Up to version 13 that is not how they are stored unless one asks for it.
        run("SET password_encryption = 'scram-sha-256'; CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    }

    /** As {@link #createUser}, with the password stored in MD5's form. */
    public void createMd5User(String name, String password) {
        run("SET password_encryption = md5; CREATE ROLE " + name + " LOGIN PASSWORD '" + password + "'");
    }

    /** Runs statements as the superuser. */
    public void run(String sql) {
        run(DATABASE, sql);
    }

    /** Runs statements as the superuser in one database. */
    public void run(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows of one statement run as the superuser, each value as its text. */
    public List<List<@Nullable String>> query(String sql) {
        return query(DATABASE, sql);
    }

    /** As {@link #query(String)}, in one database. */
    public List<List<@Nullable String>> query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Whether it has a session like this, the one that asks apart.
     *
     * @param condition on {@code pg_stat_activity}, whose {@code query} stays there while a session is idle
     */
    public boolean hasSession(String condition) {
        return !query("SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND " + condition)
                .isEmpty();
    }

    /** A connection of the superuser's, for what the short forms do not do. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?sslmode=disable", "postgres", "");
    }

    @Override
    public void close() {
        try {
            process.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
