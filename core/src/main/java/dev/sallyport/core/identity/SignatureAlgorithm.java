package dev.sallyport.core.identity;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The signatures that a token may carry (RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 section 2.2): asymmetric
 * ones only, so neither {@code none} nor an HMAC keyed with a public key can ever be asked for.
 */
enum SignatureAlgorithm {
    RS256("RS256", "RSA"),
    RS384("RS384", "RSA"),
    RS512("RS512", "RSA"),
    PS256("PS256", "RSA"),
    PS384("PS384", "RSA"),
    PS512("PS512", "RSA"),
    ES256("ES256", "P-256"),
    ES384("ES384", "P-384"),
    ES512("ES512", "P-521"),
    EDDSA("EdDSA", "Ed25519"),
    ED25519("Ed25519", "Ed25519");

    private final String joseName;
    private final String keyKind;

    SignatureAlgorithm(String joseName, String keyKind) {
        this.joseName = joseName;
        this.keyKind = keyKind;
    }

    /** The {@code alg} value, compared with regard to case as RFC 7515 section 4.1.1 asks. */
    String joseName() {
        return joseName;
    }

    /** {@code RSA}, or the curve that this algorithm is bound to. */
    String keyKind() {
        return keyKind;
    }

    static Optional<SignatureAlgorithm> named(String joseName) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.joseName.equals(joseName))
                .findFirst();
    }

    static Set<String> names() {
        return Arrays.stream(values())
                .map(SignatureAlgorithm::joseName)
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));
    }
}
