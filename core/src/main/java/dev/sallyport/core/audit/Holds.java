package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.HoldPlaced;
import dev.sallyport.core.audit.AuditEvent.HoldReleased;
import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * The sessions that are held, kept in a file of their ids, one a line, the last line a checksum. Where the file is lost it
 * is made anew from the log's events: those of a hold are behind the session's records, so they are there while it is.
 */
final class Holds {
    private final LogFiles files;
    private final LogDirectory directory;
    private final Set<String> sessions;

    private Holds(LogFiles files, LogDirectory directory, Set<String> sessions) {
        this.files = files;
        this.directory = directory;
        this.sessions = sessions;
    }

    /**
     * Reads them.
     *
     * @param keys for the events, where they are needed
     */
    static Holds open(LogFiles files, LogDirectory directory, KeyRing keys) throws IOException {
        try {
            return new Holds(files, directory, read(directory.holds()));
        } catch (NoSuchFileException | IllegalArgumentException lost) {
            Holds holds = new Holds(files, directory, fromEvents(directory, keys));
            holds.write();
            return holds;
        }
    }

    boolean isHeld(String session) {
        return sessions.contains(session);
    }

    /** Whether a segment with this file of keys has records of one of them. */
    boolean isAnyIn(Path keys) throws IOException {
        if (sessions.isEmpty()) {
            return false;
        }
        KeyFile file = KeyFile.read(keys);
        return file.whole().stream()
                .anyMatch(entry ->
                        KeyTable.read(entry).session().filter(this::isHeld).isPresent());
    }

    void add(String session) throws IOException {
        if (sessions.add(session)) {
            write();
        }
    }

    void remove(String session) throws IOException {
        if (sessions.remove(session)) {
            write();
        }
    }

    private static Set<String> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getLast().equals(checksum(lines.subList(0, lines.size() - 1)))) {
            throw new IllegalArgumentException("damaged");
        }
        return new TreeSet<>(lines.subList(0, lines.size() - 1));
    }

    private static String checksum(Iterable<String> lines) {
        CRC32C crc = new CRC32C();
        lines.forEach(line -> crc.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
        return "crc32c " + Long.toHexString(crc.getValue());
    }

    private void write() throws IOException {
        Path fresh = LogDirectory.unfinished(directory.holds());
        StringBuilder text = new StringBuilder();
        sessions.forEach(session -> text.append(session).append('\n'));
        text.append(checksum(sessions)).append('\n');
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        files.deleteIfExists(fresh);
        try (LogFiles.LogFile file = files.create(fresh)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.sync();
        }
        files.replace(fresh, directory.holds());
        files.syncDirectory(directory.path());
    }

    private static Set<String> fromEvents(LogDirectory directory, KeyRing keys) throws IOException {
        Set<String> held = new TreeSet<>();
        if (directory.segments().isEmpty() || !isAnyEvent(directory)) {
            return held;
        }
        try (AuditReader reader = AuditReader.open(new LogPlace(directory.path(), keys))) {
            for (Optional<StoredEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                if (next.get().event() instanceof HoldPlaced placed) {
                    held.add(placed.session());
                } else if (next.get().event() instanceof HoldReleased released) {
                    held.remove(released.session());
                }
            }
        }
        return held;
    }

    /** What kind an event is, is to be seen without a key. */
    private static boolean isAnyEvent(LogDirectory directory) throws IOException {
        try (SegmentReader first = SegmentReader.open(
                        directory.records(directory.segments().getFirst()), SegmentHeader.Kind.RECORDS);
                RecordStream records =
                        RecordStream.open(directory, first.header().firstIndex())) {
            for (Optional<StoredRecord> next = records.next(); next.isPresent(); next = records.next()) {
                if (next.get().type() == EventType.HOLD_PLACED.code()) {
                    return true;
                }
            }
            return false;
        } catch (IllegalArgumentException unreadable) {
            throw new DamagedLogException("the first segment", String.valueOf(unreadable.getMessage()));
        }
    }
}
