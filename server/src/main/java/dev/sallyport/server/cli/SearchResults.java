package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.audit.EventJson;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.server.export.PostgresValues;
import dev.sallyport.server.store.SearchIndex.Found;
import dev.sallyport.server.store.SearchIndex.Hit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a search found, as it is shown: where the index says that something is, the log says what it is. */
final class SearchResults {
    private static final EventJson JSON = new EventJson(PostgresValues::text);
    private static final JsonMapper MAPPER = new JsonMapper(
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build());
    private static final List<String> HEADS =
            List.of("RECORD", "AT", "WHO", "TARGET", "SESSION", "OUTCOME", "INCIDENT", "COMMAND");

    private final Found found;
    private final Map<Long, StoredEvent> events;
    private final List<StoredEvent> shown = new ArrayList<>();
    private final List<Optional<SessionOpened>> sessions = new ArrayList<>();

    SearchResults(Found found, Map<Long, StoredEvent> events) {
        this.found = found;
        this.events = events;
        for (Hit hit : found.hits()) {
            StoredEvent stored = events.get(hit.record());
            if (stored != null) {
                shown.add(stored);
                sessions.add(opened(hit));
            }
        }
    }

    private Optional<SessionOpened> opened(Hit hit) {
        StoredEvent stored = events.get(hit.opened());
        if (stored == null) {
            return Optional.empty();
        }
        if (stored.event() instanceof AuditEvent.SessionContinued continued) {
            return Optional.of(continued.opened());
        }
        return stored.event() instanceof SessionOpened opened ? Optional.of(opened) : Optional.empty();
    }

    /** Whether the log still has all that was found. */
    boolean areWhole() {
        return shown.size() == found.hits().size();
    }

    List<String> table() {
        if (shown.isEmpty()) {
            return List.of("Nothing matches.");
        }
        Table table = new Table(HEADS);
        for (int i = 0; i < shown.size(); i++) {
            table.add(row(shown.get(i), sessions.get(i)));
        }
        return table.lines();
    }

    private static List<String> row(StoredEvent stored, Optional<SessionOpened> session) {
        String record = Long.toString(stored.index());
        AuditEvent event = stored.event();
        if (event instanceof CommandDecided e) {
            return List.of(
                    record,
                    e.at().toString(),
                    session.map(SearchResults::principal).orElse("?"),
                    session.map(SessionOpened::target).orElse("?"),
                    e.session() + " #" + e.sequence(),
                    e.outcome(),
                    e.incident().isEmpty() ? "-" : e.incident(),
                    e.text());
        }
        if (event instanceof ConnectionRefused e) {
            return List.of(
                    record,
                    e.at().toString(),
                    e.principal().orElse(e.claimedUser().isEmpty() ? "-" : e.claimedUser() + " (claimed)"),
                    e.target(),
                    "-",
                    "refused",
                    e.incident(),
                    e.reason());
        }
        return List.of(record, event.at().toString(), "?", "?", "-", "-", "-", stored.type());
    }

    private static String principal(SessionOpened session) {
        return session.issuer() + ":" + session.subject();
    }

    List<String> jsonLines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            String line = JSON.line(shown.get(i));
            lines.add(sessions.get(i).map(session -> with(line, session)).orElse(line));
        }
        return lines;
    }

    private static String with(String line, SessionOpened session) {
        ObjectNode event = (ObjectNode) MAPPER.readTree(line);
        event.put("principal", principal(session));
        event.put("target", session.target());
        // The one control character that JSON lets stand.
        return MAPPER.writeValueAsString(event).replace("\u007f", "\\u007f");
    }

    /** What to say beside what is shown. */
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (found.more()) {
            remarks.add("there is more: --limit shows more of it, --until what is older");
        }
        if (!areWhole()) {
            remarks.add((found.hits().size() - shown.size())
                    + " of what was found cannot be read from the log: deleted meanwhile, or damaged"
                    + " (audit verify says more)");
        }
        remarks.add("the index is current up to record " + found.progress().records()
                + found.progress().at().map(at -> " (" + at + ")").orElse(""));
        return remarks;
    }
}
