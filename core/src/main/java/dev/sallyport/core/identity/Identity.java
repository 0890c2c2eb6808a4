package dev.sallyport.core.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who a verified token says this is. An instance is a proof: only this package, where tokens are checked, can make one,
 * so a method that takes an {@code Identity} never has to ask whether it was authenticated.
 */
public final class Identity {
    private final String issuer;
    private final String subject;
    private final Optional<String> client;
    private final Set<GroupName> groups;
    private final List<String> actors;
    private final Map<String, Object> claims;
    private final Instant expiresAt;
    private final Instant validUntil;

    Identity(
            String issuer,
            String subject,
            Optional<String> client,
            Set<GroupName> groups,
            List<String> actors,
            Map<String, Object> claims,
            Instant expiresAt,
            Instant validUntil) {
        this.issuer = issuer;
        this.subject = subject;
        this.client = client;
        this.groups = Set.copyOf(groups);
        this.actors = List.copyOf(actors);
        this.claims = Map.copyOf(claims);
        this.expiresAt = expiresAt;
        this.validUntil = validUntil;
    }

    /** The configured name of the issuer, for example {@code okta}; not its URL. */
    public String issuer() {
        return issuer;
    }

    /** The {@code sub} claim. */
    public String subject() {
        return subject;
    }

    /** The OAuth client the token was issued to, from {@code cid}, {@code client_id} or {@code azp}. */
    public Optional<String> client() {
        return client;
    }

    public Set<GroupName> groups() {
        return groups;
    }

    /** The subjects that act on this subject's behalf, nearest first, from nested {@code act} claims (RFC 8693, 4.1). */
    public List<String> actors() {
        return actors;
    }

    /** All claims of the token, as JSON values (String, Boolean, Long, Double, List, Map). */
    public Map<String, Object> claims() {
        return claims;
    }

    /** The token's {@code exp}, without leeway. */
    public Instant expiresAt() {
        return expiresAt;
    }

    /** {@code exp} plus the issuer's leeway: from here on nothing more is done in this identity's name. */
    public Instant validUntil() {
        return validUntil;
    }

    /** {@code issuer:subject}, as policies and the audit log write it. */
    public String principal() {
        return issuer + ":" + subject;
    }

    @Override
    public String toString() {
        return principal();
    }
}
