package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.HoldPlaced;
import dev.sallyport.core.audit.AuditEvent.HoldReleased;
import dev.sallyport.core.audit.AuditEvent.LogInterrupted;
import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.AuditEvent.SessionErased;
import dev.sallyport.core.audit.LogWriter.Entry;
import dev.sallyport.core.audit.LogWriter.Mark;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.NoteSigner;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.seal.KeyEncryptionKey;
import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log as segment files in a directory; docs/audit-log.md has the format.
 *
 * <p><b>Writing.</b> An append encodes and seals its event, queues it, and tries for the lock. Who has the lock writes
 * all that is queued in one call, so an append that meets nobody writes its own event and returns with the evidence
 * written; one that meets another leaves its event to that one and goes on. Nobody ever waits for the lock but the
 * syncer.
 *
 * <p><b>Syncing.</b> One thread, {@link Syncer}, syncs: it marks where the log ends, syncs without the lock, and tells
 * all whose events lie before the mark. All who came while one sync was going on share the next. It also begins new
 * segments, so that no append ever waits for a file to be made.
 *
 * <p><b>Failing.</b> After an error of a write or a sync nothing is acknowledged. The file is left alone (an error is
 * reported by one sync and forgotten by the next; see "Can applications recover from fsync failures?", USENIX ATC 2020)
 * and the syncer tries to begin a new segment, with all that is not known to be synced at its head. Events that come in
 * the meantime are kept as far as there is room, but their evidence fails at once.
 */
