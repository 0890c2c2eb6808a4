package dev.sallyport.core.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The public keys of one issuer that a token may be signed with (RFC 7517, section 5). Keys of no known kind, keys for
 * encryption, symmetric keys and weak ones are left out, and one that cannot be read does not spoil the others.
 */
final class KeySet {
    static final KeySet EMPTY = new KeySet(List.of());

    /** More than any issuer publishes; bounds the search that a token can cause. */
    private static final int MAX_KEYS = 200;

    private final List<VerificationKey> keys;

    private KeySet(List<VerificationKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** @throws IllegalArgumentException when the text is no key set at all */
    static KeySet parse(String json) {
        Map<String, Object> document = StrictJson.object(json.getBytes(StandardCharsets.UTF_8));
        if (!(document.get("keys") instanceof List<?> entries) || entries.size() > MAX_KEYS) {
            throw new IllegalArgumentException("no key set: 'keys' (expected: an array of at most " + MAX_KEYS + ")");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (Object entry : entries) {
            if (entry instanceof Map<?, ?> members) {
                key(members).ifPresent(keys::add);
            }
        }
        return new KeySet(keys);
    }

    /**
     * The key that the token names. A token that names none is good only where there is no choice (OpenID Connect Core
     * 1.0, section 10.1).
     */
    Optional<VerificationKey> find(Optional<String> kid, SignatureAlgorithm algorithm) {
        List<VerificationKey> candidates = keys.stream()
                .filter(key -> kid.isEmpty() || kid.equals(key.kid()))
                .filter(key -> key.fits(algorithm))
                .limit(2)
                .toList();
        return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
    }

    int size() {
        return keys.size();
    }

    private static Optional<VerificationKey> key(Map<?, ?> entry) {
        try {
            @SuppressWarnings("unchecked") // the keys of a JSON object are strings
            JWK jwk = JWK.parse((Map<String, Object>) entry);
            boolean forSignatures = jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE);
            boolean forVerifying =
                    jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY);
            return forSignatures && forVerifying ? key(jwk) : Optional.empty();
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<VerificationKey> key(JWK jwk) throws JOSEException {
        Optional<String> kid = Optional.ofNullable(jwk.getKeyID());
        Optional<String> algorithm = Optional.ofNullable(jwk.getAlgorithm()).map(Object::toString);
        return switch (jwk) {
            case RSAKey rsa -> VerificationKey.rsa(kid, algorithm, rsa.toRSAPublicKey());
            case ECKey ec ->
                Optional.of(VerificationKey.ec(kid, algorithm, ec.getCurve().getName(), ec.toECPublicKey()));
            case OctetKeyPair pair
            when pair.getCurve().getName().equals("Ed25519") ->
                VerificationKey.ed25519(kid, algorithm, pair.getDecodedX());
            default -> Optional.empty();
        };
    }
}
