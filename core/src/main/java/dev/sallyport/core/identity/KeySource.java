package dev.sallyport.core.identity;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Where the public keys of one issuer come from. Nothing that stands in a token ever changes it. */
public sealed interface KeySource {
    /**
     * The issuer's metadata names its key set: {@code /.well-known/openid-configuration} (OpenID Connect Discovery 1.0,
     * section 4), then {@code /.well-known/oauth-authorization-server} (RFC 8414, section 3).
     */
    record Discovery() implements KeySource {}

    /** A key set (RFC 7517, section 5) at a fixed address, for issuers whose metadata is not to be had. */
    record JwksUri(URI uri) implements KeySource {
        public JwksUri {
            WebAddress.check("jwks uri", uri);
        }
    }

    /** A key set in a file, for networks without a way to the issuer. The file is read again while it is in use. */
    record JwksFile(Path file) implements KeySource {
        /**
         * Reads it now, to tell an operator early what would have tokens refused later.
         *
         * @throws IOException when it cannot be read, is no key set, or holds no key that signatures can be checked with
         */
        public void check() throws IOException {
            int usable;
            try {
                usable = KeySet.parse(WebKeyFetcher.read(file).json()).size();
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
            if (usable == 0) {
                throw new IOException("no key in it that signatures can be checked with");
            }
        }
    }
}
