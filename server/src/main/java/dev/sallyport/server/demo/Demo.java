package dev.sallyport.server.demo;

import com.nimbusds.jose.JOSEException;
import dev.sallyport.server.cli.Version;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.config.FileTrouble;
import dev.sallyport.server.gateway.Gateway;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Starts everything, takes the tour, and stays up until it is told to stop. */
public final class Demo implements AutoCloseable {
    private static final Map<String, List<String>> GROUPS = Map.of(
            "reader", List.of("readers"),
            "writer", List.of("writers"),
            "approver", List.of("approvers"),
            "admin", List.of("admins"));

    private final PrintWriter out;
    private final DemoFiles files;
    private final SecureRandom random = new SecureRandom();
    private @Nullable DemoPostgres postgres;
    private @Nullable Gateway gateway;
    private volatile boolean closed;
    /** Somebody pressed Ctrl-C, or sent SIGTERM. */
    private volatile boolean stopping;
    /** The tour is over, and every step showed what it should. */
    private volatile boolean toured;

    private Demo(DemoFiles files, PrintWriter out) {
        this.files = files;
        this.out = out;
    }

    /**
     * What was asked for.
     *
     * @param tourOnly whether to end after the tour
     * @param readyFile where to write how everything is reached, once it is up
     * @param directory where to keep everything; absent for a directory that is gone afterwards
     * @param port where the gateway takes PostgreSQL clients; 0 for any
     */
    public record Options(boolean tourOnly, Optional<Path> readyFile, Optional<Path> directory, int port) {}

    /** Whether a demo may keep its files in {@code directory}: it is empty, or not there yet. */
    public static boolean mayUse(Path directory) throws IOException {
        return DemoFiles.isFree(directory);
    }

    /** Runs a demo; true if every step of its tour showed what it should. */
    public static boolean run(Options options, PrintWriter out) throws Exception {
        if (options.readyFile().isPresent()) {
            ReadyFile.clear(options.readyFile().get());
        }
        Demo demo = new Demo(DemoFiles.in(options.directory()), out);
        // Ctrl-C and SIGTERM must not leave a database behind.
        Thread end = new Thread(demo::endNow, "demo-end");
        Runtime.getRuntime().addShutdownHook(end);
        try (demo) {
            return demo.show(options);
        } catch (Exception e) {
            if (demo.stopping) {
                // What was going on was taken away from under it; that is no news to who pressed Ctrl-C.
                new CountDownLatch(1).await();
            }
            throw e;
        }
    }

    private boolean show(Options options) throws Exception {
        ReadyFile ready = start(options.port());
        DemoGuide.print(ready, out);
        if (options.readyFile().isPresent()) {
            ready.write(options.readyFile().get());
        }
        boolean good = new Tour(new DemoAccess(ready), out, () -> stopping).run();
        toured = good;
        if (!options.tourOnly() && !stopping) {
            out.println();
            out.println("Everything stays up until Ctrl-C.");
            out.flush();
            new CountDownLatch(1).await();
        }
        return good;
    }

    /** Holds the lock that {@link #close} needs: what is being started is waited for, so that it can be ended. */
    private synchronized ReadyFile start(int port)
            throws IOException, GeneralSecurityException, SQLException, JOSEException {
        out.println("Starting PostgreSQL and the gateway…");
        out.flush();
        DemoCertificates certificates = new DemoCertificates(files.tls(), random);
        certificates.issueServer("gateway");
        certificates.issueServer("postgres");
        String password = newPassword();
        DemoPostgres started = DemoPostgres.start(files.postgres(), files.tls(), password);
        postgres = started;
        DemoIssuer issuer = new DemoIssuer();
        List<Integer> free = DemoFiles.freePorts(2);
        int postgresPort = port == 0 ? free.get(0) : port;
        int adminPort = free.get(1);
        DemoConfiguration.write(
                files.configuration(), values(postgresPort, adminPort, started.port()), issuer.jwks(), password);
        Map<String, String> tokens = mint(issuer);
        startGateway();
        URI admin = URI.create("https://localhost:" + adminPort);
        return new ReadyFile(postgresPort, admin, tokens, started.port(), password, files);
    }

    private synchronized void startGateway() throws IOException {
        gateway = switch (ConfigurationLoader.load(files.configuration())) {
            case Result.Loaded loaded -> Gateway.start(loaded, Version.current());
            case Result.Faulty(var faults) ->
                throw new IllegalStateException("the demo's configuration does not validate: " + faults);
        };
    }

    private Map<String, String> values(int postgresPort, int adminPort, int targetPort) {
        return Map.of(
                "postgresPort",
                Integer.toString(postgresPort),
                "adminPort",
                Integer.toString(adminPort),
                "auditDir",
                files.audit().toString(),
                "issuer",
                DemoIssuer.ISSUER,
                "audience",
                DemoIssuer.AUDIENCE,
                "targetPort",
                Integer.toString(targetPort),
                "database",
                DemoPostgres.DATABASE,
                "username",
                DemoPostgres.USER);
    }

    private Map<String, String> mint(DemoIssuer issuer) throws JOSEException, IOException {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (String role : List.of("reader", "writer", "approver", "admin")) {
            String token = issuer.mint(role + "-bot", GROUPS.getOrDefault(role, List.of()));
            tokens.put(role, token);
            files.writeToken(role, token);
        }
        return tokens;
    }

    private String newPassword() {
        byte[] bytes = new byte[18];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Runs as the process ends, for whatever reason. */
    private void endNow() {
        // Without the lock: what is being started holds it, and may just be failing because of the same Ctrl-C.
        boolean asked = !closed;
        stopping = asked;
        try {
            close();
        } catch (IOException e) {
            out.println("sallyport: not everything was cleaned up: " + FileTrouble.of(e));
            out.flush();
        }
        if (asked && toured) {
            // The JVM would report the signal; a demo that showed everything has done what it was asked.
            Runtime.getRuntime().halt(0);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (gateway != null) {
                gateway.stop("demo ended");
            }
            if (postgres != null) {
                postgres.close();
            }
        } finally {
            files.close();
        }
    }
}
