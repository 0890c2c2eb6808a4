package dev.sallyport.server.config;

import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.server.config.GatewaySettings.Address;
import dev.sallyport.server.config.GatewaySettings.Store;
import java.nio.file.Path;
import java.util.Optional;

/** Reads {@code store} of the Gateway document: {@code {sqlite: PATH}} or {@code {postgres: {address: …}}}. */
final class StoreReader {
    private static final Address NOWHERE = new Address("nowhere", 1);

    private final FileReferences files;
    private final KeyFiles keyFiles;

    StoreReader(FileReferences files) {
        this.files = files;
        this.keyFiles = new KeyFiles(files);
    }

    /** What is configured, or a file beside the log. */
    Store read(Block spec, Path auditDirectory) {
        return spec.block("store").flatMap(this::read).orElseGet(() -> Store.Sqlite.in(auditDirectory));
    }

    private Optional<Store> read(Block block) {
        Optional<Value> sqlite = block.find("sqlite");
        Optional<Value> postgres = block.find("postgres");
        block.end();
        if (sqlite.isPresent() == postgres.isPresent()) {
            block.place()
                    .fault("expected either sqlite or postgres", "write {sqlite: PATH} or {postgres: {address: …}}");
            return Optional.empty();
        }
        return sqlite.isPresent()
                ? sqlite.flatMap(files::path).map(Store.Sqlite::new)
                : postgres.flatMap(Value::block).map(this::postgres);
    }

    private Store postgres(Block block) {
        Address address =
                block.need("address").flatMap(value -> Addresses.read(value, 1)).orElse(NOWHERE);
        String database = block.text("database");
        String username = block.text("username");
        Optional<Secret> password = block.find("password").flatMap(files::secret);
        TlsMode tls = block.find("tls")
                .flatMap(value -> value.choice(TargetReader.TLS))
                .orElse(TlsMode.VERIFY_FULL);
        Optional<Path> trust = block.find("trust").flatMap(keyFiles::certificates);
        block.end();
        return new Store.Postgres(address, database, username, password, tls, trust);
    }
}
