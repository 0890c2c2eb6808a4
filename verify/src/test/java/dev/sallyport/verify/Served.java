package dev.sallyport.verify;

import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.ports.Ports;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that {@code serve} runs, in front of a PostgreSQL of the test's own. Its target is called {@code shop}; the
 * bots of the group {@code all} may do everything there, those of {@code masked} may read and see masks, what those of
 * {@code held} change waits for those of {@code approvers}.
 */
final class Served implements AutoCloseable {
    static final String TARGET = "shop";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    static final String USER = "shop_app";
    static final String PASSWORD = "a-password-of-the-target";

    private static final String MAIN = "dev.sallyport.server.Main";

    private final Path directory;
    private final Settings settings;
    private final TestIssuer issuer = TestIssuer.offline("https://issuer.verify.invalid");
    private final TestCertificates certificates;
    private final int port = Ports.free();
    private final int adminPort = Ports.free();
    private final Map<String, String> environment;
    private final @Nullable Served like;
    private @Nullable Process process;

    /**
     * What is not the same for all.
     *
     * @param audit where the audit log is
     * @param tls whether both sides speak TLS
     * @param target further settings of the target
     */
    private record Settings(Path audit, String segmentBytes, boolean tls, String target) {
        static Settings of(Path directory) {
            return new Settings(directory.resolve("audit"), "64MiB", true, "");
        }

        Settings withAudit(Path elsewhere) {
            return new Settings(elsewhere, segmentBytes, tls, target);
        }

        Settings withSegmentBytes(String bytes) {
            return new Settings(audit, bytes, tls, target);
        }

        Settings withTls(boolean spoken) {
            return new Settings(audit, segmentBytes, spoken, target);
        }

        Settings withTarget(String lines) {
            return new Settings(audit, segmentBytes, tls, lines);
        }
    }

    private Served(
            PostgresServer server, Path directory, Settings settings, @Nullable Served like, String... javaOptions)
            throws IOException {
        this.directory = Files.createDirectories(directory);
        this.settings = settings;
        this.certificates = server.certificates();
        this.like = like;
        this.environment =
                javaOptions.length == 0 ? Map.of() : Map.of("SALLYPORT_JAVA_OPTS", String.join(" ", javaOptions));
        configure(server.port());
    }

    /** Starts one in front of this server; the target's user is made there. */
    static Served before(PostgresServer server, Path directory, String... javaOptions) {
        return before(server, directory, Settings.of(directory), null, javaOptions);
    }

    /** The same without TLS on either side. */
    static Served plain(PostgresServer server, Path directory, String... javaOptions) {
        return before(server, directory, Settings.of(directory).withTls(false), null, javaOptions);
    }

    /** The same with segments of the audit log as small as they may be. */
    static Served withSmallSegments(PostgresServer server, Path directory, String... javaOptions) {
        Settings settings = Settings.of(directory).withTls(false).withSegmentBytes("64KiB");
        return before(server, directory, settings, null, javaOptions);
    }

    /** The same, with its audit log somewhere else. */
    static Served before(PostgresServer server, Path directory, Path audit) {
        return before(server, directory, Settings.of(directory).withAudit(audit), null);
    }

    /** One with further settings of the target, as they stand in its file. */
    static Served withTarget(PostgresServer server, Path directory, boolean tls, String target) {
        return before(server, directory, Settings.of(directory).withTls(tls).withTarget(target), null);
    }

    /** One that runs just as that one, but for what is recorded: nothing. */
    static Served unrecorded(PostgresServer server, Path directory, Served like) {
        Settings settings = Settings.of(directory).withTls(like.settings.tls());
        return before(server, directory, settings, like);
    }

