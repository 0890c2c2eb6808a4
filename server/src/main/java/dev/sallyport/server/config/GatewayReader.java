package dev.sallyport.server.config;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.RetentionLimits;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.identity.GroupName;
import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.TargetName;
import dev.sallyport.server.config.GatewaySettings.Address;
import dev.sallyport.server.config.GatewaySettings.Admin;
import dev.sallyport.server.config.GatewaySettings.Audit;
import dev.sallyport.server.config.GatewaySettings.Certificate;
import dev.sallyport.server.config.GatewaySettings.ClientAuth;
import dev.sallyport.server.config.GatewaySettings.Limits;
import dev.sallyport.server.config.GatewaySettings.Listener;
import dev.sallyport.server.config.GatewaySettings.OAuthDiscovery;
import dev.sallyport.server.config.GatewaySettings.Proofs;
import dev.sallyport.server.config.GatewaySettings.Store;
import dev.sallyport.server.config.GatewaySettings.Stream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code kind: Gateway}. */
final class GatewayReader {
    private static final Map<String, ClientAuth> AUTH =
            Map.of("password", ClientAuth.PASSWORD, "oauthbearer", ClientAuth.OAUTHBEARER);
    private static final Address NOWHERE = new Address("127.0.0.1", 0);

    private final FileReferences files;
    private final KeyFiles keyFiles;
    private final Names names;
    private final List<IssuerSettings> issuers;

    GatewayReader(FileReferences files, Names names, List<IssuerSettings> issuers) {
        this.files = files;
        this.keyFiles = new KeyFiles(files);
        this.names = names;
        this.issuers = List.copyOf(issuers);
    }

    /** Whether the hello baseline is on, which the policies want to know. */
    static boolean hello(Document document) {
        return document.spec().flag("hello", true);
    }

    /** Only where the audit log is, and what it can be read with. */
    static Optional<LogPlace> auditLog(Block spec, FileReferences files) throws IOException {
        Optional<Block> audit = spec.need("audit").flatMap(Value::block);
        Optional<Path> directory =
                audit.flatMap(block -> block.need("directory")).flatMap(files::path);
        if (audit.isEmpty() || directory.isEmpty()) {
            return Optional.empty();
        }
        int before = spec.faults().count();
        Optional<KeyRing> keys = keys(audit.get(), files);
        if (spec.faults().count() > before) {
            return Optional.empty();
        }
        return Optional.of(keys.isPresent() ? new LogPlace(directory.get(), keys.get()) : LogPlace.of(directory.get()));
    }

    private static Optional<Path> auditDirectory(Block audit, FileReferences files) {
        return audit.need("directory").flatMap(files::path);
    }

    private static Optional<KeyRing> keys(Block audit, FileReferences files) {
        return audit.block("encryption").flatMap(block -> {
            Optional<LocalKey> current = block.need("key").flatMap(value -> key(value, files));
            List<LocalKey> former = new ArrayList<>();
            for (Value value : block.find("former").map(Value::list).orElse(List.of())) {
                key(value, files).ifPresent(former::add);
            }
            block.end();
            return current.map(key -> KeyRing.of(key, former));
        });
    }

    private static Optional<LocalKey> key(Value value, FileReferences files) {
        return files.secret(value).flatMap(text -> {
            try {
                return Optional.of(LocalKey.of(text));
            } catch (IllegalArgumentException noKey) {
                value.fault(String.valueOf(noKey.getMessage()), "make one with: openssl rand -base64 32");
                return Optional.empty();
            }
        });
    }

    /** Only where what is derived from the log is kept. */
    static Optional<Store> store(Block spec, FileReferences files) {
        return spec.need("audit")
                .flatMap(Value::block)
                .flatMap(audit -> auditDirectory(audit, files))
                .map(directory -> new StoreReader(files).read(spec, directory));
    }

    Optional<GatewaySettings> read(Document document) {
        Block spec = document.spec();
        int before = spec.faults().count();
        List<Listener> listeners = listeners(spec);
        Optional<Admin> admin = spec.block("admin").flatMap(this::admin);
        Optional<Audit> audit = spec.need("audit").flatMap(Value::block).flatMap(this::audit);
        Limits limits = spec.block("limits").map(GatewayReader::limits).orElse(Limits.DEFAULT);
        Optional<Secret> maskingKey = spec.block("masking").flatMap(this::maskingKey);
        Optional<Store> store =
                audit.map(Audit::directory).map(directory -> new StoreReader(files).read(spec, directory));
        spec.find("hello");
        spec.find("store");
        spec.end();
        if (audit.isEmpty() || store.isEmpty()) {
            return Optional.empty();
        }
        return spec.faults()
                .make(
                        before,
                        document.name(),
                        () -> new GatewaySettings(
                                document.named(), listeners, admin, audit.get(), limits, maskingKey, store.get()));
    }

    private List<Listener> listeners(Block spec) {
        List<Listener> listeners = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (Value value : spec.need("listeners").map(Value::list).orElse(List.of())) {
            value.block().flatMap(this::listener).ifPresent(listener -> {
                Integer before = lines.putIfAbsent(listener.name(), value.line());
                if (before != null) {
                    value.fault("there are two listeners '" + listener.name() + "'", "the first is at line " + before);
                }
                listeners.add(listener);
            });
        }
        return listeners;
    }

