package dev.sallyport.server.export;

import dev.sallyport.core.audit.LogFollower;
import dev.sallyport.core.audit.LogFollower.Cause;
import dev.sallyport.core.audit.LogFollower.Step;
import dev.sallyport.core.audit.LogPlace;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hands out the lines of a log, those that are wanted, from some record on. */
public final class Export {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final LogPlace log;
    private final Wanted wanted;
    private final Optional<Long> from;
    private final Clock clock;

    /** From the log's start where {@code from} is absent, else from the record of that index. */
    public Export(LogPlace log, Wanted wanted, Optional<Long> from, Clock clock) {
        this.log = log;
        this.wanted = wanted;
        this.from = from;
        this.clock = clock;
    }

    /** Takes the lines. */
    public interface Lines {
        /** False where it takes no more. */
        boolean take(String line) throws IOException;

        /** There is nothing more to take for now. False where it takes no more. */
        boolean flush() throws IOException;
    }

    /**
     * What was met.
     *
     * @param damage what could not be read, so that something is missing
     * @param tail what stands unreadable at the log's end, where something does
     */
    public record Outcome(List<String> damage, Optional<String> tail) {
        public Outcome {
            damage = List.copyOf(damage);
        }
    }

    /** Ends where the log does, or goes on for as long as {@code follow} is true and more lines are taken. */
    public Outcome run(Lines lines, boolean follow) throws IOException, InterruptedException {
        Selection selection = new Selection(wanted);
        List<String> damage = new ArrayList<>();
        try (LogFollower follower = open()) {
            while (true) {
                Optional<Step> step = follower.next(follow ? PATIENCE : Duration.ZERO);
                if (step.isEmpty()) {
                    boolean more = lines.flush();
                    if (!follow || !more) {
                        follower.damage().ifPresent(damage::add);
                        return new Outcome(damage, follower.tail());
                    }
                } else if (isWanted(step.get(), selection, damage)
                        && !lines.take(ExportLines.of(step.get(), clock.instant()))) {
                    return new Outcome(damage, Optional.empty());
                }
            }
        }
    }

    /** Whose a session is, is known from its start alone. */
    private LogFollower open() throws IOException {
        return wanted.bySession() || from.isEmpty()
                ? LogFollower.fromStart(log, LogFollower.WHATEVER_IS_WRITTEN)
                : LogFollower.from(log, from.get(), LogFollower.WHATEVER_IS_WRITTEN);
    }

    private boolean isWanted(Step step, Selection selection, List<String> damage) {
        return switch (step) {
            case Step.Event(var stored) -> selection.has(stored) && stored.index() >= from.orElse(0L);
            case Step.Gap gap -> {
                if (gap.cause() == Cause.DAMAGED) {
                    damage.add(gap.detail());
                }
                yield gap.until() > from.orElse(0L);
            }
        };
    }
}
