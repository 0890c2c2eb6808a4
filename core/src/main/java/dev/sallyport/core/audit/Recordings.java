package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SessionSummary.Counts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sessions that a log holds. Each question reads the log from its start: it is the truth, and needs no index. */
public final class Recordings {
    private final LogPlace log;

    public Recordings(LogPlace log) {
        this.log = log;
    }

    /**
     * What was found.
     *
     * @param found the answer
     * @param tail what stands unreadable at the log's end, where something does
     * @param damage what could not be read before the end, so that something may be missing in {@code found}
     */
    public record Result<T>(T found, Optional<String> tail, List<String> damage) {
        public Result {
            damage = List.copyOf(damage);
        }
    }

    /** The sessions that match, in the order in which they were opened. */
    public Result<List<SessionSummary>> list(SessionFilter filter) throws IOException {
        Map<String, SessionSummary> sessions = new LinkedHashMap<>();
        try (SalvagingReader reader = SalvagingReader.open(log)) {
            for (Optional<StoredEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                note(sessions, next.get().event(), filter);
            }
            List<SessionSummary> found =
                    sessions.values().stream().filter(filter::matches).toList();
            return new Result<>(found, reader.tail(), reader.damage());
        }
    }

    private static void note(Map<String, SessionSummary> sessions, AuditEvent event, SessionFilter filter) {
        if (event instanceof AuditEvent.SessionOpened opened) {
            if (filter.matches(opened)) {
                sessions.put(opened.session(), new SessionSummary(opened, Counts.NONE, Optional.empty()));
            }
            return;
        }
        if (event instanceof AuditEvent.SessionContinued continued && filter.matches(continued.opened())) {
            // Of some use only where the segment that it was opened in is gone.
            AuditEvent.SessionOpened opened = continued.opened();
            sessions.putIfAbsent(opened.session(), new SessionSummary(opened, Counts.NONE, Optional.empty()));
            return;
        }
        Recording.sessionOf(event)
                .ifPresent(session -> sessions.computeIfPresent(session, (id, known) -> with(known, event)));
    }

    private static SessionSummary with(SessionSummary known, AuditEvent event) {
        Counts counts = known.counts();
        if (event instanceof AuditEvent.CommandDecided command) {
            return new SessionSummary(known.opened(), counts.with(command), known.closed());
        }
        if (event instanceof AuditEvent.Answered answered) {
            return new SessionSummary(known.opened(), counts.with(answered), known.closed());
        }
        if (event instanceof AuditEvent.SessionClosed closed) {
            return new SessionSummary(known.opened(), counts, Optional.of(closed));
        }
        return known;
    }

    /** The connections that never became a session. */
    public Result<List<StoredEvent>> refused(SessionFilter filter) throws IOException {
        List<StoredEvent> found = new ArrayList<>();
        try (SalvagingReader reader = SalvagingReader.open(log)) {
            for (Optional<StoredEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                if (next.get().event() instanceof AuditEvent.ConnectionRefused refused && matches(filter, refused)) {
                    found.add(next.get());
                }
            }
            return new Result<>(found, reader.tail(), reader.damage());
        }
    }

    private static boolean matches(SessionFilter filter, AuditEvent.ConnectionRefused refused) {
        return filter.identity()
                        .map(wanted ->
                                refused.principal().filter(wanted::equals).isPresent())
                        .orElse(true)
                && filter.target().map(refused.target()::equals).orElse(true)
                && filter.since().map(time -> !refused.at().isBefore(time)).orElse(true)
                && filter.until().map(refused.at()::isBefore).orElse(true);
    }

    /** All events of one session, one after the other. */
    public Recording open(String session) throws IOException {
        return new Recording(SalvagingReader.open(log), session);
    }
}
