package dev.sallyport.core.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One public key and what it may verify. The verifier is bound to the key's own kind when the key set is read: what a
 * token's header says can only pick among keys, never change what a key is used for.
 *
 * @param kid its name in the key set
 * @param algorithm the one algorithm it is meant for, where the key set says so
 * @param kind {@code RSA} or its curve
 */
record VerificationKey(Optional<String> kid, Optional<String> algorithm, String kind, Check check) {
    /** RFC 7518 section 3.3 asks for 2048 bits; the upper bound keeps one verification below some milliseconds. */
    private static final int MIN_RSA_BITS = 2048;

    private static final int MAX_RSA_BITS = 8192;

    /** SubjectPublicKeyInfo of an Ed25519 key up to its 32 bytes (RFC 8410, section 4). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ED25519_BYTES = 32;

    /** Whether {@code signature} is one of {@code input}. */
    interface Check {
        boolean holds(SignatureAlgorithm algorithm, byte[] input, byte[] signature)
                throws JOSEException, GeneralSecurityException;
    }

    static Optional<VerificationKey> rsa(Optional<String> kid, Optional<String> algorithm, RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            return Optional.empty();
        }
        return Optional.of(new VerificationKey(kid, algorithm, "RSA", nimbus(new RSASSAVerifier(key))));
    }

    static VerificationKey ec(Optional<String> kid, Optional<String> algorithm, String curve, ECPublicKey key)
            throws JOSEException {
        return new VerificationKey(kid, algorithm, curve, nimbus(new ECDSAVerifier(key)));
    }

    /** With the JDK's own EdDSA: Nimbus would need a second cryptographic library for it. */
    static Optional<VerificationKey> ed25519(Optional<String> kid, Optional<String> algorithm, byte[] x) {
        if (x.length != ED25519_BYTES) {
            return Optional.empty();
        }
        byte[] encoded = HexFormat.of()
                .parseHex(HexFormat.of().formatHex(ED25519_PREFIX)
                        + HexFormat.of().formatHex(x));
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            return Optional.of(new VerificationKey(kid, algorithm, "Ed25519", jdk(key)));
        } catch (GeneralSecurityException noPointOfTheCurve) {
            return Optional.empty();
        }
    }

    boolean fits(SignatureAlgorithm wanted) {
        return kind.equals(wanted.keyKind())
                && (algorithm.isEmpty() || algorithm.get().equals(wanted.joseName()) || meansEd25519(wanted));
    }

    /** Whatever a signature does that the algorithm does not foresee, it is not valid. */
    boolean verifies(SignatureAlgorithm signed, byte[] input, byte[] signature) {
        try {
            return check.holds(signed, input, signature);
        } catch (JOSEException | GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    /** {@code EdDSA} and {@code Ed25519} are two names for the same (RFC 9864, section 2.2). */
    private boolean meansEd25519(SignatureAlgorithm wanted) {
        return wanted.keyKind().equals("Ed25519")
                && SignatureAlgorithm.named(algorithm.orElse(""))
                        .filter(own -> own.keyKind().equals("Ed25519"))
                        .isPresent();
    }

    private static Check nimbus(JWSVerifier verifier) {
        // A header of our own with nothing but the algorithm: what else the token's says is nobody's business here.
        return (algorithm, input, signature) -> verifier.verify(
                new JWSHeader(JWSAlgorithm.parse(algorithm.joseName())), input, Base64URL.encode(signature));
    }

    private static Check jdk(PublicKey key) {
        return (algorithm, input, signature) -> {
            Signature check = Signature.getInstance("Ed25519");
            check.initVerify(key);
            check.update(input);
            try {
                return check.verify(signature);
            } catch (SignatureException malformed) {
                return false;
            }
        };
    }
}
