package dev.sallyport.net;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key and the certificates that vouch for it. That the two belong together is tried out here, since the TLS
 * libraries notice only when the first peer fails to connect.
 *
 * @param key never written anywhere
 * @param chain the key's own certificate first
 */
public record CertifiedKey(PrivateKey key, List<X509Certificate> chain) {
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    public CertifiedKey {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: empty (expected: at least one certificate)");
        }
    }

    /**
     * Reads both files.
     *
     * @param chain certificates, PEM, the key's own first
     * @param key PEM, PKCS#8, not encrypted
     * @throws IOException when a file cannot be read, or the two do not make a usable pair
     */
    public static CertifiedKey read(Path chain, Path key) throws IOException {
        return of(Files.readAllBytes(chain), Files.readAllBytes(key));
    }

    /**
     * The certificates of a PEM file.
     *
     * @throws IOException when it cannot be read, or holds none
     */
    public static List<X509Certificate> certificates(Path pem) throws IOException {
        return certificates(Files.readAllBytes(pem));
    }

    static CertifiedKey of(byte[] chainPem, byte[] keyPem) throws IOException {
        List<X509Certificate> chain = certificates(chainPem);
        PublicKey publicKey = chain.getFirst().getPublicKey();
        try {
            PrivateKey key = KeyFactory.getInstance(publicKey.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(der(keyPem)));
            if (!signsFor(key, publicKey)) {
                throw new IOException("the key does not belong to the first certificate of the chain");
            }
            return new CertifiedKey(key, chain);
        } catch (GeneralSecurityException e) {
            throw new IOException("the key is not of the first certificate's kind, " + publicKey.getAlgorithm(), e);
        }
    }

    private static List<X509Certificate> certificates(byte[] pem) throws IOException {
        if (!new String(pem, StandardCharsets.US_ASCII).contains("-----BEGIN CERTIFICATE-----")) {
            throw new IOException("no certificate in PEM form (BEGIN CERTIFICATE) in the file");
        }
        try {
            return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new IOException("a certificate in the file cannot be read", e);
        }
    }

    private static byte[] der(byte[] keyPem) throws IOException {
        Matcher pkcs8 = PKCS8.matcher(new String(keyPem, StandardCharsets.US_ASCII));
        if (!pkcs8.find()) {
            throw new IOException("no unencrypted PKCS#8 key (BEGIN PRIVATE KEY) in the file");
        }
        try {
            return Base64.getMimeDecoder().decode(pkcs8.group(1));
        } catch (IllegalArgumentException e) {
            throw new IOException("the key in the file is not in PEM form", e);
        }
    }

    private static boolean signsFor(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                });
        byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(sample);
        return signature.verify(signed);
    }

    /** The key's own {@code toString} is the provider's affair; it must not get into a log by accident. */
    @Override
    public String toString() {
        return "CertifiedKey[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
