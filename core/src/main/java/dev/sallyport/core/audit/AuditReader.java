package dev.sallyport.core.audit;

import dev.sallyport.core.audit.EventOpener.Opened;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a log in order, one at a time, also while a gateway writes it: at the end it gives nothing, and
 * may be asked again later. It checks frames, checksums and indexes; whether the log is what its checkpoints say is
 * {@link AuditVerifier}'s question. Not safe for use by several threads.
 */
public final class AuditReader implements AutoCloseable {
    private final LogDirectory directory;
    private final KeyRing keys;
    private @Nullable SegmentReader segment;
    private @Nullable EventOpener opener;
    private @Nullable String unreadable;
    private boolean bounded;
    private boolean stuck;
    private long index;

    private AuditReader(LogDirectory directory, KeyRing keys) {
        this.directory = directory;
        this.keys = keys;
    }

    /** @throws IOException where there is no such directory, or no log in it */
    public static AuditReader open(LogPlace place) throws IOException {
        LogDirectory directory = new LogDirectory(place.directory());
        List<Long> segments = directory.segments();
        if (segments.isEmpty()) {
            throw new IOException(place.directory() + " holds no audit log");
        }
        return begin(directory, segments.getFirst(), place.keys());
    }

    /**
     * Begins with the first event whose record's index is not less than {@code index}; where the log no longer holds that,
     * with the first that it does hold. Of the segments before it no more than headers are read.
     */
    public static AuditReader openAt(LogPlace place, long index) throws IOException {
        LogDirectory directory = new LogDirectory(place.directory());
        if (directory.segments().isEmpty()) {
            throw new IOException(place.directory() + " holds no audit log");
        }
        AuditReader reader = begin(directory, segmentOf(directory, index), place.keys());
        reader.index = Math.max(reader.index, index);
        return reader;
    }

