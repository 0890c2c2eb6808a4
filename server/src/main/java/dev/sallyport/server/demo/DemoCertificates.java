package dev.sallyport.server.demo;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority that lives for one demo: its key is never written down. Certificates are for
 * {@code localhost}, 127.0.0.1 and ::1.
 */
final class DemoCertificates {
    private static final Duration VALIDITY = Duration.ofDays(30);
    private static final X500Name AUTHORITY = new X500Name("CN=Sallyport demo CA");

    private final Path directory;
    private final SecureRandom random;
    private final KeyPair authority;
    private final JcaX509ExtensionUtils extensions;

    DemoCertificates(Path directory, SecureRandom random) throws IOException, GeneralSecurityException {
        this.directory = Files.createDirectories(directory);
        this.random = random;
        this.authority = newKey();
        this.extensions = new JcaX509ExtensionUtils();
        try {
            X509v3CertificateBuilder builder = begin(AUTHORITY, authority)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            write(authorityFile(), "CERTIFICATE", sign(builder).getEncoded());
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    /** The authority's own certificate, for {@code sslrootcert}. */
    Path authorityFile() {
        return directory.resolve("ca.pem");
    }

    /** Writes {@code name.pem} and {@code name-key.pem} for a server on this machine. */
    void issueServer(String name) throws IOException, GeneralSecurityException {
        KeyPair key = newKey();
        GeneralNames names = new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "localhost"),
            new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            new GeneralName(GeneralName.iPAddress, "::1")
        });
        try {
            X509v3CertificateBuilder builder = begin(new X500Name("CN=localhost, OU=" + name), key)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                    .addExtension(Extension.subjectAlternativeName, false, names);
            write(directory.resolve(name + ".pem"), "CERTIFICATE", sign(builder).getEncoded());
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
        write(
                directory.resolve(name + "-key.pem"),
                "PRIVATE KEY",
                key.getPrivate().getEncoded());
    }

    @SuppressWarnings("JavaUtilDate") // what the builder takes
    private X509v3CertificateBuilder begin(X500Name subject, KeyPair key) throws IOException {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                        AUTHORITY,
                        new BigInteger(127, random),
                        Date.from(now.minus(Duration.ofMinutes(5))),
                        Date.from(now.plus(VALIDITY)),
                        subject,
                        key.getPublic())
                .addExtension(
                        Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key.getPublic()))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        extensions.createAuthorityKeyIdentifier(authority.getPublic()));
    }

    private X509Certificate sign(X509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
    }

    private KeyPair newKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private static void write(Path file, String kind, byte[] der) throws IOException {
        Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        String pem = "-----BEGIN " + kind + "-----\n" + lines.encodeToString(der) + "\n-----END " + kind + "-----\n";
        PrivateFiles.write(file, pem);
    }
}
