package dev.sallyport.net;

import dev.sallyport.core.target.Target.ClientCertificate;
import dev.sallyport.core.target.TlsMode;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How connections to one target are protected. As with libpq, {@link TlsMode#REQUIRE} together with a trust file
 * verifies as {@link TlsMode#VERIFY_CA} does: who names an authority wants it to count (PostgreSQL documentation,
 * "Protection Provided in Different Modes"). Thread-safe.
 */
public final class ClientTls {
    private final SslContext context;

    private ClientTls(SslContext context) {
        this.context = context;
    }

    /**
     * Reads the files.
     *
     * @param mode not {@link TlsMode#DISABLE}
     * @param trust a PEM file with the authorities to trust instead of the platform's
     * @param certificate what to present when the other side asks for a certificate
     * @throws IOException when a file cannot be read or used
     */
    public static ClientTls of(TlsMode mode, Optional<Path> trust, Optional<ClientCertificate> certificate)
            throws IOException {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslContext.defaultClientProvider())
                    .protocols(ServerTls.VERSIONS)
                    .endpointIdentificationAlgorithm(identification(mode));
            if (trust.isPresent()) {
                builder.trustManager(CertifiedKey.certificates(trust.get()));
            } else if (mode == TlsMode.REQUIRE) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
            }
            if (certificate.isPresent()) {
                CertifiedKey certified = CertifiedKey.read(
                        certificate.get().chain(), certificate.get().key());
                builder.keyManager(certified.key(), certified.chain());
            }
            return new ClientTls(builder.build());
        } catch (IllegalArgumentException e) {
            throw new IOException("no usable certificates in the files of the TLS settings", e);
        }
    }

    /** RFC 2818's rules compare the certificate with the host that was dialled; empty compares nothing. */
    private static String identification(TlsMode mode) {
        return switch (mode) {
            case DISABLE -> throw new IllegalArgumentException("mode: DISABLE (expected: one with TLS)");
            case REQUIRE, VERIFY_CA -> "";
            case VERIFY_FULL -> "HTTPS";
        };
    }

    /** A handler for one connection to {@code host}, which is what SNI names and the certificate is compared with. */
    public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
        return context.newHandler(allocator, host, port);
    }
}
