package dev.sallyport.server.export;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which events an export is to have; what is absent or empty does not matter.
 *
 * @param session this session's id
 * @param identity of sessions of this {@code issuer:subject}, or subject alone
 * @param target of sessions on this target
 * @param since at this time or later
 * @param until before this time
 * @param types of one of these types, as exports name them
 */
public record Wanted(
        Optional<String> session,
        Optional<String> identity,
        Optional<String> target,
        Optional<Instant> since,
        Optional<Instant> until,
        Set<String> types) {
    public Wanted {
        types = Set.copyOf(types);
    }

    /** Whether only events of some sessions are wanted, so that it has to be known which session is whose. */
    boolean bySession() {
        return session.isPresent() || identity.isPresent() || target.isPresent();
    }
}
