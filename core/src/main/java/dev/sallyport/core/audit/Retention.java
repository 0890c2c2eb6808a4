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
 * Deletes the records of the oldest segments, all up to one of them: what is left of the log has no gaps. A segment stays,
 * with all behind it, while a session that it has records of is held, and while the one behind it needs it.
 *
 * <p><b>Order.</b> First the leaf hashes are written under another name, then the event is synced, then they get their
 * name, then the records and keys go. So leaf hashes under their own name say that the event is on disk, and that the
 * rest may be done, by whoever opens the log next.
 */
final class Retention {
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

    /** Ends what was interrupted. */
    static void finish(LogFiles files, LogDirectory directory) throws IOException {
        boolean changed = false;
        for (long number : Files.isDirectory(directory.path()) ? directory.leavesFiles() : List.<Long>of()) {
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

    /** What is to go. */
    Optional<SegmentsDeleted> plan(Holds holds) throws IOException {
        List<Long> segments = directory.segments();
        // The last one is being written.
        List<Long> closed = segments.subList(0, segments.size() - 1);
        List<String> rules = new ArrayList<>();
        long count = free(closed, holds, Math.max(tooOld(closed, rules), tooMuch(closed, rules)));
        if (count == 0) {
            return Optional.empty();
        }
        long first = closed.getFirst();
        long last = closed.get((int) count - 1);
        long before = header(first).firstIndex();
        long after = header(last + 1).firstIndex();
        return Optional.of(new SegmentsDeleted(now, first, last, after - before, after, String.join(", ", rules)));
    }

    private int tooOld(List<Long> closed, List<String> rules) throws IOException {
        if (limits.maxAge().isEmpty()) {
            return 0;
        }
        Instant oldest = now.minus(limits.maxAge().get());
        int count = 0;
        while (count < closed.size() && end(closed.get(count)).isBefore(oldest)) {
            count++;
        }
        if (count > 0) {
            rules.add("maxAge " + limits.maxAge().get());
        }
        return count;
    }

    private int tooMuch(List<Long> closed, List<String> rules) throws IOException {
        if (limits.maxBytes().isEmpty()) {
            return 0;
        }
        long bytes = 0;
        for (long number : directory.checkpointFiles()) {
            bytes += size(directory.checkpoints(number)) + size(directory.leaves(number)) + records(number);
        }
        int count = 0;
        for (; count < closed.size() && bytes > limits.maxBytes().get(); count++) {
            bytes -= records(closed.get(count));
        }
        if (count > 0) {
            rules.add("maxBytes " + limits.maxBytes().get());
        }
        return count;
    }

    private long records(long number) throws IOException {
        return size(directory.records(number)) + size(directory.keys(number));
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** How many of the first {@code most} may go. */
    private int free(List<Long> closed, Holds holds, int most) throws IOException {
        int count = 0;
        while (count < most && !holds.isAnyIn(directory.keys(closed.get(count)))) {
            count++;
        }
        while (count > 0 && header(closed.get(count - 1) + 1).afterFailure()) {
            count--;
        }
        return count;
    }

    /** When its last record was there already, by its last checkpoint; by the file's time where there is none. */
    private Instant end(long number) throws IOException {
        Instant end = Files.getLastModifiedTime(directory.records(number)).toInstant();
        try (SegmentReader reader = SegmentReader.open(directory.checkpoints(number), SegmentHeader.Kind.CHECKPOINTS)) {
            while (reader.next() instanceof Step.Whole(StoredRecord stored)) {
                end = Checkpoint.parse(stored.body()).at();
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
        for (long number = plan.first(); number <= plan.last(); number++) {
            LeafHashes.write(files, directory, number, header(number + 1));
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
