package dev.sallyport.core.identity;

import dev.sallyport.core.identity.Authentication.Reason;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one issuer's tokens must fulfil, besides their signature (RFC 7519 section 4.1, RFC 8725 section 3). What is
 * told to the client is checked last: that a token has expired is said only of one that is right in all else.
 */
final class TokenTerms {
    /** Instants up to the year 9999: beyond that a date is a mistake, and arithmetic on it would overflow. */
    private static final long MAX_EPOCH_SECOND = 253_402_300_799L;

    private final IssuerSettings settings;

    TokenTerms(IssuerSettings settings) {
        this.settings = settings;
    }

    SignatureAlgorithm algorithm(CompactToken token) throws Refusal {
        String name = token.headerText("alg").orElse("");
        Optional<SignatureAlgorithm> algorithm = SignatureAlgorithm.named(name)
                .filter(known -> settings.algorithms().contains(known.joseName()));
        return algorithm.orElseThrow(() -> new Refusal(
                Reason.ALGORITHM_NOT_ALLOWED,
                "alg " + Excerpt.of(name) + " (expected: " + settings.algorithms() + ")"));
    }

    void requireType(CompactToken token) throws Refusal {
        String type = token.headerText("typ").orElse("");
        if (settings.types().stream().noneMatch(taken -> mediaType(taken).equals(mediaType(type)))) {
            throw new Refusal(
                    Reason.TYPE_NOT_ACCEPTED, "typ " + Excerpt.of(type) + " (expected: " + settings.types() + ")");
        }
    }

    /** Makes the identity of a token whose signature was verified. */
    Identity identity(CompactToken token, Instant now) throws Refusal {
        ClaimReader claims = new ClaimReader(token.claims());
        requireAudience(claims.audiences());
        String subject = token.claimText("sub").filter(text -> !text.isBlank()).orElse("");
        if (subject.isEmpty()) {
            throw new Refusal(Reason.SUBJECT_MISSING, "no sub");
        }
        requireClaims(claims);
        if (token.claims().containsKey("cnf")) {
            // A token bound to a key or certificate (RFC 8705, RFC 9449) is no good to whoever merely carries it.
            throw new Refusal(Reason.SENDER_CONSTRAINED, "the token is bound to a key (cnf)");
        }
        Optional<String> client = claims.client(settings.claims().client());
        Set<GroupName> groups = claims.groups(settings.name(), settings.claims().groups());
        Instant expiresAt = requireTime(token.claims(), now);
        return new Identity(
                settings.name(),
                subject,
                client,
                groups,
                claims.actors(),
                token.claims(),
                expiresAt,
                expiresAt.plus(settings.leeway()));
    }

    private void requireAudience(Set<String> audiences) throws Refusal {
        if (audiences.stream().noneMatch(settings.audiences()::contains)) {
            throw new Refusal(
                    Reason.AUDIENCE_MISMATCH,
                    "aud " + Excerpt.of(String.join(" ", audiences)) + " (expected: one of " + settings.audiences()
                            + ")");
        }
    }

    private void requireClaims(ClaimReader claims) throws Refusal {
        for (Map.Entry<String, String> required : settings.claims().required().entrySet()) {
            Optional<Object> value = claims.find(required.getKey());
            if (value.isEmpty() || !required.getValue().equals(String.valueOf(value.get()))) {
                throw new Refusal(
                        Reason.CLAIM_MISMATCH, required.getKey() + " (expected: " + required.getValue() + ")");
            }
        }
    }

    private Instant requireTime(Map<String, Object> claims, Instant now) throws Refusal {
        Instant latestStart = now.plus(settings.leeway());
        for (String name : new String[] {"nbf", "iat"}) {
            Optional<Instant> start = date(claims, name);
            if (start.isPresent() && start.get().isAfter(latestStart)) {
                throw new Refusal(Reason.TOKEN_NOT_YET_VALID, name + " " + start.get() + ", now " + now);
            }
        }
        Instant expiresAt = date(claims, "exp").orElseThrow(() -> new Refusal(Reason.EXPIRY_MISSING, "no exp"));
        if (!now.isBefore(expiresAt.plus(settings.leeway()))) {
            throw new Refusal(Reason.TOKEN_EXPIRED, "exp " + expiresAt + ", now " + now);
        }
        return expiresAt;
    }

    /** A NumericDate: seconds since 1970, possibly with a fraction (RFC 7519, section 2). */
    private static Optional<Instant> date(Map<String, Object> claims, String name) throws Refusal {
        Object value = claims.get(name);
        if (value == null) {
            return Optional.empty();
        }
        double seconds = value instanceof Number number ? number.doubleValue() : Double.NaN;
        if (!(seconds >= 0 && seconds <= MAX_EPOCH_SECOND)) {
            throw new Refusal(Reason.TOKEN_MALFORMED, name + " is no date");
        }
        return Optional.of(Instant.ofEpochSecond((long) seconds));
    }

    private static String mediaType(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }
}