public final class SegmentedAuditLog implements AuditLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentedAuditLog.class);

    /** How much one append writes for others before it leaves the rest to the syncer. */
    private static final int MAX_BATCHES = 8;

    private static final int BATCH_BYTES = 256 << 10;

    private final AuditLogOptions options;
    private final Clock clock;
    private final NoteSigner signer;
    private final LogFiles files;
    private final LogDirectory directory;
    private final FileChannel directoryLock;
    private final LogWriter writer;
    /** Guarded by {@link #erasing}. */
    private final Holds holds;

    private final Syncer syncer;
    private final EventSealers sealers = new EventSealers();

    /** Read by who appends, written when a segment's turn is over: what a generation seals is all queued before its end. */
    private final StampedLock turning = new StampedLock();

    private Generation generation;
    private boolean turnQueued;
    private boolean turnReached;
    private final ReentrantLock writing = new ReentrantLock();
    /** One erasure, hold or deletion at a time. */
    private final ReentrantLock erasing = new ReentrantLock();

    private final ConcurrentLinkedQueue<Entry> queue = new ConcurrentLinkedQueue<>();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable Failure failure;
    private volatile boolean closed;
    private volatile boolean finished;

    private SegmentedAuditLog(
            AuditLogOptions options,
            NoteSigner signer,
            Clock clock,
            LogFiles files,
            LogDirectory directory,
            FileChannel directoryLock,
            LogWriter writer,
            Holds holds,
            Generation generation) {
        this.options = options;
        this.signer = signer;
        this.clock = clock;
        this.files = files;
        this.directory = directory;
        this.directoryLock = directoryLock;
        this.writer = writer;
        this.holds = holds;
        this.generation = generation;
        this.syncer = new Syncer(this, options, writer.firstIndex());
    }

    private record Failure(Instant since, String cause) {}

    /**
     * Opens the log in {@code directory}, which is made where there is none, and goes on where it ended.
     *
     * @param wrapper what the keys of sessions are wrapped with from now on
     */
    public static SegmentedAuditLog open(Path directory, AuditLogOptions options, Clock clock, KeyEncryptionKey wrapper)
            throws IOException {
        return open(directory, options, clock, wrapper, new Disk());
    }

    static SegmentedAuditLog open(
            Path path, AuditLogOptions options, Clock clock, KeyEncryptionKey wrapper, LogFiles files)
            throws IOException {
        LogDirectory directory = new LogDirectory(path);
        directory.create(files);
        FileChannel lock = directory
                .lock()
                .orElseThrow(() -> new IOException("audit log " + path + " is being written by another process"));
        try {
            NoteSigner signer =
                    options.signer().isPresent() ? options.signer().get() : SigningKeyFiles.besideTheLog(path);
            SigningKeyFiles.announce(path, signer.verifierKey());
            Optional<SessionErased> unfinished = ErasureMark.read(directory);
            if (unfinished.isPresent()) {
                KeyErasure.eraseAll(files, directory, unfinished.get().session());
            }
            Retention.finish(files, directory);
            Recovery found = Recovery.inspect(directory, files, clock, wrapper);
            Holds holds = Holds.open(files, directory, KeyRing.of(wrapper, List.of()));
            LogWriter writer = LogWriter.begin(files, directory, options, found);
            try {
                found.cutPrevious(directory, files);
            } catch (IOException failed) {
                writer.close();
                throw failed;
            }
            SegmentedAuditLog log = new SegmentedAuditLog(
                    options, signer, clock, files, directory, lock, writer, holds, found.generation());
            log.syncer.start();
            log.finish(unfinished);
            return log;
        } catch (IOException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    @Override
    public Evidence append(AuditEvent event) {
        return add(event);
    }

    @Override
    public Evidence appendSynced(AuditEvent event) {
        Progress progress = add(event);
        if (!progress.isSynced()) {
            syncer.request();
        }
        return progress;
    }

    @Override
    public Evidence append(AuditEvent event, Duration window) {
        Progress progress = add(event);
        if (!progress.isSynced()) {
            syncer.requestWithin(window);
        }
        return progress;
    }

    @Override
    public boolean isHealthy() {
        return failure == null && !closed;
    }

    /** What is wrong while the log is not healthy. */
    public Optional<String> fault() {
        Failure now = failure;
        return now == null ? Optional.empty() : Optional.of(now.cause());
    }

    /** How many records are synced: all whose index is below. What was handed on of them no crash takes back. */
    public long syncedRecords() {
        return writer.synced().size();
    }

    private Progress add(AuditEvent event) {
        if (closed) {
            return refuse();
        }
        Progress progress = queue(event, options.pendingBytes());
        if (!isHealthy()) {
            // Whoever failed the log may have gone through the queue before this was in it.
            progress.fail();
        }
        drain();
        return progress;
    }

    /** @param most how much may wait, this included */
    private Progress queue(AuditEvent event, long most) {
        long stamp = turning.readLock();
        try {
            return queue(sealers.of(event), event, most);
        } finally {
            turning.unlockRead(stamp);
        }
    }

    private Progress queue(EventSealer sealer, AuditEvent event, long most) {
        try {
            synchronized (sealer) {
                List<Entry> entries = sealer.entries(event, generation);
                if (!admit(entries, most)) {
                    sealer.restart();
                    return refuse();
                }
                queue.addAll(entries);
                sealers.added(event);
                return entries.getLast().progress();
            }
        } catch (RuntimeException unrecordable) {
            LOG.error("audit event={} refused=unrecordable", EventType.of(event).label(), unrecordable);
            synchronized (sealer) {
                sealer.restart();
            }
            return refuse();
        }
    }

    private boolean admit(List<Entry> entries, long most) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.frame().length();
        }
        if (pendingBytes.addAndGet(bytes) > most) {
            pendingBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    private Progress refuse() {
        refused.incrementAndGet();
        return Progress.failed();
    }

    /** Whether nothing waits to be written. */
    boolean isDrained() {
        return queue.isEmpty();
    }

    /** Writes what is queued, unless somebody else is at it, who will then see to this too. */
    void drain() {
        int batches = 0;
        while (!queue.isEmpty() && failure == null && !finished) {
            if (batches++ == MAX_BATCHES) {
                syncer.request();
                return;
            }
            if (!writing.tryLock()) {
                return;
            }
            List<Entry> written;
            try {
                if (!isWritable()) {
                    return;
                }
                written = writeBatch();
            } catch (IOException | RuntimeException failed) {
                fail(failed);
                return;
            } finally {
                writing.unlock();
            }
            // Also after an empty batch the queue is asked again: who came before the unlock relied on it.
            written.forEach(entry -> entry.progress().markWritten());
        }
    }

    /** Where the segment's turn is over the syncer begins the next, and then drains. Holds the lock. */
    private boolean isWritable() {
        if (turnReached) {
            syncer.request();
            return false;
        }
        return failure == null && !finished;
    }

    /** Holds the lock. */
    private List<Entry> writeBatch() throws IOException {
        List<Entry> batch = new ArrayList<>();
        long bytes = 0;
        for (Entry next = queue.poll(); next != null; next = bytes < BATCH_BYTES ? queue.poll() : null) {
            if (next.isTurn()) {
                turnReached = true;
                syncer.request();
                break;
            }
            batch.add(next);
            bytes += next.frame().length();
        }
        writer.write(batch);
        if (writer.segmentLength() >= options.segmentBytes()) {
            syncer.request();
        }
        return batch;
    }

    /** Nothing is acknowledged from here on. What waits is told so, but kept to be written when the disk is back. */
    private void fail(Exception cause) {
        List<Entry> waiting;
        writing.lock();
        try {
            if (failure == null) {
                failure = new Failure(clock.instant(), String.valueOf(cause.getMessage()));
                LOG.error("audit state=failed", cause);
            }
            waiting = writer.unsynced();
        } finally {
            writing.unlock();
        }
        waiting.addAll(queue);
        waiting.forEach(entry -> entry.progress().fail());
        syncer.request();
    }

    /** Syncs all that is written. Returns up to where the log is synced; empty where it fails. Called by the syncer. */
    Optional<Mark> sync() {
        Mark mark;
        boolean needed;
        writing.lock();
        try {
            mark = writer.mark();
            needed = failure == null && mark.size() > writer.synced().size();
        } finally {
            writing.unlock();
        }
        drain();
        if (failure != null) {
            return Optional.empty();
        }
        if (needed) {
            try {
                mark.segment().sync();
            } catch (IOException | RuntimeException failed) {
                fail(failed);
                return Optional.empty();
            }
            List<Entry> done;
            writing.lock();
            try {
                done = writer.syncedTo(mark);
            } finally {
                writing.unlock();
            }
            release(done);
        }
        return Optional.of(mark);
    }

    /** Prepares the segment for what comes. Called by the syncer. */
    void makeRoom() {
        writing.lock();
        try {
            if (failure == null) {
                writer.makeRoom();
            }
        } finally {
            writing.unlock();
        }
    }

    private void release(List<Entry> done) {
        for (Entry entry : done) {
            pendingBytes.addAndGet(-entry.frame().length());
            entry.progress().markSynced();
        }
    }

    /** Writes a checkpoint of what is synced. Called by the syncer. */
    void checkpoint(Mark mark) {
        try {
            writeCheckpoint(mark);
        } catch (IOException | RuntimeException failed) {
            fail(failed);
        }
    }

    private void writeCheckpoint(Mark mark) throws IOException {
        Checkpoint now = new Checkpoint(writer.log(), mark.size(), mark.tree().root(), clock.instant());
        SignedCheckpoint signed = SignedCheckpoint.of(now, signer);
        mark.segment().add(signed);
        options.published().accept(signed);
    }

    /** Follows a full segment with a new one. Called by the syncer. */
    void rollWhenFull() {
        if (isFull()) {
            endTurn();
            drain();
        }
        List<Entry> done = List.of();
        writing.lock();
        try {
            if (failure != null || !turnReached) {
                return;
            }
            Mark end = writer.mark();
            end.segment().sync();
            done = writer.syncedTo(end);
            writeCheckpoint(end);
            writer.roll();
            turnReached = false;
            turnQueued = false;
        } catch (IOException | RuntimeException failed) {
            fail(failed);
        } finally {
            writing.unlock();
        }
        release(done);
    }

    private boolean isFull() {
        writing.lock();
        try {
            return failure == null && !turnQueued && writer.segmentLength() >= options.segmentBytes();
        } finally {
            writing.unlock();
        }
    }

    /** All that is sealed from here on goes to the next segment, all that was before it to this one. */
    private void endTurn() {
        long stamp = turning.writeLock();
        try {
            generation = generation.next();
            turnQueued = true;
            queue.add(Entry.turn());
        } finally {
            turning.unlockWrite(stamp);
        }
    }

    /** Tries to go on after a failure. Called by the syncer. */
    boolean reopen() {
        Failure failed = failure;
        if (failed == null) {
            return true;
        }
        List<Entry> done;
        long first;
        writing.lock();
        try {
            first = writer.synced().size();
            done = writer.reopen();
            failure = null;
        } catch (IOException | RuntimeException again) {
            LOG.warn("audit state=failed retry=failed cause=\"{}\"", again.getMessage());
            return false;
        } finally {
            writing.unlock();
        }
        release(done);
        explain(failed, first, done.size());
        LOG.info("audit state=recovered since={} rewritten={}", failed.since(), done.size());
        return true;
    }

    /** Tells in the log of events that it had no room for. Called by the syncer. */
    void explainRefused() {
        if (refused.get() == 0 || failure != null) {
            return;
        }
        explain(
                new Failure(clock.instant(), "more came than the log takes"),
                writer.synced().size(),
                0);
    }

    /** There is always room for this. */
    private void explain(Failure failed, long firstIndex, int rewritten) {
        queue(
                new LogInterrupted(
                        clock.instant(), failed.since(), firstIndex, rewritten, refused.getAndSet(0), failed.cause()),
                Long.MAX_VALUE);
        drain();
    }

    /** What became of the wish to erase a session. */
    public enum Erasure {
        DONE,
        /** The session is not closed yet. */
        OPEN,
        /** The session is held. */
        HELD,
        /** The log has no such session. */
        UNKNOWN,
        /** It was erased before. */
        ERASED
    }

    /**
     * Makes a closed session unreadable for ever, by overwriting its key wherever the log keeps it. That it was done, by
     * whom and why, is on disk before; a crash half way leaves it to the next who opens the log to finish. Blocks.
     *
     * @throws IOException where it is not finished; it is then at the next start at the latest
     */
    public Erasure erase(String session, String by, String reason) throws IOException {
        erasing.lock();
        try {
            finish(ErasureMark.read(directory));
            if (sealers.isOpen(session)) {
                return Erasure.OPEN;
            }
            if (holds.isHeld(session)) {
                return Erasure.HELD;
            }
            Erasure state = KeyErasure.state(directory, session);
            if (state == Erasure.DONE) {
                SessionErased event = new SessionErased(clock.instant(), session, by, reason);
                ErasureMark.write(files, directory, event);
                finish(Optional.of(event));
            }
            return state;
        } finally {
            erasing.unlock();
        }
    }

    /**
     * Keeps what is recorded of a session from being deleted or erased, until it is released. Blocks.
     *
     * @return false where the log has nothing of such a session that can be read
     * @throws IOException where that could not be recorded; the session may be held nevertheless
     */
    public boolean hold(String session, String by, String reason) throws IOException {
        erasing.lock();
        try {
            if (KeyErasure.state(directory, session) != Erasure.DONE) {
                return false;
            }
            holds.add(session);
            record(new HoldPlaced(clock.instant(), session, by, reason));
            return true;
        } finally {
            erasing.unlock();
        }
    }

    /**
     * Ends a hold. Blocks.
     *
     * @return false where the session is not held
     * @throws IOException where that could not be recorded; the session is still held then
     */
    public boolean release(String session, String by, String reason) throws IOException {
        erasing.lock();
        try {
            if (!holds.isHeld(session)) {
                return false;
            }
            record(new HoldReleased(clock.instant(), session, by, reason));
            holds.remove(session);
            return true;
        } finally {
            erasing.unlock();
        }
    }

    /**
     * Deletes the oldest segments' records as far as the limits say. Their leaf hashes stay, and an event tells of it before
     * anything is deleted; a crash half way leaves it to the next start to finish. Blocks.
     *
     * @return how many segments' records were deleted
     */
    public int retain(RetentionLimits limits) throws IOException {
        erasing.lock();
        try {
            Retention retention = new Retention(files, directory, limits, clock.instant());
            Optional<SegmentsDeleted> plan = retention.plan(holds);
            if (plan.isEmpty()) {
                return 0;
            }
            retention.prepare(plan.get());
            record(plan.get());
            retention.carryOut(plan.get());
            return (int) (plan.get().last() - plan.get().first() + 1);
        } finally {
            erasing.unlock();
        }
    }

    private void record(AuditEvent event) throws IOException {
        if (!Waiting.isSynced(appendSynced(event))) {
            throw new IOException("the audit log cannot be written");
        }
    }

    private void finish(Optional<SessionErased> unfinished) throws IOException {
        if (unfinished.isEmpty()) {
            return;
        }
        SessionErased event = unfinished.get();
        forget(event.session());
        if (!Waiting.isSynced(appendSynced(event))) {
            throw new IOException("the audit log cannot be written; the erasure goes on when it can");
        }
        eraseKeys(event.session());
        ErasureMark.remove(files, directory);
    }

    /** What was sealed with the session's key before is queued when this returns, and no more comes. */
    private void forget(String session) {
        long stamp = turning.writeLock();
        try {
            sealers.forget(session);
        } finally {
            turning.unlockWrite(stamp);
        }
    }

    /** The last segment's first: should it fail and be written again meanwhile, then without the key. */
    private void eraseKeys(String session) throws IOException {
        long last;
        writing.lock();
        try {
            last = writer.eraseKeys(session);
        } finally {
            writing.unlock();
        }
        drain();
        for (long number : directory.keyFiles()) {
            if (number < last) {
                KeyErasure.erase(files, directory.keys(number), session);
            }
        }
    }

    /**
     * Writes and syncs all that was appended, adds a last checkpoint, and lets others open the log. Appends from now on
     * fail.
     */
    @Override
    public void close() throws IOException {
        closed = true;
        syncer.stop();
        writing.lock();
        try {
            finished = true;
            writer.close();
        } finally {
            writing.unlock();
            directoryLock.close();
        }
        queue.forEach(entry -> entry.progress().fail());
        writer.unsynced().forEach(entry -> entry.progress().fail());
    }

    /** Called by the syncer as its last act: the last checkpoint is to be on the disk too. */
    void syncCheckpoints(Mark mark) {
        try {
            mark.segment().syncCheckpoints();
        } catch (IOException | RuntimeException failed) {
            LOG.warn("audit checkpoints=unsynced", failed);
        }
    }
}
