package dev.sallyport.server.config;

import dev.sallyport.core.target.Durability;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.Target.ClientCertificate;
import dev.sallyport.core.target.Target.Credential;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.server.config.GatewaySettings.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code kind: Target}. */
final class TargetReader {
    static final Map<String, String> PROTOCOLS = Map.of("postgres", "postgres");
    static final Map<String, TlsMode> TLS = Map.of(
            "disable", TlsMode.DISABLE,
            "require", TlsMode.REQUIRE,
            "verify-ca", TlsMode.VERIFY_CA,
            "verify-full", TlsMode.VERIFY_FULL);
    private static final Duration SHORTEST_WINDOW = Duration.ofMillis(1);
    private static final Duration LONGEST_WINDOW = Duration.ofSeconds(1);
    private static final Address NOWHERE = new Address("nowhere", 1);

    private final FileReferences files;
    private final KeyFiles keyFiles;

    TargetReader(FileReferences files) {
        this.files = files;
        this.keyFiles = new KeyFiles(files);
    }

    Optional<Target> read(Document document) {
        Block spec = document.spec();
        int before = spec.faults().count();
        String protocol =
                spec.need("protocol").flatMap(value -> value.choice(PROTOCOLS)).orElse("");
        Address address =
                spec.need("address").flatMap(value -> Addresses.read(value, 1)).orElse(NOWHERE);
        String database = spec.text("database", document.named());
        TlsMode tls = spec.find("tls").flatMap(value -> value.choice(TLS)).orElse(TlsMode.VERIFY_FULL);
        Optional<Path> trust = spec.find("trust").flatMap(keyFiles::certificates);
        Optional<Credential> credential =
                spec.need("credential").flatMap(Value::block).map(this::credential);
        int maxConnections = spec.number("maxConnections", 1, 100_000, 100);
        Duration connectTimeout =
                spec.duration("connectTimeout", Duration.ofMillis(100), Duration.ofMinutes(5), Duration.ofSeconds(10));
        Set<String> parameters = new LinkedHashSet<>(spec.texts("startupParameters"));
        Durability durability =
                spec.find("durability").flatMap(TargetReader::durability).orElse(new Durability.Strict());
        spec.end();
        return spec.faults()
                .make(
                        before,
                        document.name(),
                        () -> new Target(
                                new TargetName(document.named()),
                                protocol,
                                address.host(),
                                address.port(),
                                database,
                                tls,
                                trust,
                                credential.orElseThrow(() ->
                                        new IllegalArgumentException("credential: absent (expected: a user name)")),
                                maxConnections,
                                connectTimeout,
                                parameters,
                                durability));
    }

    /** {@code durability: strict} or {@code durability: {buffered: 20ms}}. */
    private static Optional<Durability> durability(Value value) {
        if (value.isText()) {
            return value.choice(Map.of("strict", new Durability.Strict()));
        }
        return value.block().flatMap(block -> {
            Optional<Durability> buffered = block.need("buffered")
                    .flatMap(window -> window.duration(SHORTEST_WINDOW, LONGEST_WINDOW))
                    .map(Durability.Buffered::new);
            block.end();
            return buffered;
        });
    }

    private Credential credential(Block block) {
        String username = block.text("username");
        Optional<Secret> password = block.find("password").flatMap(files::secret);
        Optional<ClientCertificate> certificate = block.block("certificate")
                .flatMap(keyFiles::pair)
                .map(pair -> new ClientCertificate(pair.chain(), pair.key()));
        block.end();
        return new Credential(username, password, certificate);
    }
}
