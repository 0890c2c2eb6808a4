package dev.sallyport.server.config;

import dev.sallyport.core.audit.RetentionLimits;
import dev.sallyport.core.audit.proof.CheckpointEndpoint;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.core.target.TlsMode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The gateway's own settings.
 *
 * @param name what it calls itself
 * @param listeners where clients connect; at least one
 * @param admin where approvers and operators connect
 * @param audit where the evidence goes
 * @param limits what is bounded, and how
 * @param maskingKey the key of keyed hashes; absent where the gateway is to make one at each start
 * @param store where what is derived from the log is kept
 */
public record GatewaySettings(
        String name,
        List<Listener> listeners,
        Optional<Admin> admin,
        Audit audit,
        Limits limits,
        Optional<Secret> maskingKey,
        Store store) {
    public GatewaySettings {
        listeners = List.copyOf(listeners);
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException("listeners: [] (expected: at least one)");
        }
    }

    /**
     * Where to listen.
     *
     * @param host a host name or address; {@code 0.0.0.0} or {@code ::} for all
     * @param port the port; 0 for any that is free
     */
    public record Address(String host, int port) {
        public Address {
            if (host.isEmpty() || port < 0 || port > 65535) {
                throw new IllegalArgumentException("address: '" + host + ":" + port + "' (expected: host:port)");
            }
        }

        /** Whether only this machine can reach it. */
        public boolean isLoopback() {
            return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
        }

        @Override
        public String toString() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** The PEM files that a listener presents. */
    public record Certificate(Path chain, Path key) {}

    /** How a client presents its token. */
    public enum ClientAuth {
        /** As the password, which any client can do. */
        PASSWORD,
        /** By SASL OAUTHBEARER (RFC 7628), which libpq knows from PostgreSQL 18 on. */
        OAUTHBEARER
    }

    /**
     * What a client is told in order to get a token (RFC 7628, section 3.2.2).
     *
     * @param discovery the issuer's metadata
     * @param scope the scope to ask for, may be empty
     */
    public record OAuthDiscovery(URI discovery, String scope) {}

    /**
     * One place where clients connect.
     *
     * @param name what the log calls it
     * @param protocol {@code postgres} for now
     * @param address where
     * @param tls what it presents; absent for no TLS, on loopback or where {@code dangerouslyAllowPlaintext} says so
     * @param dangerouslyAllowPlaintext whether tokens may come over a network in the clear
     * @param auth how clients present their token
     * @param target the one target that it leads to; absent where the client names it
     * @param discovery for {@link ClientAuth#OAUTHBEARER}
     */
    public record Listener(
            String name,
            String protocol,
            Address address,
            Optional<Certificate> tls,
            boolean dangerouslyAllowPlaintext,
            ClientAuth auth,
            Optional<TargetName> target,
            Optional<OAuthDiscovery> discovery) {
        public Listener {
            if (tls.isEmpty() && !address.isLoopback() && !dangerouslyAllowPlaintext) {
                throw new IllegalArgumentException("tls: disable (expected: a certificate, as " + address
                        + " can be reached from other machines)");
            }
            if (auth == ClientAuth.OAUTHBEARER && discovery.isEmpty()) {
                throw new IllegalArgumentException("oauth: absent (expected: an issuer, as auth is oauthbearer)");
            }
        }
    }

    /**
     * The admin API.
     *
     * @param address where
     * @param tls what it presents; absent on loopback only
     * @param groups who may see all sessions and approvals; approvers see what they may decide in any case
     */
    public record Admin(Address address, Optional<Certificate> tls, Set<GroupName> groups) {
        public Admin {
            groups = Set.copyOf(groups);
            if (tls.isEmpty() && !address.isLoopback()) {
                throw new IllegalArgumentException("tls: disable (expected: a certificate, as " + address
                        + " can be reached from other machines)");
            }
        }
    }

    /**
     * The audit log.
     *
     * @param directory where its segments are
     * @param segmentBytes how large one grows
     * @param rowsBytesPerCommand how many bytes of rows are recorded of each command's answer
     * @param rowsBytesPerSession how many of all answers of a session
     * @param keys what the keys of its sessions are wrapped with; where there are none, the key in the directory
     * @param streams where events are sent on to as they come
     * @param proofs who signs for it
     * @param retention how much of it is kept
     */
    public record Audit(
            Path directory,
            long segmentBytes,
            int rowsBytesPerCommand,
            long rowsBytesPerSession,
            Optional<KeyRing> keys,
            List<Stream> streams,
            Proofs proofs,
            RetentionLimits retention) {
        public Audit {
            streams = List.copyOf(streams);
        }
    }

    /**
     * Who signs for the log, and who else is told.
     *
     * @param signingKey signs its checkpoints; absent for a key beside the log
     * @param places where checkpoints are published
     */
    public record Proofs(Optional<Secret> signingKey, List<Place> places) {
        public Proofs {
            places = List.copyOf(places);
        }
    }

    /** Where checkpoints are published. */
    public sealed interface Place {
        /** A file that is replaced by each. */
        record File(Path path) implements Place {}

        /** An HTTP endpoint that gets them by POST, with a bearer token where there is one. */
        record Endpoint(URI uri, Optional<Secret> token) implements Place {
            public Endpoint {
                CheckpointEndpoint.requireProtected(uri);
            }
        }
    }

    /**
     * Events sent on as JSON Lines.
     *
     * @param name names the file that keeps how far it has got
     * @param to where to
     */
    public record Stream(String name, StreamTo to) {}

    /** Where a stream goes. */
    public sealed interface StreamTo {
        /** To the end of a file. */
        record File(Path path) implements StreamTo {}

        /** To the process's standard output. */
        record StandardOutput() implements StreamTo {}
    }

    /** Where what is derived from the log is kept: the search index. */
    public sealed interface Store {
        /** A file of SQLite's, which is made where it is not there. */
        record Sqlite(Path file) implements Store {
            /** What it is where nothing else is configured. */
            public static Sqlite in(Path auditDirectory) {
                return new Sqlite(auditDirectory.resolve("index.sqlite"));
            }
        }

        /**
         * A database of PostgreSQL's.
         *
         * @param address where
         * @param database which
         * @param username the role to log in as
         * @param password its password, absent where the server asks for none
         * @param tls how the connection is protected
         * @param trust a PEM file with the certificate authorities to trust instead of the platform's
         */
        record Postgres(
                Address address,
                String database,
                String username,
                Optional<Secret> password,
                TlsMode tls,
                Optional<Path> trust)
                implements Store {}
    }

    /**
     * What is bounded.
     *
     * @param maxMessageBytes a message from a client
     * @param maxRowBytes a row from a target
     * @param authenticationTimeout from accepting a connection to a verified identity
     * @param maxConnections the connections of all clients together
     * @param maxConnectionsPerAddress those from one address
     * @param drainTimeout how long sessions get to end when the gateway stops
     * @param expiryGrace how long a running command gets after its token expired
     * @param holdInTransaction how long a held command waits at most inside a transaction
     * @param maxHeld the held commands of all together
     * @param maxHeldPerIdentity those of one identity
     */
    public record Limits(
            int maxMessageBytes,
            int maxRowBytes,
            Duration authenticationTimeout,
            int maxConnections,
            int maxConnectionsPerAddress,
            Duration drainTimeout,
            Duration expiryGrace,
            Duration holdInTransaction,
            int maxHeld,
            int maxHeldPerIdentity) {
        public static final Limits DEFAULT = new Limits(
                16 << 20,
                16 << 20,
                Duration.ofSeconds(10),
                1000,
                200,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1),
                1000,
                20);
    }
}
