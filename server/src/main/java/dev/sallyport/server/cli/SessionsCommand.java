package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.EventJson;
import dev.sallyport.core.audit.Recording;
import dev.sallyport.core.audit.Recordings;
import dev.sallyport.core.audit.SessionFilter;
import dev.sallyport.core.audit.SessionSummary;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.server.export.PostgresValues;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Recorded sessions: which there were, what happened in one, and to watch it happen again. */
@Command(
        name = "sessions",
        description = "See recorded sessions. They are read from the audit log; the gateway need not run, and may.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sallyport sessions list --audit-dir /var/lib/sallyport/audit --since 24h --outcome denied",
            "  sallyport sessions show --config /etc/sallyport 8b9c19we1k5y54e3",
            "  sallyport sessions replay --config /etc/sallyport 8b9c19we1k5y54e3 --speed 4",
            "",
            "What was recorded is shown with control characters escaped, and as the client saw it: masked.",
        })
final class SessionsCommand {
    private static final EventJson JSON = new EventJson(PostgresValues::text);

    @Spec
    private @Nullable CommandSpec spec;

    private final PrintWriter out;
    private final Clock clock;

    SessionsCommand(PrintWriter out) {
        this(out, Clock.systemUTC());
    }

    SessionsCommand(PrintWriter out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /** An outcome as people write it, in small letters. */
    static final class OutcomeName implements ITypeConverter<SessionSummary.Outcome> {
        OutcomeName() {}

        @Override
        public SessionSummary.Outcome convert(String name) {
            for (SessionSummary.Outcome outcome : SessionSummary.Outcome.values()) {
                if (outcome.name().equalsIgnoreCase(name)) {
                    return outcome;
                }
            }
            throw new TypeConversionException("'" + name + "' (expected: allowed, denied, held or failed)");
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "List sessions, the oldest first: who, where, how many commands, how many of them denied.")
    int list(
            @Mixin AuditDirectory directory,
            @Option(names = "--identity", paramLabel = "WHO", description = "Only of this issuer:subject, or subject.")
                    @Nullable
                    String identity,
            @Option(names = "--target", paramLabel = "NAME", description = "Only on this target.") @Nullable
                    String target,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "Only opened since: 2026-03-04, 2026-03-04T05:06:07Z, or 30m, 24h, 7d ago.")
                    @Nullable
                    String since,
            @Option(names = "--until", paramLabel = "TIME", description = "Only opened before.") @Nullable String until,
            @Option(
                            names = "--outcome",
                            paramLabel = "OUTCOME",
                            converter = OutcomeName.class,
                            description = "Only with a command that was allowed, denied, held, or failed.")
                    SessionSummary.@Nullable Outcome outcome,
            @Option(
                            names = "--refused",
                            description = "List the connections that were refused and never became a session.")
                    boolean refused,
            @Option(names = "--json", description = "Print JSON Lines: one object for each session.") boolean json)
            throws IOException {
        SessionFilter filter = new SessionFilter(
                Optional.ofNullable(identity),
                Optional.ofNullable(target),
                Optional.ofNullable(since).map(text -> Moment.parse(text, clock)),
                Optional.ofNullable(until).map(text -> Moment.parse(text, clock)),
                Optional.ofNullable(outcome));
        Recordings recordings = new Recordings(directory.log());
        if (refused) {
            Recordings.Result<List<StoredEvent>> result = recordings.refused(filter);
            (json ? result.found().stream().map(JSON::line) : refusedTable(result.found()).stream())
                    .forEach(out::println);
            return finish(result.tail(), result.damage());
        } else {
            Recordings.Result<List<SessionSummary>> result = recordings.list(filter);
            (json ? result.found().stream().map(EventJson::line) : table(result.found()).stream())
                    .forEach(out::println);
            return finish(result.tail(), result.damage());
        }
    }

    private static List<String> table(List<SessionSummary> sessions) {
        if (sessions.isEmpty()) {
            return List.of("No session matches.");
        }
        Table table = new Table(
                List.of("SESSION", "OPENED", "WHO", "TARGET", "COMMANDS", "DENIED", "HELD", "FAILED", "CLOSED"));
        for (SessionSummary session : sessions) {
            table.add(List.of(
                    session.opened().session(),
                    session.opened().at().toString(),
                    session.principal(),
                    session.opened().target(),
                    Long.toString(session.counts().commands()),
                    Long.toString(session.counts().denied()),
                    Long.toString(session.counts().held()),
                    Long.toString(session.counts().failed()),
                    session.closed()
                            .map(closed -> closed.at() + " " + closed.reason())
                            .orElse("-")));
        }
        return table.lines();
    }

    private static List<String> refusedTable(List<StoredEvent> refusals) {
        if (refusals.isEmpty()) {
            return List.of("No refused connection matches.");
        }
        Table table = new Table(List.of("INCIDENT", "AT", "FROM", "TARGET", "WHO", "REASON", "DETAIL"));
        for (StoredEvent stored : refusals) {
            if (stored.event() instanceof AuditEvent.ConnectionRefused e) {
                table.add(List.of(
                        e.incident(),
                        e.at().toString(),
                        e.remote(),
                        e.target(),
                        e.principal().orElse(e.claimedUser().isEmpty() ? "-" : e.claimedUser() + " (claimed)"),
                        e.reason(),
                        e.detail()));
            }
        }
        return table.lines();
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Show every event of one session, with all that was recorded of it.")
    int show(
            @Mixin AuditDirectory directory,
            @Parameters(paramLabel = "ID", description = "The session's id.") String id,
            @Option(names = "--json", description = "Print JSON Lines: one object for each event.") boolean json)
            throws IOException {
        EventText text = new EventText(JSON);
        try (Recording recording = new Recordings(directory.log()).open(id)) {
            Optional<StoredEvent> next = Optional.of(first(recording, id));
            for (; next.isPresent(); next = recording.next()) {
                if (json) {
                    out.println(JSON.line(next.get()));
                } else {
                    text.lines(next.get()).forEach(out::println);
                }
            }
            return finish(recording.tail(), recording.damage());
        }
    }

    /** The session's first event. */
    static StoredEvent first(Recording recording, String id) throws IOException {
        Optional<StoredEvent> first = recording.next();
        if (first.isEmpty()) {
            String damaged = recording.damage().isEmpty() ? "" : "; it is damaged, audit verify says where";
            throw new IOException(
                    "no session " + Printable.line(id) + " in this log (sessions list shows which are)" + damaged);
        }
        return first.get();
    }

    private int finish(Optional<String> tail, List<String> damage) {
        out.flush();
        CommandSpec known = Objects.requireNonNull(spec);
        return LogTrouble.report(tail, damage, known.commandLine().getErr());
    }
}
