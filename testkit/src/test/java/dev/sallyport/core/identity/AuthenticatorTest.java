package dev.sallyport.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.identity.Authentication.Authenticated;
import dev.sallyport.core.identity.Authentication.Reason;
import dev.sallyport.core.identity.Authentication.Refused;
import dev.sallyport.core.target.Secret;
import dev.sallyport.testkit.issuer.SigningKey;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.issuer.TokenBuilder;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a token is checked: rows I1, I2, I5, I6, I8, I9 and I10 of the threats. */
class AuthenticatorTest {
    private static final String URL = "https://issuer.test";

    private final MovableClock clock = new MovableClock();
    private final TestIssuer issuer = TestIssuer.offline(URL, clock);
    private final FakeFetcher fetcher = new FakeFetcher(issuer);
    private IssuerSettings settings = IssuerSettings.discovered("okta", URL, Set.of("sallyport"));

    private Authentication authenticate(String token) {
        return new Authenticator(List.of(settings), fetcher, clock).authenticate(Secret.of(token));
    }

    private Identity accept(TokenBuilder token) {
        Authentication result = authenticate(token.mint());
        assertThat(result).isInstanceOf(Authenticated.class);
        return ((Authenticated) result).identity();
    }

    private Refused refuse(String token, Reason reason) {
        Authentication result = authenticate(token);
        assertThat(result).isInstanceOf(Refused.class);
        Refused refused = (Refused) result;
        assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
        if (token.length() > 30) {
            assertThat(refused.toString()).doesNotContain(token.substring(token.length() - 30));
        }
        assertThat(refused.detail()).hasSizeLessThan(500).matches("[\\x20-\\x7e…]*");
        return refused;
    }

    private Refused refuse(TokenBuilder token, Reason reason) {
        return refuse(token.mint(), reason);
    }

    private IssuerSettings with(Set<String> algorithms, Set<String> types, Map<String, String> required) {
        return new IssuerSettings(
                settings.name(),
                settings.issuer(),
                settings.keys(),
                settings.audiences(),
                algorithms,
                types,
                new IssuerSettings.Claims("groups", IssuerSettings.Claims.DEFAULT_CLIENT, required),
                settings.leeway(),
                settings.fetching());
    }

