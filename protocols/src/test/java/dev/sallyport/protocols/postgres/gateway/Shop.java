package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.core.target.Durability;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.Target.ClientCertificate;
import dev.sallyport.core.target.Target.Credential;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.tls.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The target {@code shop}: how the gateway reaches a server in tests, and what may differ about it. */
final class Shop {
    static final String ROLE = "shop_app";
    static final String PASSWORD = "only the gateway knows";

    private Shop() {}

    /** Verified in full, with a role that is made where it is not there yet. */
    static Target on(PostgresServer server) {
        prepareRole(server);
        return new Target(
                TestGateway.SHOP,
                "postgres",
                "localhost",
                server.port(),
                PostgresServer.DATABASE,
                TlsMode.VERIFY_FULL,
                Optional.of(server.certificates().authority()),
                new Credential(ROLE, Optional.of(Secret.of(PASSWORD)), Optional.empty()),
                50,
                Duration.ofSeconds(10),
                Set.of());
    }

    private static void prepareRole(PostgresServer server) {
        if (server.query("SELECT 1 FROM pg_roles WHERE rolname = '" + ROLE + "'")
                .isEmpty()) {
            server.createUser(ROLE, PASSWORD);
            server.run("GRANT ALL ON SCHEMA public TO " + ROLE);
            server.run("GRANT ALL ON DATABASE postgres TO " + ROLE);
        }
    }

    static Target at(Target target, String host, int port) {
        return with(target, host, port, target.tls(), target.trust(), target.credential());
    }

    /** @param trust whose certificates are trusted; empty for the platform's authorities */
    static Target tls(Target target, TlsMode mode, Optional<Path> trust) {
        return with(target, target.host(), target.port(), mode, trust, target.credential());
    }

    static Target password(Target target, String username, String password) {
        return credential(target, new Credential(username, Optional.of(Secret.of(password)), Optional.empty()));
    }

    /** With a client certificate, and no password to fall back on. */
    static Target certificate(Target target, String username, TestCertificates.Pair pair) {
        ClientCertificate certificate = new ClientCertificate(pair.chain(), pair.key());
        return credential(target, new Credential(username, Optional.empty(), Optional.of(certificate)));
    }

    static Target budget(Target target, int maxConnections, Duration connectTimeout) {
        return new Target(
                target.name(),
                target.protocol(),
                target.host(),
                target.port(),
                target.database(),
                target.tls(),
                target.trust(),
                target.credential(),
                maxConnections,
                connectTimeout,
                target.startupParameters());
    }

    static Target durability(Target target, Durability durability) {
        return new Target(
                target.name(),
                target.protocol(),
                target.host(),
                target.port(),
                target.database(),
                target.tls(),
                target.trust(),
                target.credential(),
                target.maxConnections(),
                target.connectTimeout(),
                target.startupParameters(),
                durability);
    }

    private static Target credential(Target target, Credential credential) {
        return with(target, target.host(), target.port(), target.tls(), target.trust(), credential);
    }

    private static Target with(
            Target target, String host, int port, TlsMode tls, Optional<Path> trust, Credential credential) {
        return new Target(
                target.name(),
                target.protocol(),
                host,
                port,
                target.database(),
                tls,
                trust,
                credential,
                target.maxConnections(),
                target.connectTimeout(),
                target.startupParameters());
    }
}
