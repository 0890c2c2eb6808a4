package dev.sallyport.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The gateway's own certificate, and the TLS handlers made with it: TLS 1.2 and 1.3, by BoringSSL where its library is
 * there for this platform, else by the JDK. Thread-safe.
 */
public final class ServerTls {
    static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    private final Path certificateChain;
    private final Path key;
    private final List<String> applicationProtocols;
    private volatile Loaded loaded;

    private ServerTls(Path certificateChain, Path key, List<String> applicationProtocols) throws IOException {
        this.certificateChain = certificateChain;
        this.key = key;
        this.applicationProtocols = List.copyOf(applicationProtocols);
        this.loaded = load(Files.readAllBytes(certificateChain), Files.readAllBytes(key));
    }

    private record Loaded(String fingerprint, SslContext context) {}

    /**
     * Reads the certificate and its key.
     *
     * @param certificateChain PEM, the gateway's certificate first
     * @param key PEM, PKCS#8, not encrypted
     * @param applicationProtocols what ALPN may choose from (RFC 7301); none that matches ends no handshake, so that the
     *     caller looks at {@link SslHandler#applicationProtocol()} where it must have matched
     * @throws IOException when a file cannot be read, or the two do not make a usable pair
     */
    public static ServerTls of(Path certificateChain, Path key, List<String> applicationProtocols) throws IOException {
        return new ServerTls(certificateChain, key, applicationProtocols);
    }

    /** A handler for one accepted connection. */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        return loaded.context.newHandler(allocator);
    }

    /**
     * Reads the files again and uses them for new connections if they have changed. Blocks; not for an event loop.
     *
     * @return whether they had changed
     * @throws IOException when they cannot be used; what was loaded before stays
     */
    public synchronized boolean reload() throws IOException {
        byte[] chainPem = Files.readAllBytes(certificateChain);
        byte[] keyPem = Files.readAllBytes(key);
        if (loaded.fingerprint.equals(fingerprint(chainPem, keyPem))) {
            return false;
        }
        loaded = load(chainPem, keyPem);
        return true;
    }

    private Loaded load(byte[] chainPem, byte[] keyPem) throws IOException {
        CertifiedKey certified = CertifiedKey.of(chainPem, keyPem);
        SslContextBuilder builder = SslContextBuilder.forServer(certified.key(), certified.chain())
                .sslProvider(SslContext.defaultServerProvider())
                .protocols(VERSIONS);
        if (!applicationProtocols.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    applicationProtocols));
        }
        return new Loaded(fingerprint(chainPem, keyPem), builder.build());
    }

    /** Tells whether the files changed without keeping the key in memory a second time. */
    private static String fingerprint(byte[] chainPem, byte[] keyPem) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(chainPem);
            return HexFormat.of().formatHex(digest.digest(keyPem));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
