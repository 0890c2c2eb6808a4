package dev.sallyport.core.identity;

import dev.sallyport.core.identity.Authentication.Authenticated;
import dev.sallyport.core.identity.Authentication.Reason;
import dev.sallyport.core.identity.Authentication.Refused;
import dev.sallyport.core.target.Secret;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Door one: turns tokens into identities.
 *
 * <p>A token is a signed JWT (RFC 7519) of a configured issuer, checked as RFC 8725 advises: bounded and strict before
 * anything in it is believed; issuer by exact name; algorithm and type by the issuer's settings; the key by its name in
 * the issuer's own key set; then signature, audience, subject, required claims, and times. Whatever goes wrong, known or
 * not, is a refusal.
 *
 * <p>Thread-safe. {@link #authenticate} waits for the issuer (up to {@link KeyFetcher#TIMEOUT}) where a token names a
 * key that is not known, so it belongs on a virtual thread, never on an event loop.
 */
public final class Authenticator implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final KeyFetcher fetcher;
    private final Clock clock;

    /** By {@code iss}; replaced whole. */
    private volatile Map<String, TrustedIssuer> issuers;

    private @Nullable Thread refresher;

    private record TrustedIssuer(IssuerSettings settings, TokenTerms terms, KeyCache keys) {
        boolean hasKeysOf(IssuerSettings other) {
            return settings.name().equals(other.name())
                    && settings.issuer().equals(other.issuer())
                    && settings.keys().equals(other.keys())
                    && settings.fetching().equals(other.fetching());
        }
    }

    /** @throws IllegalArgumentException when two issuers share a name or an {@code iss} */
    public Authenticator(Collection<IssuerSettings> issuers, KeyFetcher fetcher, Clock clock) {
        this.fetcher = fetcher;
        this.clock = clock;
        this.issuers = trusted(issuers, Map.of());
    }

    /** The identity that the token proves, or why it proves none. Never throws. */
    public Authentication authenticate(Secret token) {
        try {
            return token.lend(this::check);
        } catch (RuntimeException e) {
            // Its message may quote the token: only its kind is passed on.
            return new Refused(Reason.CHECK_FAILED, e.getClass().getName());
        }
    }

    /**
     * Trusts these issuers from here on, and no others. Keys already had are kept for issuers whose keys come from where
     * they came from before.
     *
     * @throws IllegalArgumentException when two issuers share a name or an {@code iss}; nothing changes then
     */
    public synchronized void replace(Collection<IssuerSettings> settings) {
        issuers = trusted(settings, issuers);
    }

    /**
     * Whether a token of this identity's issuer could still be taken. Sessions of an issuer that was removed, or whose
     * name now belongs to another, end.
     */
    public boolean stillTrusts(Identity identity) {
        TrustedIssuer issuer = issuers.get(String.valueOf(identity.claims().get("iss")));
        return issuer != null && issuer.settings().name().equals(identity.issuer());
    }

    /** The settings in force. */
    public List<IssuerSettings> issuers() {
        return issuers.values().stream().map(TrustedIssuer::settings).toList();
    }

    /** Fetches all keys, and again whenever that is due, until {@link #close()}. */
    public synchronized void start() {
        if (refresher == null) {
            refresher = Thread.ofVirtual().name("sallyport-issuer-keys").start(this::refreshUntilInterrupted);
        }
    }

    @Override
    public synchronized void close() {
        if (refresher != null) {
            refresher.interrupt();
            refresher = null;
        }
    }

    /** One thread an issuer, so that one that hangs does not delay the others. */
    void refreshDue() {
        for (TrustedIssuer issuer : issuers.values()) {
            if (issuer.keys().isDue()) {
                Thread.startVirtualThread(issuer.keys()::refreshIfDue);
            }
        }
    }

    private void refreshUntilInterrupted() {
        try {
            while (true) {
                refreshDue();
                Thread.sleep(TICK);
            }
        } catch (InterruptedException closed) {
            // The way out: close() was called.
        }
    }

    private Authentication check(byte[] utf8) {
        try {
            return new Authenticated(identify(CompactToken.parse(utf8)));
        } catch (Refusal refusal) {
            return refusal.asValue();
        }
    }

    private Identity identify(CompactToken token) throws Refusal {
        String iss = token.claimText("iss").orElse("");
        TrustedIssuer issuer = issuers.get(iss);
        if (issuer == null) {
            throw new Refusal(Reason.ISSUER_UNKNOWN, "iss " + Excerpt.of(iss));
        }
        SignatureAlgorithm algorithm = issuer.terms().algorithm(token);
        issuer.terms().requireType(token);
        Optional<String> kid = token.headerText("kid");
        VerificationKey key = issuer.keys().key(kid, algorithm);
        if (!key.verifies(algorithm, token.signingInput(), token.signature())) {
            throw new Refusal(
                    Reason.SIGNATURE_INVALID,
                    algorithm.joseName() + " by kid " + Excerpt.of(kid.orElse("")) + " of "
                            + issuer.settings().name());
        }
        return issuer.terms().identity(token, clock.instant());
    }

    private Map<String, TrustedIssuer> trusted(Collection<IssuerSettings> settings, Map<String, TrustedIssuer> before) {
        Map<String, TrustedIssuer> trusted = new LinkedHashMap<>();
        for (IssuerSettings each : settings) {
            boolean nameTaken = trusted.values().stream()
                    .anyMatch(other -> other.settings().name().equals(each.name()));
            TrustedIssuer old = before.get(each.issuer());
            KeyCache keys = old != null && old.hasKeysOf(each) ? old.keys() : new KeyCache(each, fetcher, clock);
            TrustedIssuer twin = trusted.put(each.issuer(), new TrustedIssuer(each, new TokenTerms(each), keys));
            if (nameTaken || twin != null) {
                throw new IllegalArgumentException("issuer " + each.name() + ": name or iss is taken by another");
            }
        }
        return Map.copyOf(trusted);
    }
}
