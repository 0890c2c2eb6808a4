package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentReader.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Checks a segment's file of keys: header, frames and checksums. Whether the keys are right is not to be seen without the
 * key-encryption key, but a wrong one opens nothing, since records commit to theirs.
 */
final class KeyScan {
    private KeyScan() {}

    /**
     * Tells what is wrong.
     *
     * @param next the segment behind; a crash may have torn this one's keys where it says so
     * @param looks how often the end of what may be being written is looked at
     */
    static void check(
            LogDirectory directory, SegmentHeader segment, Optional<SegmentHeader> next, int looks, Findings findings)
            throws IOException {
        Path path = directory.keys(segment.number());
        long offset = 0;
        try (SegmentReader reader = SegmentReader.open(path, SegmentHeader.Kind.KEYS)) {
            if (!Arrays.equals(
                    reader.header().encode(),
                    segment.withKind(SegmentHeader.Kind.KEYS).encode())) {
                findings.fault(path, 0, segment.firstIndex(), "its header is not that of the segment");
            }
            offset = reader.offset();
            Step step = reader.next();
            while (step instanceof Step.Whole || passErasing(directory, reader, step, findings)) {
                if (step instanceof Step.Whole(StoredRecord stored)) {
                    KeyTable.read(stored);
                }
                offset = reader.offset();
                step = Patience.next(reader, next.isEmpty() ? looks : 1);
            }
            if (step instanceof Step.Broken(String what)) {
                broken(path, offset, segment, next, what, findings);
            }
        } catch (IllegalArgumentException unreadable) {
            findings.fault(path, offset, segment.firstIndex(), String.valueOf(unreadable.getMessage()));
        } catch (NoSuchFileException missing) {
            findings.fault(path, 0, segment.firstIndex(), "the segment's keys are missing");
        }
    }

    /** An erasure that was interrupted may have left an entry half overwritten; the next who opens the log finishes it. */
    private static boolean passErasing(LogDirectory directory, SegmentReader reader, Step step, Findings findings)
            throws IOException {
        if (!(step instanceof Step.Broken) || !Files.exists(directory.erasing())) {
            return false;
        }
        Optional<StoredRecord> passed = reader.passBroken();
        passed.ifPresent(stored -> findings.note(directory.erasing().getFileName()
                + ": an erasure is not finished; the next start of the gateway does that"));
        return passed.isPresent();
    }

    private static void broken(
            Path path,
            long offset,
            SegmentHeader segment,
            Optional<SegmentHeader> next,
            String what,
            Findings findings) {
        if (next.isPresent() && next.get().afterFailure()) {
            findings.note(path.getFileName() + " offset " + offset + ": " + what + ", left by a failure");
        } else {
            findings.fault(path, offset, segment.firstIndex(), what);
        }
    }
}
