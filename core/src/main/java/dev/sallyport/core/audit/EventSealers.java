package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    /** The sessions that were erased since the start; an earlier gateway's have nothing to say any more. */
    private final Set<String> erased = ConcurrentHashMap.newKeySet();

    /** Where the event belongs; empty where its session was erased: a key made now would outlive that. */
    Optional<EventSealer> of(AuditEvent event) {
        Optional<String> named = Recording.sessionOf(event);
        if (named.isEmpty()) {
            return Optional.of(gateway);
        }
        String session = named.get();
        EventSealer known = open.get(session);
        if (known != null) {
            return Optional.of(known);
        }
        if (erased.contains(session)) {
            return Optional.empty();
        }
        if (event instanceof SessionOpened) {
            return Optional.of(open.computeIfAbsent(session, id -> new EventSealer(Optional.of(id))));
        }
        synchronized (closed) {
            return Optional.of(closed.computeIfAbsent(session, id -> new EventSealer(Optional.of(id))));
        }
    }

    /** Whether there is more to come of a session. */
    boolean isOpen(String session) {
        return open.containsKey(session);
    }

    /** Called when an event is in the log, or will be. */
    void added(AuditEvent event) {
        if (event instanceof SessionClosed ended) {
            close(ended.session());
        }
    }

    /** Called when an event did not get into the log: what it says is true nevertheless, and a refused session never is. */
    void refused(AuditEvent event) {
        if (event instanceof SessionClosed ended) {
            close(ended.session());
        } else if (event instanceof SessionOpened never) {
            close(never.session());
        }
    }

    private void close(String session) {
        EventSealer sealer = open.remove(session);
        if (sealer != null) {
            synchronized (closed) {
                closed.put(session, sealer);
            }
        }
    }

    /** Forgets the key of a session that was closed; nothing is taken of it any more. */
    void forget(String session) {
        erased.add(session);
        EventSealer forgotten;
        synchronized (closed) {
            forgotten = closed.remove(session);
        }
        if (forgotten != null) {
            forgotten.wipe();
        }
    }
}
