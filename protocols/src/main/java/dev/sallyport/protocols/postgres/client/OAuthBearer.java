package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.target.Secret;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * SASL OAUTHBEARER (RFC 7628) as PostgreSQL 18's libpq speaks it: {@code n,,^Aauth=Bearer TOKEN^A^A}. A client that does
 * not know yet where to get a token sends an empty {@code auth=} and is answered with where to look.
 */
final class OAuthBearer {
    static final String MECHANISM = "OAUTHBEARER";
    private static final byte SEPARATOR = 1;
    private static final int SCHEME_LENGTH = "Bearer ".length();

    private OAuthBearer() {}

    /**
     * The token of a client's first message.
     *
     * @return empty where the client asks for the issuer
     * @throws ProtocolViolation when it is no such message
     */
    static Optional<Secret> token(byte[] message) {
        int headerEnd = indexOf(message, 0);
        String header = ascii(message, 0, headerEnd);
        // The gs2 header: no channel binding ("n" or "y"), no authorization identity other than an empty one.
        if (!header.equals("n,,") && !header.equals("y,,")) {
            throw malformed();
        }
        Optional<Secret> token = Optional.empty();
        boolean found = false;
        int index = headerEnd + 1;
        while (index < message.length && message[index] != SEPARATOR) {
            int end = indexOf(message, index);
            if (startsWith(message, index, "auth=")) {
                if (found) {
                    throw malformed();
                }
                found = true;
                token = bearer(message, index + "auth=".length(), end);
            }
            index = end + 1;
        }
        if (!found || index != message.length - 1) {
            throw malformed();
        }
        return token;
    }

    private static Optional<Secret> bearer(byte[] message, int from, int to) {
        if (from == to) {
            return Optional.empty();
        }
        if (to - from <= SCHEME_LENGTH
                || !ascii(message, from, from + SCHEME_LENGTH).equalsIgnoreCase("Bearer ")) {
            throw malformed();
        }
        byte[] token = Arrays.copyOfRange(message, from + SCHEME_LENGTH, to);
        Secret secret = Secret.ofUtf8(token);
        Arrays.fill(token, (byte) 0);
        return Optional.of(secret);
    }

    /**
     * The document that tells a client where to get a token (RFC 7628, section 3.2.2).
     *
     * @param discoveryUrl empty where none is configured
     * @param scope empty where none is configured
     */
    static String failure(String discoveryUrl, String scope) {
        StringBuilder json = new StringBuilder("{\"status\":\"invalid_token\"");
        if (!discoveryUrl.isEmpty()) {
            json.append(",\"openid-configuration\":\"")
                    .append(escaped(discoveryUrl))
                    .append('"');
        }
        if (!scope.isEmpty()) {
            json.append(",\"scope\":\"").append(escaped(scope)).append('"');
        }
        return json.append('}').toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static int indexOf(byte[] message, int from) {
        for (int i = from; i < message.length; i++) {
            if (message[i] == SEPARATOR) {
                return i;
            }
        }
        throw malformed();
    }

    private static boolean startsWith(byte[] message, int from, String prefix) {
        return message.length - from >= prefix.length()
                && ascii(message, from, from + prefix.length()).equals(prefix);
    }

    private static String ascii(byte[] message, int from, int to) {
        return new String(message, from, to - from, StandardCharsets.US_ASCII);
    }

    private static ProtocolViolation malformed() {
        return new ProtocolViolation("SASL OAUTHBEARER: the client's first message is malformed");
    }
}
