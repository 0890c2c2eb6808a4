package dev.sallyport.server.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is behind the sessions that are open at the place that the index has come to: a command's record names its session
 * alone. Sessions are known by their term. Remembers what changed since it was last stored.
 */
final class OpenSessions {
    private final Map<Long, Opened> open;
    private final Set<Long> changed = new HashSet<>();
    private boolean allEnded;

    OpenSessions(Map<Long, Opened> open) {
        this.open = new HashMap<>(open);
    }

    /**
     * One of them.
     *
     * @param record the index of the last record that tells how it was opened
     * @param terms what each of its commands can be found by
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Opened(long record, long[] terms) {}

    void open(long session, Opened opened) {
        if (open.putIfAbsent(session, opened) == null) {
            changed.add(session);
        }
    }

    /** The session is told of again, nearer to what comes. */
    void goOn(long session, Opened opened) {
        open.put(session, opened);
        changed.add(session);
    }

    Optional<Opened> find(long session) {
        return Optional.ofNullable(open.get(session));
    }

    void close(long session) {
        if (open.remove(session) != null) {
            changed.add(session);
        }
    }

    /** A gateway that starts has none of those of the one before. */
    void endAll() {
        open.clear();
        changed.clear();
        allEnded = true;
    }

    boolean haveAllEnded() {
        return allEnded;
    }

    /** Those that were opened or closed. */
    Set<Long> changed() {
        return Set.copyOf(changed);
    }

    void stored() {
        changed.clear();
        allEnded = false;
    }
}
