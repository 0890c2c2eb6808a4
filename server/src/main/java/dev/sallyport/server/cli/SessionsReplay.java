package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.EventJson;
import dev.sallyport.core.audit.Recording;
import dev.sallyport.core.audit.Recordings;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.server.export.PostgresValues;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A recorded session that happens again. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Watch one session happen again: the commands as they were sent, what was decided and who approved, the answers"
                    + " as the client saw them.",
            "",
            "Time passes as it did, or as --speed says; with --step, each key brings the next command, and q ends.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sallyport sessions replay --config /etc/sallyport 8b9c19we1k5y54e3 --max-wait 2",
            "  sallyport sessions replay --config /etc/sallyport 8b9c19we1k5y54e3 --step",
        })
final class SessionsReplay implements Callable<Integer> {
    private static final EventJson JSON = new EventJson(PostgresValues::text);
    private static final String PROMPT = "-- any key: the next command, q: end --";

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    @Parameters(paramLabel = "ID", description = "The session's id.")
    private String id = "";

    @Option(
            names = "--speed",
            paramLabel = "FACTOR",
            description = "So many times as fast; 0 for all at once. Default: 1.")
    private @Nullable Double speed;

    @Option(names = "--max-wait", paramLabel = "SECONDS", description = "Wait no longer than this between two events.")
    private @Nullable Double maxWait;

    @Option(names = "--step", description = "Wait for a key before each command.")
    private boolean step;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "100",
            description = "Show so many rows of an answer at most. Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(names = "--json", description = "Print JSON Lines: one object for each event.")
    private boolean json;

    private final PrintWriter out;
    private final Pause pause;
    private final IntSupplier columns;
    private final Supplier<Optional<? extends Steps>> keys;

    SessionsReplay(PrintWriter out) {
        this(out, Thread::sleep, Terminal::columns, Terminal::keys);
    }

    SessionsReplay(PrintWriter out, Pause pause, IntSupplier columns, Supplier<Optional<? extends Steps>> keys) {
        this.out = out;
        this.pause = pause;
        this.columns = columns;
        this.keys = keys;
    }

    /** How a replay lets time pass. */
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    @Override
    public Integer call() throws IOException {
        if ((speed != null && !(speed >= 0)) || (maxWait != null && !(maxWait >= 0)) || rows < 0) {
            throw new UsageFault("--speed, --max-wait and --rows: not less than 0");
        }
        if (step && (speed != null || maxWait != null)) {
            throw new UsageFault("--step: time does not pass with it, so neither --speed nor --max-wait can be given");
        }
        try (Recording recording = new Recordings(directory.log()).open(id)) {
            StoredEvent first = SessionsCommand.first(recording, id);
            if (!step) {
                return play(recording, first, new Passing());
            }
            try (Steps steps = keys.get()
                    .orElseThrow(
                            () -> new UsageFault(
                                    "--step: standard input is no terminal, so there are no keys (try --speed and --max-wait)"))) {
                return play(recording, first, new Stepping(steps));
            }
        }
    }

    /** When the next event is due. */
    private interface Pace {
        /** Waits until it is; false where there is to be none. */
        boolean await(AuditEvent next);
    }

    private int play(Recording recording, StoredEvent first, Pace pace) throws IOException {
        ReplayText text = new ReplayText(columns.getAsInt(), rows);
        boolean closed = false;
        for (Optional<StoredEvent> next = Optional.of(first); next.isPresent(); next = recording.next()) {
            AuditEvent event = next.get().event();
            if (!pace.await(event)) {
                return step ? 0 : 1;
            }
            closed |= event instanceof AuditEvent.SessionClosed || event instanceof AuditEvent.SessionErased;
            (json ? List.of(JSON.line(next.get())) : text.lines(event)).forEach(out::println);
            out.flush();
        }
        if (!closed && !json) {
            out.println(ReplayText.unfinished());
        }
        out.flush();
        CommandSpec known = Objects.requireNonNull(spec);
        return LogTrouble.report(
                recording.tail(), recording.damage(), known.commandLine().getErr());
    }

    private final class Passing implements Pace {
        private @Nullable Instant now;

        @Override
        public boolean await(AuditEvent next) {
            Instant before = now;
            now = next.at();
            double factor = speed == null ? 1 : speed;
            if (before == null || factor == 0 || next.at().isBefore(before)) {
                return true;
            }
            double seconds = Duration.between(before, next.at()).toNanos() / 1e9 / factor;
            double wait = maxWait == null ? seconds : Math.min(seconds, maxWait);
            try {
                pause.sleep(Duration.ofNanos((long) (wait * 1e9)));
                return true;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** The prompt goes away again, so that only the session stays on the screen. */
    private final class Stepping implements Pace {
        private final Steps steps;

        Stepping(Steps steps) {
            this.steps = steps;
        }

        @Override
        public boolean await(AuditEvent next) {
            if (!(next instanceof AuditEvent.CommandDecided)) {
                return true;
            }
            out.print(PROMPT);
            out.flush();
            boolean more = steps.next();
            out.print("\r" + " ".repeat(PROMPT.length()) + "\r");
            out.flush();
            return more;
        }
    }
}
