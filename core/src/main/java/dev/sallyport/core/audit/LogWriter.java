package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * The end of the log that is written to: the last segment, the tree over all records, and the records that are not
 * synced yet, which are kept to be written again should a write or a sync fail. Guarded by its owner's lock.
 */
final class LogWriter implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final LogFiles files;
    private final LogDirectory directory;
    private final AuditLogOptions options;
    private final MerkleTree tree;
    /** The keys of the last segment, to be written again with what is not synced. */
    private final List<Frame> keys = new ArrayList<>();

    private final Deque<Entry> unsynced = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private Segment segment;
    /** Read without the lock too. */
    private volatile Mark synced;

    private LogWriter(
            LogFiles files, LogDirectory directory, AuditLogOptions options, Segment segment, MerkleTree tree) {
        this.files = files;
        this.directory = directory;
        this.options = options;
        this.segment = segment;
        this.tree = tree;
        this.synced = mark();
    }

    /** Something on its way into the log, and how far it has got. */
    static final class Entry {
        private final Kind kind;
        private final Frame frame;
        private final Progress progress = new Progress();
        private long index = -1;

        private Entry(Kind kind, Frame frame) {
            this.kind = kind;
            this.frame = frame;
        }

        /** Where it goes. */
        enum Kind {
            RECORD,
            KEY,
            /** Nowhere: what comes behind it goes to a new segment. */
            TURN
        }

        static Entry record(Frame frame) {
            return new Entry(Kind.RECORD, frame);
        }

        static Entry key(Frame frame) {
            return new Entry(Kind.KEY, frame);
        }

        static Entry turn() {
            return new Entry(Kind.TURN, Frame.plain(0, new byte[0]));
        }

        boolean isKey() {
            return kind == Kind.KEY;
        }

        boolean isTurn() {
            return kind == Kind.TURN;
        }

        Frame frame() {
            return frame;
        }

        Progress progress() {
            return progress;
        }
    }

    /**
     * A place in the log: all up to here.
     *
     * @param segment the segment that it ends in
     * @param offset where in that segment
     * @param tree the tree over all records before; its own copy
     */
    record Mark(Segment segment, long offset, MerkleTree tree) {
        long size() {
            return tree.size();
        }
    }

    static LogWriter begin(LogFiles files, LogDirectory directory, AuditLogOptions options, Recovery found)
            throws IOException {
        Segment segment = Segment.create(files, directory, found.header(), found.keys(), found.again());
        MerkleTree tree = found.header().tree();
        for (Frame frame : found.again()) {
            tree.add(frame.bytes(), frame.length());
        }
        LogWriter writer = new LogWriter(files, directory, options, segment, tree);
        writer.keys.addAll(found.keys());
        return writer;
    }

    String log() {
        return segment.header().log();
    }

    /** How many records the segments before the last one hold. */
    long firstIndex() {
        return segment.header().firstIndex();
    }

    long segmentLength() {
        return segment.length();
    }

    /** Where the log ends now. */
    Mark mark() {
        return new Mark(segment, segment.length(), tree.copy());
    }

    /** Up to where it is known to be synced. */
    Mark synced() {
        return synced;
    }

    /** The records that are written, or were tried to, and are not known to be synced. */
    List<Entry> unsynced() {
        return new ArrayList<>(unsynced);
    }

    /** Gives each record its place and writes them. Where that fails they still have their places, to be kept. */
    void write(List<Entry> entries) throws IOException {
        for (Entry entry : entries) {
            entry.index = tree.size();
            switch (entry.kind) {
                case RECORD -> {
                    entry.frame.place(entry.index);
                    tree.add(entry.frame.bytes(), entry.frame.length());
                }
                case KEY -> {
                    entry.frame.place(keys.size());
                    keys.add(entry.frame);
                }
                case TURN -> throw new IllegalArgumentException("a turn is not written");
            }
            unsynced.add(entry);
        }
        for (Entry entry : entries) {
            if (entry.kind == Entry.Kind.KEY) {
                segment.addKey(entry.frame);
            }
        }
        buffer.clear();
        for (Entry entry : entries) {
            if (entry.kind == Entry.Kind.RECORD) {
                put(entry.frame);
            }
        }
        flush();
    }

    private void put(Frame frame) throws IOException {
        int done = 0;
        while (done < frame.length()) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int count = Math.min(buffer.remaining(), frame.length() - done);
            buffer.put(frame.bytes(), done, count);
            done += count;
        }
    }

    private void flush() throws IOException {
        segment.write(buffer.flip());
        buffer.clear();
    }

    /**
     * Erases a session's keys in the last segment, also for the case that it has to be written again.
     *
     * @return the segment's number
     */
    long eraseKeys(String session) throws IOException {
        for (int i = 0; i < keys.size(); i++) {
            StoredRecord stored = new StoredRecord(0, i, keys.get(i).bytes());
            if (KeyTable.isOf(stored, session)) {
                Frame erased = KeyTable.erased(stored);
                erased.place(i);
                keys.set(i, erased);
            }
        }
        long number = segment.header().number();
        KeyErasure.erase(files, directory.keys(number), session);
        return number;
    }

    /** Prepares the file for what comes. */
    void makeRoom() {
        segment.makeRoom(options.roomBytes(), options.segmentBytes());
    }

    /** Notes that all up to {@code mark} is synced; the events that are so for the first time. */
    List<Entry> syncedTo(Mark mark) {
        synced = mark;
        List<Entry> done = new ArrayList<>();
        for (Entry next = unsynced.peek(); next != null && next.index < mark.size(); next = unsynced.peek()) {
            done.add(unsynced.remove());
        }
        return done;
    }

    /** Follows a full segment, all of which is synced, with a new one. */
    void roll() throws IOException {
        Segment full = segment;
        full.syncCheckpoints();
        segment = Segment.create(files, directory, next(full, false), List.of(), List.of());
        keys.clear();
        synced = mark();
        full.close();
    }

    /**
     * Goes on after a failure in a new segment, which begins with all that is not known to be synced.
     *
     * @return the records that were written again and are synced now
     */
    List<Entry> reopen() throws IOException {
        Segment failed = segment;
        SegmentHeader header = next(failed, true);
        segment = Segment.create(files, directory, header, keys, records(unsynced));
        long end = synced.offset();
        List<Entry> done = syncedTo(mark());
        failed.close();
        cut(failed.header().number(), end);
        return done;
    }

    private static List<Frame> records(Collection<Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.kind == Entry.Kind.RECORD)
                .map(Entry::frame)
                .toList();
    }

    private SegmentHeader next(Segment old, boolean afterFailure) {
        return new SegmentHeader(
                SegmentHeader.Kind.RECORDS,
                afterFailure,
                old.header().log(),
                old.header().number() + 1,
                synced.size(),
                synced.offset(),
                synced.tree().edge());
    }

    /** Takes away what the new segment supersedes. Where the disk does not let it, readers skip it by the header. */
    private void cut(long number, long end) {
        try {
            files.truncate(directory.records(number), end);
        } catch (IOException ignored) {
            // the new segment's header says where this one ends
        }
    }

    @Override
    public void close() {
        segment.close();
    }
}
