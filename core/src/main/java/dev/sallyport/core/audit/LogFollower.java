package dev.sallyport.core.audit;

import dev.sallyport.core.audit.LogFollower.Step.Gap;
import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log on and on, behind whoever writes it, from any place: for what is derived from the log or sent out of it. It
 * reads the files alone and takes no lock, so it costs the writer nothing, however slow it is.
 *
 * <p>It goes up to where it is told that the log is safe: what was written but not synced may be gone after the machine
 * died, and its indexes stand for other records then. Whoever keeps {@link #position} and begins there again after a
 * restart misses nothing. What can no longer be read is told as a {@link Step.Gap}. Not safe for use by several threads;
 * waiting ends by interrupting.
 */
public final class LogFollower implements AutoCloseable {
    /** For whoever follows without the writer at hand: all that is in the files, synced or not. */
    public static final LongSupplier WHATEVER_IS_WRITTEN = () -> Long.MAX_VALUE;

    /** How long it takes at most to notice what came. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final LogDirectory directory;
    private final LongSupplier safe;
    private final AuditReader reader;
    private final String log;
    private long position;
    private @Nullable StoredEvent ahead;
    private @Nullable Gap gap;
    private String trouble = "";
    private boolean begun;

    private LogFollower(LogDirectory directory, LongSupplier safe, AuditReader reader, String log, long position) {
        this.directory = directory;
        this.safe = safe;
        this.reader = reader;
        this.log = log;
        this.position = position;
    }

    /** What comes next. */
    public sealed interface Step {
        /** An event; the next one's index is higher. */
        record Event(StoredEvent stored) implements Step {}

        /**
         * Records that cannot be had.
         *
         * @param from the index of the first of them
         * @param until the index behind the last of them; where the log was rolled back, it is the lower one, and what
         *     comes next has indexes that were seen before
         * @param detail what was found, for people; may be empty
         */
        record Gap(long from, long until, Cause cause, String detail) implements Step {}
    }

    /** Why records cannot be had. */
    public enum Cause {
        /** The log begins behind them. */
        DELETED,
        /** They are damaged, or of a kind that this version does not know. */
        DAMAGED,
        /** The log ends before them: it was put back to an older state. */
        ROLLED_BACK
    }

    /**
     * Begins with the first record that there is.
     *
     * @param safe up to which index, exclusive, may be read; asked again and again, and must not block
     */
    public static LogFollower fromStart(LogPlace log, LongSupplier safe) throws IOException {
        LogDirectory directory = new LogDirectory(log.directory());
        SegmentHeader first = segmentWith(directory, 0);
        return begin(directory, log.keys(), safe, first, first.firstIndex());
    }

    /** Begins with record {@code index}, which may be yet to come. */
    public static LogFollower from(LogPlace log, long index, LongSupplier safe) throws IOException {
        LogDirectory directory = new LogDirectory(log.directory());
        long end = safe.getAsLong();
        LogFollower follower = begin(directory, log.keys(), safe, segmentWith(directory, Math.min(index, end)), index);
        if (index > end) {
            follower.gap = new Gap(index, end, Cause.ROLLED_BACK, "");
        }
        return follower;
    }

    private static LogFollower begin(
            LogDirectory directory, KeyRing keys, LongSupplier safe, SegmentHeader segment, long position)
            throws IOException {
        AuditReader reader = AuditReader.begin(directory, segment.number(), keys);
        return new LogFollower(directory, safe, reader, segment.log(), position);
    }

    /** The segment that the record is in, or should be; the first readable one where the log begins behind it. */
    private static SegmentHeader segmentWith(LogDirectory directory, long index) throws IOException {
        SegmentHeader best = null;
        for (long number : directory.segments().reversed()) {
            Optional<SegmentHeader> header = header(directory, number);
            if (header.isPresent()) {
                best = header.get();
                if (best.firstIndex() <= index) {
                    return best;
                }
            }
        }
        if (best == null) {
            throw new IOException(directory.path() + " holds no audit log");
        }
        return best;
    }

    /** Empty where it is damaged, or just gone. */
    private static Optional<SegmentHeader> header(LogDirectory directory, long number) throws IOException {
        try (SegmentReader segment = SegmentReader.open(directory.records(number), SegmentHeader.Kind.RECORDS)) {
            return Optional.of(segment.header());
        } catch (NoSuchFileException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    /** The log's id, in hex. */
    public String log() {
        return log;
    }

    /** The index of the record that comes next: all before it were handed out, or told as a gap. */
    public long position() {
        return position;
    }

    /** See {@link AuditReader#tail()}. */
    public Optional<String> tail() {
        return reader.tail();
    }

    /** What keeps it from going on, where it stands before damage with nothing readable behind. */
    public Optional<String> damage() {
        return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    /** What comes next; empty where nothing has come within {@code patience}. */
    public Optional<Step> next(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<Step> step = now();
            long left = deadline - System.nanoTime();
            if (step.isPresent() || left <= 0) {
                return step;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, POLL.toNanos()));
        }
    }

    private Optional<Step> now() throws IOException {
        Gap told = gap;
        if (told != null) {
            gap = null;
            position = told.until();
            return Optional.of(told);
        }
        if (position >= safe.getAsLong() || !look()) {
            return Optional.empty();
        }
        StoredEvent found = ahead;
        if (found == null || found.index() >= safe.getAsLong()) {
            return Optional.empty();
        }
        if (found.index() > position && isLoss()) {
            gap = new Gap(position, found.index(), cause(), trouble);
            return now();
        }
        ahead = null;
        trouble = "";
        begun = true;
        position = found.index() + 1;
        return Optional.of(new Step.Event(found));
    }

    /** Sees to it that the next event is known. False where there is none yet. */
    private boolean look() throws IOException {
        for (int attempt = 0; ahead == null && attempt < 2; ) {
            Optional<StoredEvent> next = read();
            if (next.isEmpty()) {
                // Once more: the reader may have had the place in its buffer from before anything was written there.
                attempt++;
            } else if (next.get().index() >= position) {
                ahead = next.get();
            }
        }
        return ahead != null;
    }

    private Optional<StoredEvent> read() throws IOException {
        while (true) {
            try {
                return reader.next();
            } catch (DamagedLogException damaged) {
                trouble = String.valueOf(damaged.getMessage());
                if (!reader.skipDamage()) {
                    return Optional.empty();
                }
            }
        }
    }

    /**
     * Records between two events need not be lost: not each is an event, and a session may have been erased. What was
     * deleted before the first event is no trouble to the reader, later it is.
     */
    private boolean isLoss() throws IOException {
        return !trouble.isEmpty() || (!begun && cause() == Cause.DELETED);
    }

    /** Whether what is missing before the next event was deleted with its segments, or is damaged. */
    private Cause cause() throws IOException {
        List<Long> segments = directory.segments();
        boolean begins = !segments.isEmpty()
                && header(directory, segments.getFirst())
                        .filter(first -> first.firstIndex() > position)
                        .isPresent();
        return begins ? Cause.DELETED : Cause.DAMAGED;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
