package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import java.time.Instant;
import java.util.Optional;

/**
 * Which sessions are asked for; what is absent does not matter.
 *
 * @param identity the {@code issuer:subject}, or the subject alone
 * @param target the target's name
 * @param since opened at this time or later
 * @param until opened before this time
 * @param outcome with at least one command that ended so
 */
public record SessionFilter(
        Optional<String> identity,
        Optional<String> target,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<SessionSummary.Outcome> outcome) {
    /** All of them. */
    public static final SessionFilter ALL =
            new SessionFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    boolean matches(SessionOpened opened) {
        String principal = opened.issuer() + ":" + opened.subject();
        return identity.map(wanted -> wanted.equals(principal) || wanted.equals(opened.subject()))
                        .orElse(true)
                && target.map(opened.target()::equals).orElse(true)
                && since.map(time -> !opened.at().isBefore(time)).orElse(true)
                && until.map(opened.at()::isBefore).orElse(true);
    }

    boolean matches(SessionSummary session) {
        return outcome.map(wanted -> session.counts().of(wanted) > 0).orElse(true);
    }
}
