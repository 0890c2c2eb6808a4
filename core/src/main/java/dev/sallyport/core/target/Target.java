package dev.sallyport.core.target;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * One protected resource: where it is, how it is reached, and the credential that only the gateway has.
 *
 * @param name what policies and clients call it
 * @param protocol {@code postgres} for now
 * @param host the host name or address to dial
 * @param port the TCP port to dial
 * @param database the database to open there
 * @param tls how the connection to it is protected
 * @param trust a PEM file with the certificate authorities to trust instead of the platform's
 * @param credential what the gateway presents
 * @param maxConnections how many connections the gateway opens to it at most, its own included
 * @param connectTimeout how long dialling and authenticating may take together
 * @param startupParameters the start-up parameters beyond the default allow-list that a client may set, for example
 *     {@code search_path}
 * @param durability how safe the evidence of what only reads has to be before it is answered
 */
public record Target(
        TargetName name,
        String protocol,
        String host,
        int port,
        String database,
        TlsMode tls,
        Optional<Path> trust,
        Credential credential,
        int maxConnections,
        Duration connectTimeout,
        Set<String> startupParameters,
        Durability durability) {
    public Target {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections: " + maxConnections + " (expected: > 0)");
        }
        startupParameters = Set.copyOf(startupParameters);
    }

    /** One whose evidence is strict. */
    public Target(
            TargetName name,
            String protocol,
            String host,
            int port,
            String database,
            TlsMode tls,
            Optional<Path> trust,
            Credential credential,
            int maxConnections,
            Duration connectTimeout,
            Set<String> startupParameters) {
        this(
                name,
                protocol,
                host,
                port,
                database,
                tls,
                trust,
                credential,
                maxConnections,
                connectTimeout,
                startupParameters,
                new Durability.Strict());
    }

    /**
     * What the gateway presents to the target.
     *
     * @param username the role to log in as
     * @param password its password, absent where a certificate or the target's own settings suffice
     * @param certificate the client certificate, where the target asks for one
     */
    public record Credential(String username, Optional<Secret> password, Optional<ClientCertificate> certificate) {}

    /**
     * A client certificate by its PEM files.
     *
     * @param chain the certificate and its intermediates
     * @param key the private key, PKCS#8
     */
    public record ClientCertificate(Path chain, Path key) {}
}
