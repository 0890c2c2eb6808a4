package dev.sallyport.server.store;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.AuditEvent.ConnectionRefused;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.core.command.Effect;
import dev.sallyport.server.export.PostgresValues;
import dev.sallyport.server.store.OpenSessions.Opened;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What events of the log the index has, and by which terms. Not safe for use by several threads. */
final class EventTerms {
    /** How many words of a command's parameters count, beside those of its text. */
    private static final int MOST_PARAMETER_WORDS = 64;

    private static final int MOST_EFFECTS = 128;
    private static final int MOST_GROUPS = 128;
    private static final int MOST_RULES = 64;

    private final Terms terms;
    private final OpenSessions sessions;

    EventTerms(Terms terms, OpenSessions sessions) {
        this.terms = terms;
        this.sessions = sessions;
    }

    OpenSessions sessions() {
        return sessions;
    }

    /** The entry for a command or a refused connection; empty for what only tells about sessions, and for the rest. */
    Optional<Entry> of(StoredEvent stored) {
        switch (stored.event()) {
            case SessionOpened e -> sessions.open(session(e.session()), new Opened(stored.index(), terms(e)));
            case AuditEvent.SessionContinued e ->
                sessions.goOn(session(e.opened().session()), new Opened(stored.index(), terms(e.opened())));
            case AuditEvent.SessionClosed e -> sessions.close(session(e.session()));
            case AuditEvent.GatewayStarted e -> sessions.endAll();
            case CommandDecided e -> {
                return Optional.of(entry(stored.index(), e));
            }
            case ConnectionRefused e -> {
                return Optional.of(new Entry(stored.index(), micros(e.at()), -1, terms(e)));
            }
            case AuditEvent.GatewayStopped e -> {}
            case AuditEvent.RevisionLoaded e -> {}
            case AuditEvent.ApprovalRequested e -> {}
            case AuditEvent.ApprovalVoted e -> {}
            case AuditEvent.ApprovalResolved e -> {}
            case AuditEvent.GrantUsed e -> {}
            case AuditEvent.Answered e -> {}
            case AuditEvent.Noticed e -> {}
            case AuditEvent.TailCut e -> {}
            case AuditEvent.LogInterrupted e -> {}
            // What is in the index already is seen to by who reads the log.
            case AuditEvent.SessionErased e -> {}
            case AuditEvent.SegmentsDeleted e -> {}
            case AuditEvent.HoldPlaced e -> {}
            case AuditEvent.HoldReleased e -> {}
        }
        return Optional.empty();
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }

    private long session(String id) {
        return terms.of(Facet.SESSION, id);
    }

    private long[] terms(SessionOpened e) {
        Collected found = new Collected();
        identity(e.issuer() + ":" + e.subject(), found);
        e.client().ifPresent(client -> found.add(Facet.CLIENT, client));
        e.groups().stream().limit(MOST_GROUPS).forEach(group -> found.add(Facet.GROUP, group));
        found.add(Facet.TARGET, e.target());
        return found.take();
    }

    private long[] terms(ConnectionRefused e) {
        Collected found = new Collected();
        e.principal().ifPresent(principal -> identity(principal, found));
        found.add(Facet.TARGET, e.target());
        found.add(Facet.INCIDENT, e.incident());
        found.add(Facet.OUTCOME, Facet.REFUSED);
        return found.take();
    }

    /** An issuer's name has no colon in it, so the subject begins behind the first. */
    private static void identity(String principal, Collected found) {
        found.add(Facet.IDENTITY, principal);
        found.add(Facet.IDENTITY, principal.substring(principal.indexOf(':') + 1));
    }

    private Entry entry(long record, CommandDecided e) {
        Collected found = new Collected();
        found.add(Facet.SESSION, e.session());
        found.add(Facet.OUTCOME, e.outcome());
        found.add(Facet.INCIDENT, e.incident());
        e.effects().stream().limit(MOST_EFFECTS).forEach(effect -> effect(effect, found));
        e.rules().stream().limit(MOST_RULES).forEach(rule -> rule(rule, found));
        words(e).forEach(word -> found.add(Facet.WORD, word));
        Optional<Opened> opened = sessions.find(session(e.session()));
        opened.ifPresent(by -> found.addAll(by.terms()));
        return new Entry(record, micros(e.at()), opened.map(Opened::record).orElse(-1L), found.take());
    }

    private static void effect(Effect effect, Collected found) {
        found.add(Facet.ACTION, effect.action().label());
        found.add(Facet.OBJECT, effect.object().toString());
        found.add(Facet.OBJECT, effect.object().name());
    }

    /** A rule is named {@code policy/part[number]}. */
    private static void rule(String rule, Collected found) {
        found.add(Facet.RULE, rule);
        int end = rule.indexOf('/');
        if (end > 0) {
            found.add(Facet.RULE, rule.substring(0, end));
        }
    }

    private static Set<String> words(CommandDecided e) {
        Set<String> words = new LinkedHashSet<>(Words.of(e.text()));
        int most = words.size() + MOST_PARAMETER_WORDS;
        for (AuditEvent.RecordedParameter parameter : e.parameters()) {
            text(parameter).ifPresent(text -> Words.collect(text, most, words));
        }
        return words;
    }

    /** Empty for NULL, and for what was recorded as a digest. */
    private static Optional<String> text(AuditEvent.RecordedParameter parameter) {
        return switch (parameter.form()) {
            case "text" -> parameter.value().map(value -> PostgresValues.text(parameter.type(), false, value));
            case "binary" -> parameter.value().map(value -> PostgresValues.text(parameter.type(), true, value));
            default -> Optional.empty();
        };
    }

    /** Terms as they are found, up to the most that an entry has; empty texts are none. */
    private final class Collected {
        private long[] found = new long[32];
        private int count;

        void add(Facet facet, String text) {
            if (!text.isEmpty()) {
                add(terms.of(facet, text));
            }
        }

        void addAll(long[] others) {
            for (long term : others) {
                add(term);
            }
        }

        private void add(long term) {
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            if (count < Entry.MOST_TERMS) {
                found[count++] = term;
            }
        }

        long[] take() {
            return Arrays.copyOf(found, count);
        }
    }
}
