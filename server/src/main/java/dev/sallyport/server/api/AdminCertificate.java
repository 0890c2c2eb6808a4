package dev.sallyport.server.api;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import dev.sallyport.net.CertifiedKey;
import dev.sallyport.server.config.GatewaySettings.Certificate;
import java.io.IOException;

/** The admin API's certificate, the same whatever host a client asks for; a renewed one counts for new connections. */
final class AdminCertificate implements TlsProvider {
    private final Certificate files;
    private volatile TlsKeyPair current;

    private AdminCertificate(Certificate files, TlsKeyPair current) {
        this.files = files;
        this.current = current;
    }

    static AdminCertificate of(Certificate files) throws IOException {
        return new AdminCertificate(files, read(files));
    }

    /** @throws IOException when the files cannot be used; what was read before stays */
    void reload() throws IOException {
        TlsKeyPair next = read(files);
        // An equal pair would have the server make a new TLS context for nothing.
        if (!next.equals(current)) {
            current = next;
        }
    }

    private static TlsKeyPair read(Certificate files) throws IOException {
        CertifiedKey certified = CertifiedKey.read(files.chain(), files.key());
        return TlsKeyPair.of(certified.key(), certified.chain());
    }

    @Override
    public TlsKeyPair keyPair(String hostname) {
        return current;
    }
}
