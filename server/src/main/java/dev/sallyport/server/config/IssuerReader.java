package dev.sallyport.server.config;

import dev.sallyport.core.identity.IssuerSettings;
import dev.sallyport.core.identity.IssuerSettings.Claims;
import dev.sallyport.core.identity.IssuerSettings.Fetching;
import dev.sallyport.core.identity.KeySource;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code kind: Issuer}. */
final class IssuerReader {
    private static final Map<String, String> ALGORITHMS = IssuerSettings.DEFAULT_ALGORITHMS.stream()
            .collect(Collectors.toMap(Function.identity(), Function.identity()));

    private final KeyFiles files;

    IssuerReader(FileReferences files) {
        this.files = new KeyFiles(files);
    }

    Optional<IssuerSettings> read(Document document) {
        Block spec = document.spec();
        int before = spec.faults().count();
        String issuer = spec.text("issuer");
        KeySource keys = spec.find("jwks")
                .map(value -> value.block().flatMap(this::jwks))
                .orElse(Optional.of(new KeySource.Discovery()))
                .orElse(new KeySource.Discovery());
        spec.need("audiences");
        Set<String> audiences = new LinkedHashSet<>(spec.texts("audiences"));
        Set<String> algorithms = choices(spec, "algorithms", IssuerSettings.DEFAULT_ALGORITHMS);
        Set<String> types = types(spec);
        Claims claims = spec.block("claims").map(IssuerReader::claims).orElse(Claims.DEFAULT);
        Duration leeway = spec.duration("leeway", Duration.ZERO, Duration.ofMinutes(10), IssuerSettings.DEFAULT_LEEWAY);
        Fetching fetching = spec.block("fetching").map(this::fetching).orElse(Fetching.DEFAULT);
        spec.end();
        return spec.faults()
                .make(
                        before,
                        document.name(),
                        () -> new IssuerSettings(
                                document.named(),
                                issuer,
                                keys,
                                audiences,
                                algorithms,
                                types,
                                claims,
                                leeway,
                                fetching));
    }

    private Optional<KeySource> jwks(Block block) {
        Optional<Value> file = block.find("file");
        Optional<Value> uri = block.find("uri");
        block.end();
        if (file.isPresent() == uri.isPresent()) {
            block.place().fault("expected either file or uri", "write {file: keys.json} or {uri: https://…}");
            return Optional.empty();
        }
        return file.isPresent() ? file.flatMap(files::keySet) : uri.flatMap(IssuerReader::keySetAddress);
    }

    private static Optional<KeySource> keySetAddress(Value value) {
        int before = value.source().faults().count();
        return uri(value).flatMap(uri -> value.source().faults().make(before, value, () -> new KeySource.JwksUri(uri)));
    }

    static Optional<URI> uri(Value value) {
        Optional<String> text = value.text();
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(new URI(text.get()));
        } catch (URISyntaxException e) {
            value.fault("'" + text.get() + "' is not a web address", "write https://host/path");
            return Optional.empty();
        }
    }

    private static Set<String> choices(Block spec, String key, Set<String> otherwise) {
        Optional<Value> value = spec.find(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        Set<String> chosen = new LinkedHashSet<>();
        value.get().list().forEach(element -> element.choice(ALGORITHMS).ifPresent(chosen::add));
        return chosen;
    }

    private static Set<String> types(Block spec) {
        Optional<Value> value = spec.find("types");
        if (value.isEmpty()) {
            return IssuerSettings.DEFAULT_TYPES;
        }
        Set<String> types = new LinkedHashSet<>();
        value.get().list().forEach(element -> element.word().ifPresent(types::add));
        return types;
    }

    private static Claims claims(Block block) {
        String groups = block.text("groups", Claims.DEFAULT_GROUPS);
        List<String> client = block.find("client").map(IssuerReader::client).orElse(Claims.DEFAULT_CLIENT);
        Map<String, String> required = new LinkedHashMap<>();
        block.block("required")
                .ifPresent(claims -> claims.all()
                        .forEach((name, value) -> value.text().ifPresent(text -> required.put(name, text))));
        block.end();
        return new Claims(groups, client, required);
    }

    private static List<String> client(Value value) {
        return value.isText()
                ? value.text().map(List::of).orElse(List.of())
                : value.list().stream()
                        .flatMap(element -> element.text().stream())
                        .toList();
    }

    private Fetching fetching(Block block) {
        Optional<Path> trust = block.find("trust").flatMap(files::certificates);
        boolean http = block.flag("dangerouslyAllowHttp", false);
        Set<String> hosts = new LinkedHashSet<>(block.texts("trustedHosts"));
        Duration interval = block.duration(
                "refreshInterval", Duration.ofMillis(1), Duration.ofHours(1), Fetching.DEFAULT_REFRESH_INTERVAL);
        block.end();
        return new Fetching(trust, http, hosts, interval);
    }
}
