package dev.sallyport.server.config;

import dev.sallyport.core.audit.proof.SigningKey;
import dev.sallyport.core.target.Secret;
import dev.sallyport.server.config.GatewaySettings.Place;
import dev.sallyport.server.config.GatewaySettings.Proofs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code audit.signingKey} and {@code audit.publish}. */
final class ProofsReader {
    private final FileReferences files;

    ProofsReader(FileReferences files) {
        this.files = files;
    }

    Proofs read(Block audit) {
        Optional<Secret> key = audit.find("signingKey").flatMap(this::signingKey);
        List<Place> places = new ArrayList<>();
        audit.list("publish")
                .forEach(value -> value.block().flatMap(this::place).ifPresent(places::add));
        return new Proofs(key, places);
    }

    /** Read here too, so that a key that cannot be used is a fault with its place. */
    private Optional<Secret> signingKey(Value value) {
        Optional<Secret> secret = files.secret(value);
        try {
            secret.ifPresent(SigningKey::parse);
            return secret;
        } catch (IllegalArgumentException unusable) {
            value.fault(String.valueOf(unusable.getMessage()), "");
            return Optional.empty();
        }
    }

    /** {@code {file: PATH}} or {@code {url: https://…, token: {env: NAME}}}. */
    private Optional<Place> place(Block block) {
        Optional<Value> file = block.find("file");
        Optional<Value> url = block.find("url");
        Optional<Value> token = block.find("token");
        block.end();
        if (file.isPresent() == url.isPresent() || (file.isPresent() && token.isPresent())) {
            block.place()
                    .fault("expected either file or url", "write {file: PATH} or {url: https://…, token: {env: NAME}}");
            return Optional.empty();
        }
        if (file.isPresent()) {
            return file.flatMap(files::path).map(Place.File::new);
        }
        Value where = url.orElseThrow();
        int before = block.faults().count();
        Optional<Secret> secret = token.flatMap(files::secret);
        return IssuerReader.uri(where)
                .flatMap(uri -> block.faults().make(before, where, () -> new Place.Endpoint(uri, secret)));
    }
}
