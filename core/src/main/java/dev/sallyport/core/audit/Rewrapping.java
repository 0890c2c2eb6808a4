package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SessionErased;
import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Wraps the keys of all sessions with the current key-encryption key, so that former ones are not needed any more. Each
 * file of keys is written anew beside the old one and takes its place whole, so a crash leaves either.
 */
public final class Rewrapping {
    private final LogDirectory directory;
    private final LogFiles files;
    private final KeyRing keys;

    private Rewrapping(LogDirectory directory, LogFiles files, KeyRing keys) {
        this.directory = directory;
        this.files = files;
        this.keys = keys;
    }

    /**
     * Does it, while no gateway writes the log.
     *
     * @return how many keys were wrapped anew
     * @throws MissingKeyException where a key is wrapped with one that is not at hand
     */
    public static int run(LogPlace log) throws IOException {
        return run(log, new Disk());
    }

    static int run(LogPlace log, LogFiles files) throws IOException {
        LogDirectory directory = new LogDirectory(log.directory());
        if (directory.keyFiles().isEmpty()) {
            throw new IOException(log.directory() + " holds no audit log");
        }
        FileChannel lock = directory
                .lock()
                .orElseThrow(() -> new IOException("audit log " + log.directory() + " is being written by a gateway"));
        try {
            return new Rewrapping(directory, files, log.keys()).all();
        } finally {
            lock.close();
        }
    }

    private int all() throws IOException {
        KeyErasure.removeUnfinished(files, directory);
        Optional<SessionErased> unfinished = ErasureMark.read(directory);
        if (unfinished.isPresent()) {
            // What was half erased must not be taken for something to keep.
            KeyErasure.eraseAll(files, directory, unfinished.get().session());
        }
        int count = 0;
        for (long number : directory.keyFiles()) {
            count += one(directory.keys(number));
        }
        files.syncDirectory(directory.path());
        return count;
    }

    private int one(Path path) throws IOException {
        KeyFile file = KeyFile.read(path);
        List<Frame> entries = new ArrayList<>();
        int changed = 0;
        for (StoredRecord stored : file.whole()) {
            boolean former = KeyTable.read(stored)
                    .wrappedBy()
                    .filter(id -> !Arrays.equals(id, keys.current().id()))
                    .isPresent();
            Frame frame = former ? KeyTable.rewrapped(stored, file.header().log(), keys) : Frame.copy(stored);
            frame.place(entries.size());
            entries.add(frame);
            changed += former ? 1 : 0;
        }
        if (changed > 0) {
            write(path, file.header(), entries);
        }
        return changed;
    }

    private void write(Path path, SegmentHeader header, List<Frame> entries) throws IOException {
        Path fresh = LogDirectory.unfinished(path);
        files.deleteIfExists(fresh);
        try (LogFiles.LogFile out = files.create(fresh)) {
            writeAll(out, header.encode());
            for (Frame entry : entries) {
                writeAll(out, entry.bytes());
            }
            out.sync();
        }
        files.replace(fresh, path);
    }

    private static void writeAll(LogFiles.LogFile out, byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            out.write(left);
        }
    }
}
