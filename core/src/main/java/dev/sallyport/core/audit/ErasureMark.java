package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SessionErased;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file that says that a session is being erased, from before the first key is overwritten until after the last. It
 * holds the event that tells of it, as a plain record with index 0, so whoever opens the log next can do all of it again.
 */
final class ErasureMark {
    private ErasureMark() {}

    /** Durable when this returns. */
    static void write(LogFiles files, LogDirectory directory, SessionErased event) throws IOException {
        Path mark = directory.erasing();
        Path fresh = LogDirectory.unfinished(mark);
        Frame frame = Frame.plain(
                EventType.SESSION_ERASED.code(), StoredForm.of(event).whole().toByteArray());
        frame.place(0);
        files.deleteIfExists(fresh);
        try (LogFiles.LogFile file = files.create(fresh)) {
            ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.sync();
        }
        files.replace(fresh, mark);
        files.syncDirectory(directory.path());
    }

    /** The erasure that is not finished. */
    static Optional<SessionErased> read(LogDirectory directory) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(directory.erasing());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        if (bytes.length <= Frame.HEADER_BYTES || ByteBuffer.wrap(bytes).getInt(0) != Frame.checksum(bytes, 0)) {
            throw new IOException(directory.erasing() + " is damaged; which session was being erased is not known");
        }
        StoredRecord stored = new StoredRecord(0, 0, bytes);
        AuditEvent event = EventCodec.event(EventType.ofCode(stored.type()), EventCodec.fields(stored.payload()));
        if (event instanceof SessionErased erased) {
            return Optional.of(erased);
        }
        throw new IOException(directory.erasing() + " is of a kind that this version does not know");
    }

    static void remove(LogFiles files, LogDirectory directory) throws IOException {
        files.deleteIfExists(directory.erasing());
        files.syncDirectory(directory.path());
    }
}