    @Test
    void takes_a_good_token_and_says_who_it_is() {
        Identity identity = accept(issuer.token()
                .subject("mcp-support-bot")
                .audience("other", "sallyport")
                .groups("support", "night shift")
                .claim("cid", "0oa1")
                .claim("act", Map.of("sub", "agent", "act", Map.of("sub", "scheduler")))
                .claim("level", 3));

        assertThat(identity.principal()).isEqualTo("okta:mcp-support-bot");
        assertThat(identity.client()).contains("0oa1");
        assertThat(identity.groups())
                .containsExactlyInAnyOrder(new GroupName("okta", "support"), new GroupName("okta", "night shift"));
        assertThat(identity.actors()).containsExactly("agent", "scheduler");
        assertThat(identity.claims()).containsEntry("level", 3L);
        assertThat(identity.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(10)));
        assertThat(identity.validUntil()).isEqualTo(identity.expiresAt().plusSeconds(30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"
            })
    void verifies_each_algorithm_and_notices_each_change(String algorithm) {
        SigningKey key = issuer.addKey(algorithm);

        accept(issuer.token(key));

        byte[] wrong = Base64.getUrlDecoder().decode(issuer.token(key).mint().split("\\.")[2]);
        wrong[wrong.length / 2] ^= 1;
        refuse(issuer.token(key).signature(wrong), Reason.SIGNATURE_INVALID);
        refuse(issuer.token(key).signature(new byte[0]), Reason.TOKEN_MALFORMED);
        refuse(issuer.token(key).signature(new byte[wrong.length]), Reason.SIGNATURE_INVALID);
        refuse(issuer.token(key).signature(new byte[wrong.length + 1]), Reason.SIGNATURE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "HS256", "HS512", "RS1", "rs256", "ES256K", "dir", ""})
    void refuses_unsigned_and_symmetric_tokens(String algorithm) {
        refuse(issuer.token().header("alg", algorithm), Reason.ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void refuses_a_token_without_an_algorithm() {
        refuse(issuer.token().header("alg", null), Reason.ALGORITHM_NOT_ALLOWED);
        refuse(issuer.token().header("alg", 5), Reason.TOKEN_MALFORMED);
    }

    @Test
    void refuses_an_hmac_keyed_with_the_public_key() throws Exception {
        TokenBuilder token = issuer.token(issuer.addKey("RS256")).header("alg", "HS256");
        byte[] publicKey = issuer.key().publicKey().toRSAKey().toRSAPublicKey().getEncoded();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(publicKey, "HmacSHA256"));

        refuse(
                token.signature(mac.doFinal(token.signingInput().getBytes(StandardCharsets.US_ASCII))),
                Reason.ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void refuses_an_algorithm_that_the_issuer_is_not_set_to() {
        settings = with(Set.of("RS256"), IssuerSettings.DEFAULT_TYPES, Map.of());
        refuse(issuer.token(), Reason.ALGORITHM_NOT_ALLOWED);
    }

    @Test
    void refuses_a_key_of_another_kind_than_the_algorithm() {
        SigningKey curve = issuer.addKey("ES256");
        refuse(issuer.token(curve).header("alg", "RS256"), Reason.KEY_UNKNOWN);
        refuse(issuer.token(curve).header("alg", "ES384"), Reason.KEY_UNKNOWN);
        refuse(issuer.token(curve).header("alg", "EdDSA"), Reason.KEY_UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/passwd", "' OR '1'='1", "key-1\u0000", "key-1\n", "KEY-1", "", "\u202e"})
    void finds_no_key_by_a_name_that_the_issuer_does_not_publish(String kid) {
        TokenBuilder token = issuer.token().header("kid", kid);
        refuse(token, kid.contains("\u0000") ? Reason.TOKEN_MALFORMED : Reason.KEY_UNKNOWN);
    }

    @Test
    void refuses_a_kid_that_is_no_string() {
        refuse(issuer.token().header("kid", 1), Reason.TOKEN_MALFORMED);
        refuse(issuer.token().header("kid", Map.of("a", 1)), Reason.TOKEN_MALFORMED);
    }

    @Test
    void ignores_keys_that_the_token_brings_along() {
        SigningKey stranger = SigningKey.generate("key-1", "ES256");
        TokenBuilder token = issuer.token(stranger)
                .header("jwk", stranger.publicKey().toJSONObject())
                .header("jku", "https://evil.example/keys")
                .header("x5u", "https://evil.example/cert")
                .header("x5c", List.of("AAAA"));
        refuse(token, Reason.SIGNATURE_INVALID);
        refuse(token.header("kid", "stranger"), Reason.KEY_UNKNOWN);
    }

    @Test
    void needs_a_kid_where_there_is_a_choice() {
        accept(issuer.token().header("kid", null));
        issuer.addKey("EdDSA");
        accept(issuer.token().header("kid", null));
        issuer.addKey("EdDSA");
        refuse(issuer.token().header("kid", null), Reason.KEY_UNKNOWN);
    }

    @Test
    void refuses_what_must_be_understood() {
        refuse(issuer.token().header("crit", List.of("exp")).header("exp", 1), Reason.HEADER_NOT_UNDERSTOOD);
        refuse(issuer.token().header("b64", false), Reason.HEADER_NOT_UNDERSTOOD);
        refuse(issuer.token().header("zip", "DEF"), Reason.HEADER_NOT_UNDERSTOOD);
    }

    @Test
    void leaves_weak_keys_and_keys_for_other_uses_out() throws Exception {
        refuse(issuer.token(issuer.addKey(SigningKey.rsa("weak", "RS256", 1024))), Reason.KEY_UNKNOWN);
        String own = issuer.key().publicKey().toString();
        SigningKey key = issuer.addKey("RS256");
        fetcher.text = Optional.of("{\"keys\":["
                + key.publicKey().toString().replace("\"use\":\"sig\"", "\"use\":\"enc\"") + ",{\"kty\":\"new\"},5,"
                + own + "]}");
        refuse(issuer.token(key), Reason.KEY_UNKNOWN);
        fetcher.text = Optional.of(
                "{\"keys\":[{\"kty\":\"EC\"},{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"s\"}," + key.publicKey() + "]}");
        accept(issuer.token(key));
    }

    @Test
    void keeps_a_key_to_the_algorithm_it_is_published_for() {
        SigningKey key = issuer.addKey("RS256");
        fetcher.text =
                Optional.of("{\"keys\":[" + key.publicKey().toString().replace("{", "{\"alg\":\"PS256\",") + "]}");
        refuse(issuer.token(key), Reason.KEY_UNKNOWN);
    }

    @Test
    void refuses_an_ecdsa_signature_of_zeros_and_of_the_order() {
        SigningKey key = issuer.addKey("ES256");
        refuse(issuer.token(key).signature(new byte[64]), Reason.SIGNATURE_INVALID);
        byte[] order =
                new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16).toByteArray();
        byte[] twice = new byte[64];
        System.arraycopy(order, 1, twice, 0, 32);
        System.arraycopy(order, 1, twice, 32, 32);
        refuse(issuer.token(key).signature(twice), Reason.SIGNATURE_INVALID);
    }

    @Test
    void refuses_another_audience() {
        refuse(issuer.token().audience("other"), Reason.AUDIENCE_MISMATCH);
        refuse(issuer.token().audience("Sallyport"), Reason.AUDIENCE_MISMATCH);
        refuse(issuer.token().claim("aud", null), Reason.AUDIENCE_MISMATCH);
        refuse(issuer.token().claim("aud", List.of()), Reason.AUDIENCE_MISMATCH);
        refuse(issuer.token().claim("aud", Map.of("sallyport", 1)), Reason.AUDIENCE_MISMATCH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://issuer.test/", "http://issuer.test", "HTTPS://issuer.test", "https://evil.test", ""})
    void refuses_another_issuer(String iss) {
        refuse(issuer.token().claim("iss", iss), Reason.ISSUER_UNKNOWN);
        refuse(issuer.token().claim("iss", null), Reason.ISSUER_UNKNOWN);
        refuse(issuer.token().claim("iss", List.of(URL)), Reason.TOKEN_MALFORMED);
        assertThat(fetcher.fetches).hasValue(0);
    }

    @Test
    void refuses_a_token_without_an_end() {
        refuse(issuer.token().claim("exp", null), Reason.EXPIRY_MISSING);
        refuse(issuer.token().claim("exp", "2100-01-01"), Reason.TOKEN_MALFORMED);
        refuse(issuer.token().claim("exp", -1), Reason.TOKEN_MALFORMED);
        refuse(issuer.token().claim("exp", Long.MAX_VALUE), Reason.TOKEN_MALFORMED);
    }

    @Test
    void refuses_a_token_before_its_time() {
        long now = clock.instant().getEpochSecond();
        accept(issuer.token().claim("nbf", now + 30).claim("iat", now + 30));
        refuse(issuer.token().claim("nbf", now + 31), Reason.TOKEN_NOT_YET_VALID);
        refuse(issuer.token().claim("iat", now + 31), Reason.TOKEN_NOT_YET_VALID);
        refuse(issuer.token().claim("nbf", true), Reason.TOKEN_MALFORMED);
    }

    @Test
    void refuses_a_token_after_its_time_and_the_leeway() {
        accept(issuer.token().expiresIn(Duration.ofSeconds(-29)));
        refuse(issuer.token().expiresIn(Duration.ofSeconds(-30)), Reason.TOKEN_EXPIRED);
    }

    @Test
    void tells_the_client_only_of_a_token_that_is_right_but_expired() {
        TokenBuilder expired = issuer.token().expiresIn(Duration.ofHours(-1));
        assertThat(refuse(expired, Reason.TOKEN_EXPIRED).reason().told()).isTrue();
        refuse(issuer.token().expiresIn(Duration.ofHours(-1)).audience("other"), Reason.AUDIENCE_MISMATCH);
        refuse(issuer.token().expiresIn(Duration.ofHours(-1)).signature(new byte[256]), Reason.SIGNATURE_INVALID);
        refuse(issuer.token().expiresIn(Duration.ofHours(-1)).subject(null), Reason.SUBJECT_MISSING);
        for (Reason reason : Reason.values()) {
            assertThat(reason.told()).isEqualTo(reason == Reason.TOKEN_EXPIRED);
            assertThat(reason.code()).matches("[a-z]+(-[a-z]+)*");
        }
    }

    @Test
    void takes_the_types_that_the_issuer_is_set_to() {
        accept(issuer.token());
        accept(issuer.token().header("typ", "JWT"));
        accept(issuer.token().header("typ", "application/at+jwt"));
        refuse(issuer.token().header("typ", "logout+jwt"), Reason.TYPE_NOT_ACCEPTED);
        refuse(issuer.token().header("typ", "dpop+jwt"), Reason.TYPE_NOT_ACCEPTED);

        settings = with(IssuerSettings.DEFAULT_ALGORITHMS, Set.of("at+jwt"), Map.of());
        accept(issuer.token().header("typ", "AT+JWT"));
        refuse(issuer.token().header("typ", "JWT"), Reason.TYPE_NOT_ACCEPTED);
        refuse(issuer.token(), Reason.TYPE_NOT_ACCEPTED);
    }

    @Test
    void demands_the_claims_that_the_issuer_is_set_to() {
        settings = with(
                IssuerSettings.DEFAULT_ALGORITHMS,
                IssuerSettings.DEFAULT_TYPES,
                Map.of("typ", "Bearer", "org.active", "true"));
        accept(issuer.token().claim("typ", "Bearer").claim("org", Map.of("active", true)));
        refuse(issuer.token().claim("typ", "ID").claim("org", Map.of("active", true)), Reason.CLAIM_MISMATCH);
        refuse(issuer.token().claim("typ", "Bearer"), Reason.CLAIM_MISMATCH);
    }

    @Test
    void refuses_a_token_that_is_bound_to_a_key() {
        refuse(issuer.token().claim("cnf", Map.of("jkt", "AAAA")), Reason.SENDER_CONSTRAINED);
    }

    @Test
    void refuses_a_subject_that_is_missing() {
        refuse(issuer.token().subject(null), Reason.SUBJECT_MISSING);
        refuse(issuer.token().subject("  "), Reason.SUBJECT_MISSING);
        refuse(issuer.token().claim("sub", 7), Reason.TOKEN_MALFORMED);
    }

    @Test
    void refuses_claims_that_come_twice() {
        String claims = issuer.token().claimsText();
        refuse(issuer.token().rawClaims(claims.replace("{", "{\"sub\":\"admin\",")), Reason.TOKEN_MALFORMED);
        refuse(
                issuer.token().rawHeader("{\"alg\":\"RS256\",\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)),
                Reason.TOKEN_MALFORMED);
    }

    @Test
    void keeps_groups_of_two_issuers_apart() {
        TestIssuer other = TestIssuer.offline("https://other.test", clock);
        IssuerSettings second = IssuerSettings.discovered("keycloak", other.url(), Set.of("sallyport"));
        KeyFetcher both = asked -> new KeyFetcher.KeyDocument(
                asked.name().equals("okta") ? issuer.jwks() : other.jwks(), Optional.empty());
        Authenticator authenticator = new Authenticator(List.of(settings, second), both, clock);

        Authentication one = authenticator.authenticate(
                Secret.of(issuer.token().groups("admins").mint()));
        Authentication two = authenticator.authenticate(
                Secret.of(other.token().groups("admins", "okta:admins").mint()));

        assertThat(((Authenticated) one).identity().groups()).containsExactly(new GroupName("okta", "admins"));
        assertThat(((Authenticated) two).identity().groups())
                .containsExactlyInAnyOrder(
                        new GroupName("keycloak", "admins"), new GroupName("keycloak", "okta:admins"));
        Authentication crossed = authenticator.authenticate(
                Secret.of(other.token().claim("iss", URL).mint()));
        assertThat(((Refused) crossed).reason()).isEqualTo(Reason.SIGNATURE_INVALID);
    }

    @Test
    void refuses_two_issuers_of_one_name_or_address() {
        IssuerSettings sameName = IssuerSettings.discovered("okta", "https://other.test", Set.of("sallyport"));
        IssuerSettings sameAddress = IssuerSettings.discovered("other", URL, Set.of("sallyport"));
        assertThatThrownBy(() -> new Authenticator(List.of(settings, sameName), fetcher, clock))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Authenticator(List.of(settings, sameAddress), fetcher, clock))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_an_encrypted_token_without_reading_its_count() {
        String header = "{\"alg\":\"PBES2-HS512+A256KW\",\"enc\":\"A256GCM\",\"p2c\":2147483647,\"p2s\":\"AAAA\"}";
        String encoded =
                Base64.getUrlEncoder().withoutPadding().encodeToString(header.getBytes(StandardCharsets.UTF_8));
        long before = System.nanoTime();
        refuse(encoded + ".AAAA.AAAA.AAAA.AAAA", Reason.TOKEN_ENCRYPTED);
        refuse(issuer.token().header("p2c", Integer.MAX_VALUE).header("enc", "A256GCM"), Reason.HEADER_NOT_UNDERSTOOD);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void refuses_what_is_too_large_before_reading_it() {
        refuse("e".repeat(1 << 20), Reason.TOKEN_TOO_LARGE);
        refuse(issuer.token().claim("blob", "x".repeat(16 * 1024)), Reason.TOKEN_TOO_LARGE);
        accept(issuer.token().claim("blob", "x".repeat(10 * 1024)));
    }

    @Test
    void refuses_deep_nesting() {
        String deep = "{\"a\":".repeat(1500) + "1" + "}".repeat(1500);
        refuse(issuer.token().rawClaims(deep), Reason.TOKEN_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "a.b",
                "a.b.c",
                "a.b.c.d",
                "hunter2",
                "e30.e30.",
                ".e30.e30",
                "e30..e30",
                "e30=.e30.AA",
                "e30.e30.A",
                "e31.e30.AA",
                " e30.e30.AA",
                "e30.e30.AA\n",
                "e30.e30.A+",
                "\u0000",
                "é.é.é"
            })
    void refuses_what_is_no_token(String text) {
        Refused refused = refuse(text, text.equals("e30.e30.AA") ? Reason.ISSUER_UNKNOWN : Reason.TOKEN_MALFORMED);
        assertThat(refused.detail()).doesNotContain("hunter2");
    }

    @Test
    void refuses_bytes_that_are_no_text() {
        Authenticator authenticator = new Authenticator(List.of(settings), fetcher, clock);
        Authentication result = authenticator.authenticate(Secret.ofUtf8(new byte[] {(byte) 0xff, 0, (byte) 0xc0}));
        assertThat(((Refused) result).reason()).isEqualTo(Reason.TOKEN_MALFORMED);
        byte[] invalid = issuer.token().claimsText().replace("bot", "b\u00f6t").getBytes(StandardCharsets.ISO_8859_1);
        refuse(issuer.token().rawClaims(invalid), Reason.TOKEN_MALFORMED);
        refuse(issuer.token().subject("a\u0000b"), Reason.TOKEN_MALFORMED);
    }

    @Test
    void refuses_other_spellings_of_the_same_signature() {
        SigningKey key = issuer.addKey("ES256");
        String token = issuer.token(key).mint();
        char last = token.charAt(token.length() - 1);
        char stray = (char) (last + 1);
        assertThat("AQgw").contains(String.valueOf(last));
        refuse(token.substring(0, token.length() - 1) + stray, Reason.TOKEN_MALFORMED);
    }

    @Test
    void refuses_when_anything_else_goes_wrong() {
        Secret wiped = Secret.of(issuer.token().mint());
        wiped.close();
        Authentication result = new Authenticator(List.of(settings), fetcher, clock).authenticate(wiped);
        assertThat(((Refused) result).reason()).isEqualTo(Reason.CHECK_FAILED);
    }

    @Test
    void shows_no_token_in_any_text_form() throws Exception {
        String token = issuer.token().claim("email", "bot@acme.test").mint();
        CompactToken parsed = CompactToken.parse(token.getBytes(StandardCharsets.US_ASCII));
        assertThat(parsed.toString()).isEqualTo("[redacted]");
        assertThat(authenticate(token).toString()).doesNotContain(token.substring(0, 20), "bot@acme.test");
        assertThat(MessageDigest.isEqual(parsed.signature(), new byte[0])).isFalse();
    }

    @Test
    void stops_trusting_an_issuer_that_was_removed_or_renamed() {
        Authenticator authenticator = new Authenticator(List.of(settings), fetcher, clock);
        Secret token = Secret.of(issuer.token().mint());
        Identity identity = ((Authenticated) authenticator.authenticate(token)).identity();
        assertThat(authenticator.stillTrusts(identity)).isTrue();

        authenticator.replace(List.of(IssuerSettings.discovered("renamed", URL, Set.of("sallyport"))));
        assertThat(authenticator.stillTrusts(identity)).isFalse();

        authenticator.replace(List.of());
        assertThat(authenticator.stillTrusts(identity)).isFalse();
        assertThat(((Refused) authenticator.authenticate(token)).reason()).isEqualTo(Reason.ISSUER_UNKNOWN);
    }
}