    private Optional<Listener> listener(Block block) {
        int before = block.faults().count();
        String name = block.text("name");
        String protocol = block.need("protocol")
                .flatMap(value -> value.choice(TargetReader.PROTOCOLS))
                .orElse("");
        Address address =
                block.need("address").flatMap(value -> Addresses.read(value, 0)).orElse(NOWHERE);
        Optional<Certificate> tls = tls(block);
        boolean plaintext = block.flag("dangerouslyAllowPlaintext", false);
        ClientAuth auth =
                block.find("auth").flatMap(value -> value.choice(AUTH)).orElse(ClientAuth.PASSWORD);
        Optional<TargetName> target = block.find("target").flatMap(names::target);
        Optional<OAuthDiscovery> discovery = discovery(block, auth);
        block.end();
        return block.faults()
                .make(
                        before,
                        block.place(),
                        () -> new Listener(name, protocol, address, tls, plaintext, auth, target, discovery));
    }

    /** {@code tls: disable} or {@code tls: {certificate, key}}; one of them has to be said. */
    private Optional<Certificate> tls(Block block) {
        Optional<Value> value = block.need("tls");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get().isText()) {
            value.get().choice(Map.of("disable", true));
            return Optional.empty();
        }
        return value.get().block().flatMap(keyFiles::pair);
    }

    private Optional<OAuthDiscovery> discovery(Block block, ClientAuth auth) {
        Optional<Block> oauth = block.block("oauth");
        Optional<Value> named = oauth.flatMap(keys -> keys.find("issuer"));
        Optional<URI> discovery = oauth.flatMap(keys -> keys.find("discovery")).flatMap(IssuerReader::uri);
        String scope = oauth.map(keys -> keys.text("scope", "")).orElse("");
        oauth.ifPresent(Block::end);
        return switch (auth) {
            case PASSWORD -> {
                oauth.ifPresent(
                        keys -> keys.place().fault("is of no use with auth: password", "set auth: oauthbearer"));
                yield Optional.empty();
            }
            case OAUTHBEARER -> discovery.or(() -> metadata(named)).map(uri -> new OAuthDiscovery(uri, scope));
        };
    }

    /** The metadata of the issuer that is named, or of the only one there is. */
    private Optional<URI> metadata(Optional<Value> named) {
        Optional<String> name = named.flatMap(value -> names.known(Document.Kind.ISSUER, value));
        return issuers.stream()
                .filter(issuer ->
                        named.isPresent() ? name.filter(issuer.name()::equals).isPresent() : issuers.size() == 1)
                .findFirst()
                .flatMap(IssuerSettings::openidConfiguration);
    }

    private Optional<Admin> admin(Block block) {
        int before = block.faults().count();
        Address address =
                block.need("address").flatMap(value -> Addresses.read(value, 0)).orElse(NOWHERE);
        Optional<Certificate> tls = tls(block);
        Set<GroupName> groups = new LinkedHashSet<>();
        block.list("groups").forEach(value -> names.group(value).ifPresent(groups::add));
        block.end();
        return block.faults().make(before, block.place(), () -> new Admin(address, tls, groups));
    }

    private Optional<Audit> audit(Block block) {
        Optional<Path> directory = block.need("directory").flatMap(files::path);
        long segment = block.size("segmentBytes", 64 << 10, 1L << 40, 64 << 20);
        int rows = (int) block.size("rowsBytesPerCommand", 0, 64 << 20, 64 << 10);
        long sessionRows = block.size("rowsBytesPerSession", 0, 1L << 40, 64 << 20);
        Optional<KeyRing> keys = keys(block, files);
        List<Stream> streams = new StreamReader(files).read(block);
        Proofs proofs = new ProofsReader(files).read(block);
        RetentionLimits retention =
                block.block("retention").map(GatewayReader::retention).orElse(RetentionLimits.NONE);
        block.end();
        return directory.map(path -> new Audit(path, segment, rows, sessionRows, keys, streams, proofs, retention));
    }

    private static RetentionLimits retention(Block block) {
        Optional<Duration> age =
                block.find("maxAge").flatMap(value -> value.duration(Duration.ofHours(1), Duration.ofDays(36_500)));
        Optional<Long> bytes = block.find("maxBytes").flatMap(value -> value.size(1 << 20, Long.MAX_VALUE));
        block.end();
        return new RetentionLimits(age, bytes);
    }

    private Optional<Secret> maskingKey(Block block) {
        Optional<Secret> key = block.find("hashKey").flatMap(value -> {
            Optional<Secret> secret = files.secret(value);
            if (secret.isPresent() && secret.get().length() < 16) {
                value.fault("the key is shorter than 16 bytes", "make one with: openssl rand -hex 32");
            }
            return secret;
        });
        block.end();
        return key;
    }

    private static Limits limits(Block block) {
        Limits defaults = Limits.DEFAULT;
        Duration second = Duration.ofSeconds(1);
        Duration hour = Duration.ofHours(1);
        Limits limits = new Limits(
                (int) block.size("maxMessageBytes", 1024, 1 << 30, defaults.maxMessageBytes()),
                (int) block.size("maxRowBytes", 1024, 1 << 30, defaults.maxRowBytes()),
                block.duration(
                        "authenticationTimeout", second, Duration.ofMinutes(5), defaults.authenticationTimeout()),
                block.number("maxConnections", 1, 1_000_000, defaults.maxConnections()),
                block.number("maxConnectionsPerAddress", 1, 1_000_000, defaults.maxConnectionsPerAddress()),
                block.duration("drainTimeout", Duration.ZERO, hour, defaults.drainTimeout()),
                block.duration("expiryGrace", Duration.ZERO, hour, defaults.expiryGrace()),
                block.duration("holdInTransaction", second, hour, defaults.holdInTransaction()),
                block.number("maxHeld", 1, 100_000, defaults.maxHeld()),
                block.number("maxHeldPerIdentity", 1, 100_000, defaults.maxHeldPerIdentity()));
        block.end();
        return limits;
    }
}
