package dev.sallyport.testkit.issuer;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token in the making. It starts as one that the gateway takes; each method bends it, also into what no honest issuer
 * would mint. A value of null takes a member away.
 */
public final class TokenBuilder {
    private final SigningKey key;
    private final Map<String, Object> header = new LinkedHashMap<>();
    private final Map<String, Object> claims = new LinkedHashMap<>();
    private final Instant now;
    private byte @Nullable [] rawHeader;
    private byte @Nullable [] rawClaims;
    private byte @Nullable [] signature;

    TokenBuilder(String issuer, SigningKey key, Instant now) {
        this.key = key;
        this.now = now;
        header("alg", key.algorithm()).header("kid", key.kid());
        claim("iss", issuer).subject("bot").audience("sallyport");
        claim("iat", now.getEpochSecond()).expiresIn(Duration.ofMinutes(10));
    }

    public TokenBuilder subject(@Nullable String subject) {
        return claim("sub", subject);
    }

    public TokenBuilder audience(String... audiences) {
        return claim("aud", audiences.length == 1 ? audiences[0] : List.of(audiences));
    }

    public TokenBuilder groups(String... groups) {
        return claim("groups", List.of(groups));
    }

    public TokenBuilder expiresIn(Duration life) {
        return claim("exp", now.plus(life).getEpochSecond());
    }

    public TokenBuilder claim(String name, @Nullable Object value) {
        return set(claims, name, value);
    }

    public TokenBuilder header(String name, @Nullable Object value) {
        return set(header, name, value);
    }

    /** The header's text as it shall be, whatever it is. */
    public TokenBuilder rawHeader(byte[] text) {
        rawHeader = text;
        return this;
    }

    /** The payload's text as it shall be, whatever it is. */
    public TokenBuilder rawClaims(byte[] text) {
        rawClaims = text;
        return this;
    }

    public TokenBuilder rawClaims(String text) {
        return rawClaims(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The claims as they stand, as a text to bend. */
    public String claimsText() {
        return JSONObjectUtils.toJSONString(claims);
    }

    /** Some other signature than the key's. */
    public TokenBuilder signature(byte[] bytes) {
        signature = bytes;
        return this;
    }

    /** What is signed: header, dot, payload. */
    public String signingInput() {
        return encode(rawHeader != null ? rawHeader : json(header)) + "."
                + encode(rawClaims != null ? rawClaims : json(claims));
    }

    /** The token in compact form. */
    public String mint() {
        String input = signingInput();
        byte[] signed = signature != null ? signature : key.sign(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + encode(signed);
    }

    private TokenBuilder set(Map<String, Object> members, String name, @Nullable Object value) {
        if (value == null) {
            members.remove(name);
        } else {
            members.put(name, value);
        }
        return this;
    }

    private static byte[] json(Map<String, Object> members) {
        return JSONObjectUtils.toJSONString(members).getBytes(StandardCharsets.UTF_8);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
