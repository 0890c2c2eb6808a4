package dev.sallyport.server.config;

import dev.sallyport.core.identity.KeySource;
import dev.sallyport.net.CertifiedKey;
import dev.sallyport.server.config.GatewaySettings.Certificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files with certificates and keys. They are read here too and not only where they are used, so that one that cannot be
 * used is a fault with its place, and never a gateway that does not start or a revision that is half taken.
 */
final class KeyFiles {
    private final FileReferences files;

    KeyFiles(FileReferences files) {
        this.files = files;
    }

    /** {@code {certificate: PEM, key: PEM}}. */
    Optional<Certificate> pair(Block block) {
        Optional<Value> keyValue = block.need("key");
        Optional<Path> chain = block.need("certificate").flatMap(this::certificates);
        Optional<Path> key = keyValue.flatMap(files::file);
        block.end();
        if (chain.isEmpty() || key.isEmpty() || keyValue.isEmpty()) {
            return Optional.empty();
        }
        boolean usable = tried(
                keyValue.get(),
                "openssl pkcs8 -topk8 -nocrypt makes PKCS#8 of another form",
                () -> CertifiedKey.read(chain.get(), key.get()));
        return usable ? Optional.of(new Certificate(chain.get(), key.get())) : Optional.empty();
    }

    /** A PEM file with at least one certificate. */
    Optional<Path> certificates(Value value) {
        return files.file(value).filter(pem -> tried(value, "", () -> CertifiedKey.certificates(pem)));
    }

    /** A file with a key set (RFC 7517). */
    Optional<KeySource> keySet(Value value) {
        return files.file(value)
                .map(KeySource.JwksFile::new)
                .filter(keys ->
                        tried(value, "it takes a JSON object with public keys in the array 'keys'", keys::check))
                .map(KeySource.class::cast);
    }

    @FunctionalInterface
    private interface Use {
        void of() throws IOException;
    }

    private static boolean tried(Value value, String hint, Use use) {
        try {
            use.of();
            return true;
        } catch (IOException e) {
            value.fault(String.valueOf(e.getMessage()).strip(), hint);
            return false;
        }
    }
}
