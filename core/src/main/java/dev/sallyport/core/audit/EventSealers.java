package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The streams of the sessions that are open, and the gateway's own. Safe for use by several threads. */
final class EventSealers {
    /** A session's last words may come after it was closed: a vote on a command that is no longer held. */
    private static final int CLOSED_KEPT = 1_000;

    private final EventSealer gateway = new EventSealer(Optional.empty());
    private final Map<String, EventSealer> open = new ConcurrentHashMap<>();
    private final Map<String, EventSealer> closed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, EventSealer> eldest) {
            return size() > CLOSED_KEPT;
        }
    };

    /** Where the event belongs. */
    EventSealer of(AuditEvent event) {
        Optional<String> named = Recording.sessionOf(event);
        if (named.isEmpty()) {
            return gateway;
        }
        String session = named.get();
        EventSealer known = open.get(session);
        if (known != null) {
            return known;
        }
        if (event instanceof AuditEvent.SessionOpened) {
            return open.computeIfAbsent(session, id -> new EventSealer(Optional.of(id)));
        }
        synchronized (closed) {
            return closed.computeIfAbsent(session, id -> new EventSealer(Optional.of(id)));
        }
    }

    /** Whether there is more to come of a session. */
    boolean isOpen(String session) {
        return open.containsKey(session);
    }

    /** Called when an event is in the log, or will be. */
    void added(AuditEvent event) {
        if (event instanceof SessionClosed ended) {
            EventSealer sealer = open.remove(ended.session());
            if (sealer != null) {
                synchronized (closed) {
                    closed.put(ended.session(), sealer);
                }
            }
        }
    }

    /** Forgets the key of a session that was closed, so that nothing is written with it again. */
    void forget(String session) {
        EventSealer forgotten;
        synchronized (closed) {
            forgotten = closed.remove(session);
        }
        if (forgotten != null) {
            forgotten.wipe();
        }
    }
}
