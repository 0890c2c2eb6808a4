package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes the records of the oldest segments, a few at a time, all up to one of them: what is left of the log has no gaps.
 * A segment stays, with all behind it, while a session that it has records of is held, and while the one behind it needs
 * it.
 *
 * <p><b>Order.</b> First the leaf hashes are written under another name and synced, then the event is synced, and a
 * checkpoint that speaks of it, then they get their name, then the records and keys go. So leaf hashes under their own
 * name say that what goes is on record, and that the rest may be done, by whoever opens the log next; and what is gone is
 * gone by right only if the log's signer says so.
 */
final class Retention {
    /** Their leaf hashes take room before the records give any, and a disk may have little left. */
    private static final int MOST_AT_ONCE = 4;

    private final LogFiles files;
    private final LogDirectory directory;
    private final RetentionLimits limits;
    private final Instant now;

    Retention(LogFiles files, LogDirectory directory, RetentionLimits limits, Instant now) {
        this.files = files;
        this.directory = directory;
        this.limits = limits;
        this.now = now;
    }

    /**
     * Ends what was interrupted.
     *
     * @throws DamagedLogException where leaf hashes are not those of the records beside them, which stay then
     */
    static void finish(LogFiles files, LogDirectory directory) throws IOException {
        boolean changed = false;
        for (long number : Files.isDirectory(directory.path()) ? directory.leavesFiles() : List.<Long>of()) {
            if (Files.exists(directory.records(number))) {
                LeafHashes.requireWhole(directory, number);
            }
            for (Path file : List.of(directory.records(number), directory.keys(number))) {
                if (Files.exists(file)) {
                    files.deleteIfExists(file);
                    changed = true;
                }
            }
        }
        if (changed) {
            files.syncDirectory(directory.path());
        }
    }

    /** What is to go next. */
    Optional<SegmentsDeleted> plan(Holds holds) throws IOException {
        List<Long> segments = directory.segments();
        // The last one is being written.
        List<Long> closed = segments.subList(0, segments.size() - 1);
        int tooMuch = tooMuch(segments);
        boolean anyOld = false;
        int count = 0;
        for (int next = 0; next < closed.size() && (count == 0 || next < MOST_AT_ONCE); next++) {
            long number = closed.get(next);
            boolean old = isTooOld(number);
            if ((!old && next >= tooMuch) || holds.isAnyIn(directory.keys(number))) {
                break;
            }
            anyOld |= old;
            if (!header(number + 1).afterFailure()) {
                count = next + 1;
            }
        }
        if (count == 0) {
            return Optional.empty();
        }
        long first = closed.getFirst();
        long last = closed.get(count - 1);
        long before = header(first).firstIndex();
        long after = header(last + 1).firstIndex();
        return Optional.of(new SegmentsDeleted(now, first, last, after - before, after, rules(anyOld, tooMuch > 0)));
    }

    private String rules(boolean old, boolean much) {
        List<String> rules = new ArrayList<>();
        limits.maxAge().filter(age -> old).ifPresent(age -> rules.add("maxAge " + age));
        limits.maxBytes().filter(bytes -> much).ifPresent(bytes -> rules.add("maxBytes " + bytes));
        return String.join(", ", rules);
    }

    private boolean isTooOld(long number) throws IOException {
        return limits.maxAge().isPresent()
                && end(number).isBefore(now.minus(limits.maxAge().get()));
    }

    /**
     * How many of the first have to go for the rest to be no more than allowed. What stays of a segment does not count: else
     * there would come a day from which on it left no room for records.
     */
    private int tooMuch(List<Long> segments) throws IOException {
        if (limits.maxBytes().isEmpty()) {
            return 0;
        }
        long bytes = 0;
        for (long number : segments) {
            bytes += records(number);
        }
        int count = 0;
        for (; count < segments.size() - 1 && bytes > limits.maxBytes().get(); count++) {
            bytes -= records(segments.get(count));
        }
        return count;
    }

    private long records(long number) throws IOException {
        return size(directory.records(number)) + size(directory.keys(number));
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** When its last record was there already, by its last checkpoint; by the file's time where there is none. */
    private Instant end(long number) throws IOException {
        Instant end = Files.getLastModifiedTime(directory.records(number)).toInstant();
        try (SegmentReader reader = SegmentReader.open(directory.checkpoints(number), SegmentHeader.Kind.CHECKPOINTS)) {
            while (reader.next() instanceof Step.Whole(StoredRecord stored)) {
                end = Checkpoint.parse(stored.payload()).at();
            }
        } catch (IllegalArgumentException damaged) {
            throw damaged(number, damaged);
        }
        return end;
    }

    private SegmentHeader header(long number) throws IOException {
        try (SegmentReader reader = SegmentReader.open(directory.records(number), SegmentHeader.Kind.RECORDS)) {
            return reader.header();
        } catch (IllegalArgumentException damaged) {
            throw damaged(number, damaged);
        }
    }

    private static DamagedLogException damaged(long number, IllegalArgumentException why) {
        return new DamagedLogException("segment " + number, why.getMessage() + "; nothing is deleted");
    }

    /** Writes the leaf hashes. What is not what the segment behind says is evidence of something, and stays. */
    void prepare(SegmentsDeleted plan) throws IOException {
        try {
            for (long number = plan.first(); number <= plan.last(); number++) {
                LeafHashes.write(files, directory, number, header(number + 1));
            }
        } catch (IOException | IllegalArgumentException failed) {
            abandon(plan);
            throw failed;
        }
    }

    /** Takes back what was prepared: a disk that is full needs the room. */
    void abandon(SegmentsDeleted plan) {
        for (long number = plan.first(); number <= plan.last(); number++) {
            try {
                files.deleteIfExists(LogDirectory.unfinished(directory.leaves(number)));
            } catch (IOException ignored) {
                // The next try writes it anew.
            }
        }
    }

    /** Once the event is on disk. */
    void carryOut(SegmentsDeleted plan) throws IOException {
        for (long number = plan.first(); number <= plan.last(); number++) {
            files.replace(LogDirectory.unfinished(directory.leaves(number)), directory.leaves(number));
        }
        files.syncDirectory(directory.path());
        finish(files, directory);
    }
}
