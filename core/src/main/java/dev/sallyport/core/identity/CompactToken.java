package dev.sallyport.core.identity;

import dev.sallyport.core.identity.Authentication.Reason;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * A JWS in compact form (RFC 7515, section 7.1), taken apart but not yet believed. It works on the bytes that the
 * caller lends, so that no string with the whole token is ever made.
 *
 * @param header the protected header's members
 * @param claims the payload's members
 * @param signingInput what was signed: header, dot and payload as they came
 * @param signature the signature's bytes
 */
@SuppressWarnings("ArrayRecordComponent") // lives within one check of one token; compared by nobody
record CompactToken(Map<String, Object> header, Map<String, Object> claims, byte[] signingInput, byte[] signature) {

    /** Okta's and Keycloak's tokens stay below 2 KiB; a token with some hundred groups still fits. */
    static final int MAX_BYTES = 16 * 1024;

    static CompactToken parse(byte[] token) throws Refusal {
        if (token.length > MAX_BYTES) {
            throw new Refusal(Reason.TOKEN_TOO_LARGE, token.length + " bytes (expected: <= " + MAX_BYTES + ")");
        }
        int[] dots = dots(token);
        byte[] signingInput = Arrays.copyOf(token, dots[1]);
        Map<String, Object> header = object(token, 0, dots[0], "header");
        requireUnderstood(header);
        Map<String, Object> claims = object(token, dots[0] + 1, dots[1], "payload");
        byte[] signature = base64(token, dots[1] + 1, token.length, "signature");
        return new CompactToken(header, claims, signingInput, signature);
    }

    Optional<String> headerText(String name) throws Refusal {
        return text(header, name);
    }

    Optional<String> claimText(String name) throws Refusal {
        return text(claims, name);
    }

    private static Optional<String> text(Map<String, Object> members, String name) throws Refusal {
        Object value = members.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw new Refusal(Reason.TOKEN_MALFORMED, name + " is not a string");
    }

    private static int[] dots(byte[] token) throws Refusal {
        int[] dots = new int[2];
        int count = 0;
        for (int i = 0; i < token.length; i++) {
            if (token[i] == '.') {
                if (count < 2) {
                    dots[count] = i;
                }
                count++;
            } else if (!isBase64Url(token[i])) {
                throw new Refusal(Reason.TOKEN_MALFORMED, "not a token: a character that none can hold");
            }
        }
        if (count == 4) {
            // RFC 7516's form has five parts. Nothing of it is decoded, so no PBES2 count is ever read.
            throw new Refusal(Reason.TOKEN_ENCRYPTED, "an encrypted token (JWE)");
        }
        if (count != 2) {
            throw new Refusal(Reason.TOKEN_MALFORMED, (count + 1L) + " parts (expected: 3)");
        }
        return dots;
    }

    private static boolean isBase64Url(byte b) {
        return (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_';
    }

    private static Map<String, Object> object(byte[] token, int from, int to, String part) throws Refusal {
        byte[] json = base64(token, from, to, part);
        try {
            return StrictJson.object(json);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Reason.TOKEN_MALFORMED, part + ": " + e.getMessage());
        }
    }

    private static byte[] base64(byte[] token, int from, int to, String part) throws Refusal {
        byte[] encoded = Arrays.copyOfRange(token, from, to);
        try {
            byte[] decoded = Base64.getUrlDecoder().decode(encoded);
            // The decoder overlooks stray bits in the last character: one value would have several spellings.
            if (encoded.length > 0
                    && Arrays.equals(
                            encoded, Base64.getUrlEncoder().withoutPadding().encode(decoded))) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            // Told apart from the case above by nobody.
        }
        throw new Refusal(Reason.TOKEN_MALFORMED, part + ": not base64url");
    }

    /**
     * Keys come from the configured issuer alone, so {@code jku}, {@code jwk}, {@code x5u} and {@code x5c} are never
     * looked at. What must be understood ({@code crit}, RFC 7515 section 4.1.11) is not, whatever it is.
     */
    private static void requireUnderstood(Map<String, Object> header) throws Refusal {
        for (String name : new String[] {"crit", "b64", "enc", "zip"}) {
            if (header.containsKey(name)) {
                throw new Refusal(Reason.HEADER_NOT_UNDERSTOOD, "header with " + name);
            }
        }
    }

    @Override
    public String toString() {
        return "[redacted]";
    }
}
