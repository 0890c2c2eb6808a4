package dev.sallyport.core.identity;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The fetcher of the gateway itself. */
final class WebKeyFetcher implements KeyFetcher {

    @Override
    public KeyDocument fetch(IssuerSettings issuer) throws IOException, InterruptedException {
        return switch (issuer.keys()) {
            case KeySource.JwksFile(Path file) -> read(file);
            case KeySource.JwksUri(URI uri) -> {
                try (BoundedGet get = new BoundedGet(issuer.fetching(), uri)) {
                    yield document(uri, get.get(uri));
                }
            }
            case KeySource.Discovery() -> {
                try (BoundedGet get = new BoundedGet(issuer.fetching(), URI.create(issuer.issuer()))) {
                    URI jwks = discover(issuer.issuer(), get);
                    yield document(jwks, get.get(jwks));
                }
            }
        };
    }

    static KeyDocument read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + ": more than " + MAX_BYTES + " bytes");
            }
            return new KeyDocument(new String(bytes, StandardCharsets.UTF_8), Optional.empty());
        }
    }

    private static KeyDocument document(URI uri, BoundedGet.Answer answer) throws IOException {
        if (answer.status() != 200) {
            throw new IOException(uri + ": status " + answer.status());
        }
        return new KeyDocument(new String(answer.body(), StandardCharsets.UTF_8), answer.maxAge());
    }

    private static URI discover(String issuer, BoundedGet get) throws IOException, InterruptedException {
        int status = 0;
        for (URI address : MetadataAddresses.of(issuer)) {
            BoundedGet.Answer answer = get.get(address);
            if (answer.status() == 200) {
                return keySetAddress(issuer, address, answer.body());
            }
            status = answer.status();
        }
        throw new IOException(
                MetadataAddresses.openid(issuer) + " and the other places for metadata: status " + status);
    }

    /** Metadata of another issuer is no metadata of this one (OpenID Connect Discovery 1.0, section 4.3). */
    private static URI keySetAddress(String issuer, URI address, byte[] body) throws IOException {
        Map<String, Object> metadata;
        try {
            metadata = StrictJson.object(body);
        } catch (IllegalArgumentException e) {
            throw new IOException(address + ": " + e.getMessage(), e);
        }
        if (!issuer.equals(metadata.get("issuer"))) {
            throw new IOException(address + ": issuer " + Excerpt.of(String.valueOf(metadata.get("issuer")))
                    + " (expected: " + issuer + ")");
        }
        String jwks = String.valueOf(metadata.get("jwks_uri"));
        return WebAddress.parse(jwks)
                .orElseThrow(() -> new IOException(address + ": jwks_uri " + Excerpt.of(jwks) + " is no web address"));
    }
}