    /** The last segment that begins at {@code index} or before, else the first there is. */
    static long segmentOf(LogDirectory directory, long index) throws IOException {
        List<Long> segments = directory.segments();
        int low = 0;
        for (int high = segments.size() - 1; low < high; ) {
            int middle = (low + high + 1) >>> 1;
            if (firstIndex(directory, segments.get(middle)) <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return segments.get(low);
    }

    private static long firstIndex(LogDirectory directory, long number) throws IOException {
        try (SegmentReader segment = open(directory, number)) {
            return segment.header().firstIndex();
        }
    }

    /** Begins with a segment, whatever there was before. */
    static AuditReader begin(LogDirectory directory, long number, KeyRing keys) throws IOException {
        AuditReader reader = new AuditReader(directory, keys);
        SegmentReader first = reader.open(number);
        reader.index = first.header().firstIndex();
        reader.enter(first);
        return reader;
    }

    /**
     * The next event; empty where the log ends for now.
     *
     * @throws DamagedLogException where it cannot be read on from here
     */
    public Optional<StoredEvent> next() throws IOException {
        while (true) {
            SegmentReader current = Objects.requireNonNull(segment, "closed");
            Step step = current.next();
            if (step instanceof Step.Whole(StoredRecord stored)) {
                // While it was the last, this segment may have shown records that were written again in the next.
                Optional<StoredEvent> event =
                        stored.index() >= index ? event(current, stored) : passed(current, stored);
                if (event.isPresent()) {
                    return event;
                }
            } else if (bounded && !current.isAtEnd()) {
                stuck = true;
                throw new DamagedLogException(
                        where(current), step instanceof Step.Broken(String what) ? what : "the segment is cut short");
            } else if (!advance(current)) {
                unreadable = step instanceof Step.Broken(String what) ? where(current) + ": " + what : null;
                return Optional.empty();
            }
        }
    }

    /**
     * Goes on to the first event whose record's index is not less than {@code wanted}; never back. What lies between is
     * passed over without being decoded, and whole segments without being read.
     */
    public void skipTo(long wanted) throws IOException {
        if (wanted <= index) {
            return;
        }
        SegmentReader current = Objects.requireNonNull(segment, "closed");
        long number = segmentOf(directory, wanted);
        index = wanted;
        if (number > current.header().number()) {
            SegmentReader next = open(number);
            current.close();
            enter(next);
        }
    }

    /**
     * After a {@link DamagedLogException}: goes to the next place from which it can be read on, which is the next segment
     * where a record could not be read. False where there is none.
     */
    boolean skipDamage() throws IOException {
        SegmentReader current = Objects.requireNonNull(segment, "closed");
        if (!stuck) {
            return true;
        }
        for (long number : directory.segments()) {
            if (number <= current.header().number()) {
                continue;
            }
            try {
                SegmentReader next = open(number);
                current.close();
                stuck = false;
                index = Math.max(index, next.header().firstIndex());
                enter(next);
                return true;
            } catch (DamagedLogException alsoDamaged) {
                // The one behind it, then.
            }
        }
        return false;
    }

    /** What stands behind the last event where the log ends: a record that is being written, or that a crash tore. */
    public Optional<String> tail() {
        return Optional.ofNullable(unreadable);
    }

    /** Goes to the next segment; or, where it has just come, has the rest of this one read first. */
    private boolean advance(SegmentReader current) throws IOException {
        long number = current.header().number() + 1;
        if (!Files.exists(directory.records(number)) && isLast(number - 1)) {
            return false;
        }
        stuck = true;
        SegmentReader next = open(number);
        stuck = false;
        if (bounded || current.offset() >= next.header().previousBytes()) {
            current.close();
            enter(next);
        } else {
            current.endAt(next.header().previousBytes());
            bounded = true;
            next.close();
        }
        return true;
    }

    /** Whether no segment comes behind {@code number}. */
    private boolean isLast(long number) throws IOException {
        return directory.segments().getLast() <= number;
    }

    /** Begins with a segment, and learns from the one behind it where it ends. */
    private void enter(SegmentReader entered) throws IOException {
        segment = entered;
        opener = new EventOpener(directory, entered.header(), keys);
        bounded = false;
        long number = entered.header().number() + 1;
        if (Files.exists(directory.records(number))) {
            try (SegmentReader next = open(number)) {
                entered.endAt(next.header().previousBytes());
                bounded = true;
            } catch (DamagedLogException metAtTheEnd) {
                bounded = false;
            }
        }
        long missing = index;
        if (entered.header().firstIndex() > missing) {
            index = entered.header().firstIndex();
            throw new DamagedLogException(
                    where(entered), "the records " + missing + " to " + (index - 1) + " are missing");
        }
    }

    /** Empty where the record is no event of its own, or its session was erased. */
    private Optional<StoredEvent> event(SegmentReader current, StoredRecord stored) throws IOException {
        index = stored.index() + 1;
        try {
            return switch (Objects.requireNonNull(opener, "closed").open(stored)) {
                case Opened.Event(AuditEvent event) ->
                    Optional.of(new StoredEvent(stored.index(), current.header().number(), stored.offset(), event));
                case Opened.Shape() -> Optional.empty();
                case Opened.Erased() -> Optional.empty();
            };
        } catch (IllegalArgumentException unknown) {
            throw new DamagedLogException(
                    "segment " + current.header().number() + " offset " + stored.offset() + " record " + stored.index(),
                    String.valueOf(unknown.getMessage()));
        }
    }

    private Optional<StoredEvent> passed(SegmentReader current, StoredRecord stored) throws IOException {
        if (stored.index() >= current.header().firstIndex()) {
            try {
                Objects.requireNonNull(opener, "closed").pass(stored);
            } catch (IllegalArgumentException notAsked) {
                // Whoever needs this shape will say that it is missing.
            }
        }
        return Optional.empty();
    }

    private SegmentReader open(long number) throws IOException {
        return open(directory, number);
    }

    private static SegmentReader open(LogDirectory directory, long number) throws IOException {
        try {
            return SegmentReader.open(directory.records(number), SegmentHeader.Kind.RECORDS);
        } catch (NoSuchFileException missing) {
            throw new DamagedLogException("segment " + number, "is missing");
        } catch (IllegalArgumentException unknown) {
            throw new DamagedLogException("segment " + number, String.valueOf(unknown.getMessage()));
        }
    }

    private static String where(SegmentReader reader) {
        return "segment " + reader.header().number() + " offset " + reader.offset();
    }

    @Override
    public void close() throws IOException {
        SegmentReader current = segment;
        segment = null;
        if (current != null) {
            current.close();
        }
    }
}
