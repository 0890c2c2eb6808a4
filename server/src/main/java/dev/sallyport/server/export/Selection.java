package dev.sallyport.server.export;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.core.audit.AuditEvent.SessionContinued;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.audit.Recording;
import dev.sallyport.core.audit.StoredEvent;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Picks out what is wanted. It has to see all events from the log's start, where sessions matter. */
final class Selection {
    private final Wanted wanted;
    private final Set<String> sessions = new HashSet<>();

    Selection(Wanted wanted) {
        this.wanted = wanted;
    }

    boolean has(StoredEvent stored) {
        AuditEvent event = stored.event();
        return isOfSession(event)
                && (wanted.types().isEmpty() || wanted.types().contains(stored.type()))
                && wanted.since().map(time -> !event.at().isBefore(time)).orElse(true)
                && wanted.until().map(event.at()::isBefore).orElse(true);
    }

    private boolean isOfSession(AuditEvent event) {
        if (!wanted.bySession()) {
            return true;
        }
        if (event instanceof SessionOpened opened && isWanted(opened)) {
            sessions.add(opened.session());
        }
        if (event instanceof SessionContinued continued && isWanted(continued.opened())) {
            // Where the segment is gone in which it was opened.
            sessions.add(continued.opened().session());
        }
        if (event instanceof ConnectionRefused refused) {
            return isWanted(refused);
        }
        Optional<String> session = Recording.sessionOf(event).filter(sessions::contains);
        if (event instanceof SessionClosed closed) {
            sessions.remove(closed.session());
        }
        return session.isPresent();
    }

    private boolean isWanted(SessionOpened opened) {
        return wanted.session().map(opened.session()::equals).orElse(true)
                && isIdentity(opened.issuer() + ":" + opened.subject())
                && wanted.target().map(opened.target()::equals).orElse(true);
    }

    private boolean isWanted(ConnectionRefused refused) {
        return wanted.session().isEmpty()
                && isIdentity(refused.principal().orElse(""))
                && wanted.target().map(refused.target()::equals).orElse(true);
    }

    /** An issuer's name has no colon in it; a subject may. */
    private boolean isIdentity(String principal) {
        return wanted.identity()
                .map(who -> who.equals(principal) || who.equals(principal.substring(principal.indexOf(':') + 1)))
                .orElse(true);
    }
}