    private static Served before(
            PostgresServer server, Path directory, Settings settings, @Nullable Served like, String... javaOptions) {
        server.run("DO $$ BEGIN CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD
                + "'; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ON SCHEMA public TO " + USER);
        try {
            Served served = new Served(server, directory, settings, like, javaOptions);
            served.start();
            return served;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The way in for a bot of one group. */
    Door as(String group) {
        String token = issuer.token()
                .subject(group + "-bot")
                .groups(group)
                .expiresIn(Duration.ofHours(1))
                .mint();
        return new Door("localhost", port, TARGET, group, token, certificates.authority(), settings.tls());
    }

    /** The way in with a token that expires soon. */
    Door briefly(String group, Duration life) {
        return as(group)
                .showing(issuer.token()
                        .subject(group + "-bot")
                        .groups(group)
                        .expiresIn(life)
                        .mint());
    }

    TestIssuer issuer() {
        return issuer;
    }

    Approvers approvers() {
        return new Approvers(
                URI.create((settings.tls() ? "https" : "http") + "://localhost:" + adminPort),
                as("approvers").password(),
                certificates.authority());
    }

    Path auditDir() {
        return settings.audit();
    }

    long pid() {
        return running().pid();
    }

    /** What the gateway has said of itself. */
    String log() {
        try {
            return Files.readString(directory.resolve("serve.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds keys to those of its audit log; they count from the next start on. */
    void addToAudit(String keys) {
        Path file = configuration().resolve("sallyport.yaml");
        try {
            Files.writeString(file, Files.readString(file).replace("audit: {", "audit: {" + keys + ", "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, and waits until it accepts connections. */
    void start() {
        launch();
        awaitUp();
    }

    /** Starts it, and does not wait. */
    void launch() {
        Path log = directory.resolve("serve.log");
        process = like == null
                ? Sallyport.start(
                        environment, log, "serve", "--config", configuration().toString())
                : Sallyport.start(like.commandWithoutRecord(configuration()), log);
    }

    /** How this one runs, with a main class from among the tests and another configuration. */
    private List<String> commandWithoutRecord(Path otherConfiguration) {
        ProcessHandle.Info info = running().info();
        List<String> command = new ArrayList<>(List.of(info.command().orElseThrow()));
        command.addAll(List.of(info.arguments().orElseThrow()));
        int main = command.indexOf(MAIN);
        command.set(
                main - 1,
                command.get(main - 1) + ":" + Path.of("target", "test-classes").toAbsolutePath());
        return Stream.concat(
                        command.subList(0, main).stream(),
                        Stream.of("dev.sallyport.server.gateway.UnrecordedGateway", otherConfiguration.toString()))
                .toList();
    }

    /** Waits until what was launched accepts connections. */
    void awaitUp() {
        Process started = running();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!accepts()) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("the gateway is not up:\n" + log());
            }
            Pause.of(Duration.ofMillis(10));
        }
    }

    /** SIGKILL: it gets no chance to do anything more. */
    void kill() {
        Process killed = running().destroyForcibly();
        try {
            killed.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGKILL, unless it has ended by itself. */
    void killIfAlive() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    /** SIGTERM; its exit code. */
    int stop() {
        Process stopped = running();
        stopped.destroy();
        try {
            if (!stopped.waitFor(90, TimeUnit.SECONDS)) {
                stopped.destroyForcibly();
                throw new AssertionError("it does not stop:\n" + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return stopped.exitValue();
    }

    boolean isAlive() {
        return running().isAlive();
    }

    Run auditVerify() {
        return Sallyport.run(
                Map.of(), "audit", "verify", "--audit-dir", settings.audit().toString());
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            stop();
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("it was never started");
        }
        return process;
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Path configuration() {
        return directory.resolve("config");
    }

    private void configure(int targetPort) throws IOException {
        Files.createDirectories(configuration());
        TestCertificates.Pair pair = certificates.server("gateway", "localhost", "127.0.0.1");
        issuer.writeJwks(configuration().resolve("jwks.json"));
        String shown = settings.tls() ? "{certificate: " + pair.chain() + ", key: " + pair.key() + "}" : "disable";
        Files.writeString(configuration().resolve("sallyport.yaml"), """
                kind: Gateway
                name: verify
                spec:
                  listeners:
                    - {name: postgres, protocol: postgres, address: "127.0.0.1:%d", tls: %s}
                  admin: {address: "127.0.0.1:%d", tls: %s}
                  audit: {directory: "%s", segmentBytes: %s}
                ---
                kind: Issuer
                name: test
                spec:
                  issuer: %s
                  audiences: [sallyport]
                  jwks: {file: jwks.json}
                  algorithms: [ES256]
                ---
                kind: Target
                name: %s
                spec:
                  protocol: postgres
                  address: localhost:%d
                  database: %s
                  tls: %s
                  trust: %s
                  credential: {username: %s, password: {file: password}}
                  %s
                """.formatted(
                        port,
                        shown,
                        adminPort,
                        shown,
                        settings.audit(),
                        settings.segmentBytes(),
                        issuer.url(),
                        TARGET,
                        targetPort,
                        PostgresServer.DATABASE,
                        settings.tls() ? "verify-full" : "disable",
                        certificates.authority(),
                        USER,
                        settings.target()));
        Files.writeString(configuration().resolve("password"), PASSWORD);
        Files.writeString(configuration().resolve("policies.yaml"), """
                kind: Policy
                name: everything
                spec:
                  identities: {groups: ["test:all"]}
                  targets: [shop]
                  allow:
                    - actions: [read, insert, update, delete, truncate, create, alter, drop, grant, call, session,
                        admin, publish, consume, unknown]
                      objects: ["*"]
                ---
                kind: Policy
                name: masked
                spec:
                  identities: {groups: ["test:masked"]}
                  targets: [shop]
                  allow:
                    - {actions: [read], objects: ["table:public.*"]}
                  mask:
                    - {columns: [public.people.ssn], with: {keepLast: 4}}
                    - {columns: [public.people.email], with: redact}
                ---
                kind: Policy
                name: held
                spec:
                  identities: {groups: ["test:held"]}
                  targets: [shop]
                  allow:
                    - {actions: [read], objects: ["table:public.*"]}
                  approve:
                    - actions: [insert, update, delete]
                      objects: ["table:public.*"]
                      approvers: {groups: ["test:approvers"], count: 1}
                      hold: 10m
                """);
    }
}
