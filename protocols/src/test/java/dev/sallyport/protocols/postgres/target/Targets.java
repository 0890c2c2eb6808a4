package dev.sallyport.protocols.postgres.target;

import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.Target.ClientCertificate;
import dev.sallyport.core.target.Target.Credential;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.net.Dialer;
import dev.sallyport.net.KeepAlive;
import dev.sallyport.net.Transport;
import dev.sallyport.testkit.tls.TestCertificates;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A target as a test wants it, and a connection to it. */
record Targets(
        int port,
        String username,
        Optional<String> password,
        TlsMode tls,
        Optional<Path> trust,
        Optional<TestCertificates.Pair> certificate,
        int maxConnections,
        Duration timeout) {
    static Targets at(int port) {
        return new Targets(
                port,
                "app",
                Optional.of("secret"),
                TlsMode.DISABLE,
                Optional.empty(),
                Optional.empty(),
                10,
                Duration.ofSeconds(10));
    }

    Targets user(String other) {
        return new Targets(port, other, password, tls, trust, certificate, maxConnections, timeout);
    }

    Targets password(String other) {
        return new Targets(port, username, Optional.of(other), tls, trust, certificate, maxConnections, timeout);
    }

    Targets noPassword() {
        return new Targets(port, username, Optional.empty(), tls, trust, certificate, maxConnections, timeout);
    }

    Targets tls(TlsMode mode, TestCertificates authority) {
        return new Targets(
                port,
                username,
                password,
                mode,
                Optional.of(authority.authority()),
                certificate,
                maxConnections,
                timeout);
    }

    Targets tls(TlsMode mode) {
        return new Targets(port, username, password, mode, Optional.empty(), certificate, maxConnections, timeout);
    }

    Targets certificate(TestCertificates.Pair pair) {
        return new Targets(port, username, password, tls, trust, Optional.of(pair), maxConnections, timeout);
    }

    Targets maxConnections(int most) {
        return new Targets(port, username, password, tls, trust, certificate, most, timeout);
    }

    Targets timeout(Duration limit) {
        return new Targets(port, username, password, tls, trust, certificate, maxConnections, limit);
    }

    TargetConnector connector(Transport transport) throws IOException {
        Target target = new Target(
                new TargetName("orders"),
                "postgres",
                "localhost",
                port,
                "postgres",
                tls,
                trust,
                new Credential(
                        username,
                        password.map(Secret::of),
                        certificate.map(pair -> new ClientCertificate(pair.chain(), pair.key()))),
                maxConnections,
                timeout,
                Set.of());
        return TargetConnector.to(target, new Dialer(transport, KeepAlive.DEFAULT));
    }

    /** Connects with an own connector. */
    TargetConnection connect(Transport transport) throws Exception {
        return await(connector(transport).open(transport.nextLoop(), Map.of()));
    }

    /** Why connecting fails. */
    TargetFailure failure(Transport transport) throws Exception {
        return failureOf(connector(transport).open(transport.nextLoop(), Map.of()));
    }

    static TargetConnection await(Future<TargetConnection> connecting) throws Exception {
        return connecting.get(20, TimeUnit.SECONDS);
    }

    static TargetFailure failureOf(Future<?> connecting) throws Exception {
        if (!connecting.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("neither connected nor failed in 20 seconds");
        }
        if (connecting.cause() instanceof TargetException e) {
            return e.failure();
        }
        throw new AssertionError("no TargetException but " + connecting, connecting.cause());
    }
}
