package dev.sallyport.testkit.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority that lives as long as its directory. Everything it signs is written there as PEM, keys
 * readable by their owner alone, as PostgreSQL demands of them.
 */
public final class TestCertificates {
    private static final Duration VALID = Duration.ofDays(30);
    private static final String SIGNATURE = "SHA256withECDSA";

    private final Path directory;
    private final X500Name name;
    private final KeyPair keys;
    private final Path authority;

    private TestCertificates(Path directory, String name) {
        this.directory = directory;
        this.name = new X500Name("CN=" + name);
        this.keys = newKeys();
        this.authority = write(
                name + ".crt",
                certificate(this.name, keys, List.of(), true, Instant.now().plus(VALID)));
    }

    /**
     * A certificate with its key, as files.
     *
     * @param chain the certificate alone; its authority is the root
     * @param key its key, PKCS#8
     */
    public record Pair(Path chain, Path key) {}

    /** A new authority that writes into {@code directory}; {@code name} tells it from others there. */
    public static TestCertificates in(Path directory, String name) {
        return new TestCertificates(directory, name);
    }

    /** The authority's own certificate, for those who are to trust it. */
    public Path authority() {
        return authority;
    }

    /** A certificate for {@code localhost} and {@code 127.0.0.1}. */
    public Pair forLocalhost() {
        return server("localhost", "localhost", "127.0.0.1");
    }

    /** A certificate that is fine but for another host. */
    public Pair forAnotherHost() {
        return server("elsewhere", "elsewhere.test");
    }

    /** A certificate for {@code localhost} that ran out yesterday. */
    public Pair expired() {
        return issue("expired", List.of("localhost", "127.0.0.1"), Instant.now().minus(Duration.ofDays(1)));
    }

    /** A certificate for these names and addresses, in files called {@code name}. */
    public Pair server(String name, String... hosts) {
        return issue(name, Arrays.asList(hosts), Instant.now().plus(VALID));
    }

    /** A certificate whose subject is {@code CN=user}, as a client of PostgreSQL presents it. */
    public Pair client(String user) {
        return issue(user, List.of(), Instant.now().plus(VALID));
    }

    private Pair issue(String commonName, List<String> hosts, Instant until) {
        KeyPair pair = newKeys();
        X509Certificate certificate = certificate(new X500Name("CN=" + commonName), pair, hosts, false, until);
        Path key;
        try {
            key = write(commonName + ".key", new JcaPKCS8Generator(pair.getPrivate(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Pair(write(commonName + ".crt", certificate), key);
    }

    private X509Certificate certificate(
            X500Name subject, KeyPair pair, List<String> hosts, boolean isAuthority, Instant until) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    new BigInteger(64, new SecureRandom()),
                    Date.from(until.minus(VALID.multipliedBy(2))),
                    Date.from(until),
                    subject,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!hosts.isEmpty()) {
                GeneralName[] names =
                        hosts.stream().map(TestCertificates::alternativeName).toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralName alternativeName(String host) {
        boolean isAddress = host.matches("[0-9.]+|.*:.*");
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path write(String file, Object content) {
        StringWriter text = new StringWriter();
        try {
            try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
                pem.writeObject(content);
            }
            Path path = Files.writeString(directory.resolve(file), text.toString());
            return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
