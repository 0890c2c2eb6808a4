package dev.sallyport.core.audit;

import dev.sallyport.core.audit.LogFiles.LogFile;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment being written, with its files of checkpoints and of keys. A segment gets its name only once its header, and
 * what was written again from the one before, are synced: whatever has a segment's name has a whole header.
 *
 * <p>Behind its last record it has room: zeros, which the next records are written over. A sync then has no new size and
 * no new blocks to make durable, only data, and takes a half to a third of the time.
 */
final class Segment implements AutoCloseable {
    private final SegmentHeader header;
    private final LogFile records;
    private final LogFile checkpoints;
    private final LogFile keys;
    private volatile boolean keysUnsynced;
    private long length;
    private long roomEnd;
    private boolean roomFailed;
    private long checkpointCount;

    private Segment(SegmentHeader header, LogFile records, LogFile checkpoints, LogFile keys) {
        this.header = header;
        this.records = records;
        this.checkpoints = checkpoints;
        this.keys = keys;
    }

    /** Makes the segment, with {@code again} as its first records and {@code known} as its first keys, and syncs all. */
    static Segment create(
            LogFiles files, LogDirectory directory, SegmentHeader header, List<Frame> known, Iterable<Frame> again)
            throws IOException {
        List<Path> paths = List.of(
                directory.keys(header.number()),
                directory.checkpoints(header.number()),
                directory.records(header.number()));
        List<LogFile> made = new ArrayList<>();
        try {
            for (Path path : paths) {
                made.add(fresh(files, LogDirectory.unfinished(path)));
            }
            Segment segment = new Segment(header, made.get(2), made.get(1), made.get(0));
            segment.begin(known, again);
            for (Path path : paths) {
                files.replace(LogDirectory.unfinished(path), path);
            }
            files.syncDirectory(directory.path());
            return segment;
        } catch (IOException | RuntimeException failed) {
            made.forEach(Segment::closeQuietly);
            throw failed;
        }
    }

    /** A file left over by an attempt that failed must not be synced again, so it goes first. */
    private static LogFile fresh(LogFiles files, Path path) throws IOException {
        files.deleteIfExists(path);
        return files.create(path);
    }

    private void begin(List<Frame> known, Iterable<Frame> again) throws IOException {
        writeAll(keys, ByteBuffer.wrap(header.withKind(SegmentHeader.Kind.KEYS).encode()));
        for (Frame key : known) {
            writeAll(keys, ByteBuffer.wrap(key.bytes()));
        }
        keys.sync();
        writeAll(
                checkpoints,
                ByteBuffer.wrap(header.withKind(SegmentHeader.Kind.CHECKPOINTS).encode()));
        checkpoints.sync();
        write(ByteBuffer.wrap(header.encode()));
        for (Frame frame : again) {
            write(ByteBuffer.wrap(frame.bytes()));
        }
        records.sync();
    }

    SegmentHeader header() {
        return header;
    }

    /** The bytes written so far, without the room behind them. */
    long length() {
        return length;
    }

    /**
     * Sees to it that there is room behind the last record, where less than half of it is left.
     *
     * @param most up to where in the file
     */
    void makeRoom(int bytes, long most) {
        long start = Math.max(length, roomEnd);
        int count = (int) Math.min(bytes, most - start);
        if (roomFailed || count <= 0 || start - length > bytes / 2) {
            return;
        }
        try {
            records.zeros(start, count);
            roomEnd = start + count;
        } catch (IOException ignored) {
            // It only makes syncs faster. Should the disk be at fault, writing a record will say so.
            roomFailed = true;
        }
    }

    /** Takes away the room that was not used; should that fail, it is still known to be none of the records. */
    private void trim() {
        if (roomEnd > length) {
            try {
                records.truncate(length);
            } catch (IOException ignored) {
                // readers tell room from records
            }
        }
    }

    void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        writeAll(records, bytes);
        length += count;
    }

    /** Writes a key, before the first record that is sealed with it. */
    void addKey(Frame key) throws IOException {
        writeAll(keys, ByteBuffer.wrap(key.bytes()));
        keysUnsynced = true;
    }

    /** The keys first: no record may be on disk without the one that opens it. */
    void sync() throws IOException {
        if (keysUnsynced) {
            // A key that comes from here on belongs to a record that this sync is not asked for.
            keysUnsynced = false;
            keys.sync();
        }
        records.sync();
    }

    /** Writes down a checkpoint; it must claim no more than what was synced. */
    void add(SignedCheckpoint checkpoint) throws IOException {
        Frame frame = Frame.plain(Frame.CHECKPOINT, checkpoint.bytes());
        frame.place(checkpointCount++);
        writeAll(checkpoints, ByteBuffer.wrap(frame.bytes()));
    }

    void syncCheckpoints() throws IOException {
        checkpoints.sync();
    }

    private static void writeAll(LogFile file, ByteBuffer bytes) throws IOException {
        int idle = 0;
        while (bytes.hasRemaining()) {
            idle = file.write(bytes) > 0 ? 0 : idle + 1;
            if (idle > 3) {
                throw new IOException("the file takes no more bytes");
            }
        }
    }

    @Override
    public void close() {
        trim();
        closeQuietly(records);
        closeQuietly(checkpoints);
        closeQuietly(keys);
    }

    /** What matters was synced before; what was not is not helped by a close. */
    private static void closeQuietly(LogFile file) {
        try {
            file.close();
        } catch (IOException ignored) {
            // nothing depends on it
        }
    }
}
