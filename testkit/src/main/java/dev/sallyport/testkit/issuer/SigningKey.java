package dev.sallyport.testkit.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Set;

/**
 * A key of the issuer's.
 *
 * @param kid its name in the key set
 * @param algorithm the {@code alg} of the tokens that it signs
 * @param publicKey what the key set shows
 */
public record SigningKey(String kid, String algorithm, JWK publicKey, Signing signing) {

    /** Signs, as RFC 7515 section 5.1 has it. */
    @FunctionalInterface
    public interface Signing {
        byte[] sign(byte[] input) throws JOSEException, GeneralSecurityException;
    }

    /** A new key for one of RS*, PS*, ES* or EdDSA. */
    public static SigningKey generate(String kid, String algorithm) {
        try {
            return switch (algorithm) {
                case "ES256" -> ec(kid, algorithm, Curve.P_256);
                case "ES384" -> ec(kid, algorithm, Curve.P_384);
                case "ES512" -> ec(kid, algorithm, Curve.P_521);
                case "EdDSA", "Ed25519" -> ed25519(kid, algorithm);
                default -> rsa(kid, algorithm, 2048);
            };
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(algorithm, e);
        }
    }

    /** A new RSA key of any size, weak ones too. */
    public static SigningKey rsa(String kid, String algorithm, int bits)
            throws GeneralSecurityException, JOSEException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair pair = generator.generateKeyPair();
        RSAKey jwk = new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .keyID(kid)
                .keyUse(KeyUse.SIGNATURE)
                .build();
        return new SigningKey(
                kid,
                algorithm,
                jwk,
                nimbus(algorithm, new RSASSASigner(pair.getPrivate(), Set.of(AllowWeakRSAKey.getInstance()))));
    }

    /** The same key under another name or for another algorithm. */
    public SigningKey as(String otherKid, String otherAlgorithm) {
        return new SigningKey(otherKid, otherAlgorithm, publicKey, signing);
    }

    byte[] sign(byte[] input) {
        try {
            return signing.sign(input);
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(algorithm, e);
        }
    }

    private static SigningKey ec(String kid, String algorithm, Curve curve) throws JOSEException {
        ECKey jwk =
                new ECKeyGenerator(curve).keyID(kid).keyUse(KeyUse.SIGNATURE).generate();
        return new SigningKey(kid, algorithm, jwk.toPublicJWK(), nimbus(algorithm, new ECDSASigner(jwk)));
    }

    private static SigningKey ed25519(String kid, String algorithm) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        Base64URL x = Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        JWK jwk = new OctetKeyPair.Builder(Curve.Ed25519, x)
                .keyID(kid)
                .keyUse(KeyUse.SIGNATURE)
                .build();
        return new SigningKey(kid, algorithm, jwk, input -> ed25519(pair.getPrivate(), input));
    }

    private static byte[] ed25519(PrivateKey key, byte[] input) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(input);
        return signature.sign();
    }

    private static Signing nimbus(String algorithm, JWSSigner signer) {
        return input ->
                signer.sign(new JWSHeader(JWSAlgorithm.parse(algorithm)), input).decode();
    }
}
