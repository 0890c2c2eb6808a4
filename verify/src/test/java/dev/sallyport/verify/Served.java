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
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    private final Path directory;
    private final Path audit;
    private final TestIssuer issuer = TestIssuer.offline("https://issuer.verify.invalid");
    private final TestCertificates certificates;
    private final int port = Ports.free();
    private final int adminPort = Ports.free();
    private final Map<String, String> environment;
    private final boolean tls;
    private final String segmentBytes;
    private @Nullable Process process;

    private Served(
            Path directory,
            Path audit,
            String segmentBytes,
            int targetPort,
            TestCertificates certificates,
            boolean tls,
            String... options)
            throws IOException {
        this.tls = tls;
        this.segmentBytes = segmentBytes;
        this.directory = Files.createDirectories(directory);
        this.audit = audit;
        this.certificates = certificates;
        this.environment = options.length == 0 ? Map.of() : Map.of("SALLYPORT_JAVA_OPTS", String.join(" ", options));
        configure(targetPort);
    }

    /** Starts one in front of this server; the target's user is made there. */
    static Served before(PostgresServer server, Path directory, String... javaOptions) {
        return before(server, directory, directory.resolve("audit"), "64MiB", true, javaOptions);
    }

    /** The same without TLS on either side. */
    static Served plain(PostgresServer server, Path directory, String... javaOptions) {
        return before(server, directory, directory.resolve("audit"), "64MiB", false, javaOptions);
    }

    /** The same with segments of the audit log as small as they may be. */
    static Served withSmallSegments(PostgresServer server, Path directory, String... javaOptions) {
        return before(server, directory, directory.resolve("audit"), "64KiB", false, javaOptions);
    }

    /** The same, with its audit log somewhere else. */
    static Served before(PostgresServer server, Path directory, Path audit) {
        return before(server, directory, audit, "64MiB", true);
    }

    private static Served before(
            PostgresServer server,
            Path directory,
            Path audit,
            String segmentBytes,
            boolean tls,
            String... javaOptions) {
        server.run("DO $$ BEGIN CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD
                + "'; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT ALL ON SCHEMA public TO " + USER);
        try {
            Served served =
                    new Served(directory, audit, segmentBytes, server.port(), server.certificates(), tls, javaOptions);
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
        return new Door("localhost", port, TARGET, group, token, certificates.authority(), tls);
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
                URI.create((tls ? "https" : "http") + "://localhost:" + adminPort),
                as("approvers").password(),
                certificates.authority());
    }

    Path auditDir() {
        return audit;
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
        process = Sallyport.start(
                environment,
                directory.resolve("serve.log"),
                "serve",
                "--config",
                configuration().toString());
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
        return Sallyport.run(Map.of(), "audit", "verify", "--audit-dir", audit.toString());
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
        String shown = tls ? "{certificate: " + pair.chain() + ", key: " + pair.key() + "}" : "disable";
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
                """.formatted(
                        port,
                        shown,
                        adminPort,
                        shown,
                        audit,
                        segmentBytes,
                        issuer.url(),
                        TARGET,
                        targetPort,
                        PostgresServer.DATABASE,
                        tls ? "verify-full" : "disable",
                        certificates.authority(),
                        USER));
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
