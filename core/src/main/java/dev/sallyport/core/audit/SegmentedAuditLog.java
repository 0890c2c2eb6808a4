package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.LogInterrupted;
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
import java.util.concurrent.locks.ReentrantLock;
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
    private final FileChannel directoryLock;
    private final LogWriter writer;
    private final Intake intake;
    private final Custody custody;
    private final Syncer syncer;
    private final ReentrantLock writing = new ReentrantLock();
    /** For the syncer alone: whether the segment's turn is to end. */
    private boolean turnQueued;
    /** Guarded by {@link #writing}: all of the segment's turn is written. */
    private boolean turnReached;
    /** Up to where checkpoints speak that are on disk for sure. */
    private volatile long signed;

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
        this.directoryLock = directoryLock;
        this.writer = writer;
        this.intake = new Intake(options.pendingBytes(), generation);
        this.custody = new Custody(files, directory, holds, clock, new End());
        this.syncer = new Syncer(this, options, writer.firstIndex());
    }

    private record Failure(Instant since, String cause) {}

    /**
     * Opens the log at {@code place}, which is made where there is none, and goes on where it ended. The keys of sessions
     * are wrapped with the current one of its keys from now on.
     */
    public static SegmentedAuditLog open(LogPlace place, AuditLogOptions options, Clock clock) throws IOException {
        return open(place.directory(), options, clock, place.keys(), new Disk());
    }

    /** The same with one key alone. */
    public static SegmentedAuditLog open(Path directory, AuditLogOptions options, Clock clock, KeyEncryptionKey wrapper)
            throws IOException {
        return open(directory, options, clock, wrapper, new Disk());
    }

    static SegmentedAuditLog open(
            Path path, AuditLogOptions options, Clock clock, KeyEncryptionKey wrapper, LogFiles files)
            throws IOException {
        return open(path, options, clock, KeyRing.of(wrapper, List.of()), files);
    }

    private static SegmentedAuditLog open(Path path, AuditLogOptions options, Clock clock, KeyRing keys, LogFiles files)
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
            Optional<SessionErased> unfinished = Custody.finish(files, directory);
            Recovery found = Recovery.inspect(directory, files, clock, keys.current());
            Holds holds = Holds.open(files, directory, keys);
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
            log.resume(unfinished);
            return log;
        } catch (IOException | RuntimeException failed) {
            lock.close();
            throw failed;
        }
    }

    private void resume(Optional<SessionErased> unfinished) throws IOException {
        try {
            custody.resume(unfinished);
        } catch (IOException | RuntimeException failed) {
            close();
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

    /** What is done with records once they are there. */
    public Custody custody() {
        return custody;
    }

    private Progress add(AuditEvent event) {
        if (closed) {
            return intake.refuse();
        }
        Progress progress = intake.add(event);
        if (!isHealthy()) {
            // Whoever failed the log may have gone through the queue before this was in it.
            progress.fail();
        }
        drain();
        return progress;
    }

    /** Whether nothing waits to be written. */
    boolean isDrained() {
        return intake.isEmpty();
    }

    /** Writes what is queued, unless somebody else is at it, who will then see to this too. */
    void drain() {
        int batches = 0;
        while (!intake.isEmpty() && failure == null && !finished) {
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
            } catch (IOException | RuntimeException | Error failed) {
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
        for (Entry next = intake.poll(); next != null; next = bytes < BATCH_BYTES ? intake.poll() : null) {
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
    private void fail(Throwable cause) {
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
        waiting.addAll(intake.waiting());
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
            } catch (IOException | RuntimeException | Error failed) {
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
            intake.release(done);
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

    /** Writes a checkpoint of what is synced. Called by the syncer. */
    void checkpoint(Mark mark) {
        try {
            writeCheckpoint(mark);
        } catch (IOException | RuntimeException | Error failed) {
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
            turnQueued = true;
            intake.endTurn();
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
            signed = end.size();
            turnReached = false;
            turnQueued = false;
        } catch (IOException | RuntimeException | Error failed) {
            fail(failed);
        } finally {
            writing.unlock();
        }
        intake.release(done);
    }

    private boolean isFull() {
        writing.lock();
        try {
            return failure == null && !turnQueued && writer.segmentLength() >= options.segmentBytes();
        } finally {
            writing.unlock();
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
        } catch (IOException | RuntimeException | Error again) {
            LOG.warn("audit state=failed retry=failed cause=\"{}\"", again.getMessage());
            return false;
        } finally {
            writing.unlock();
        }
        intake.release(done);
        explain(failed, first, done.size());
        LOG.info("audit state=recovered since={} rewritten={}", failed.since(), done.size());
        return true;
    }

    /** Tells in the log of events that it had no room for. Called by the syncer. */
    void explainRefused() {
        if (!intake.hasRefused() || failure != null) {
            return;
        }
        explain(
                new Failure(clock.instant(), "more came than the log takes"),
                writer.synced().size(),
                0);
    }

    /** There is always room for this. */
    private void explain(Failure failed, long firstIndex, int rewritten) {
        intake.addAlways(new LogInterrupted(
                clock.instant(), failed.since(), firstIndex, rewritten, intake.takeRefused(), failed.cause()));
        drain();
    }

    /** For {@link Custody}. */
    private final class End implements Custody.LogEnd {
        @Override
        public void requireWritable() throws IOException {
            if (!isHealthy()) {
                throw cannotBeWritten();
            }
        }

        @Override
        public void record(AuditEvent event) throws IOException {
            if (!Waiting.isSynced(appendSynced(event))) {
                throw cannotBeWritten();
            }
        }

        @Override
        public void recordSigned(AuditEvent event) throws IOException {
            record(event);
            long size = syncedRecords();
            if (!Waiting.until(() -> {
                        syncer.requestCheckpoint();
                        return signed >= size || closed || failure != null;
                    })
                    || signed < size) {
                throw cannotBeWritten();
            }
        }

        private static IOException cannotBeWritten() {
            return new IOException("the audit log cannot be written");
        }

        @Override
        public boolean isOpen(String session) {
            return intake.isOpen(session);
        }

        @Override
        public void forget(String session) {
            intake.forget(session);
        }

        @Override
        public long eraseKeys(String session) throws IOException {
            long last;
            writing.lock();
            try {
                last = writer.eraseKeys(session);
            } finally {
                writing.unlock();
            }
            drain();
            return last;
        }
    }

    /**
     * Writes and syncs all that was appended, adds a last checkpoint, and lets others open the log. Appends from now on
     * fail.
     */
    @Override
    public void close() throws IOException {
        closed = true;
        custody.stop();
        syncer.stop();
        writing.lock();
        try {
            finished = true;
            writer.close();
        } finally {
            writing.unlock();
            directoryLock.close();
        }
        intake.waiting().forEach(entry -> entry.progress().fail());
        writer.unsynced().forEach(entry -> entry.progress().fail());
    }

    /** Has the last checkpoint, which is of {@code mark}, on the disk too. Called by the syncer. */
    void syncCheckpoints(Mark mark) {
        if (failure != null) {
            return;
        }
        try {
            mark.segment().syncCheckpoints();
            signed = mark.size();
        } catch (IOException | RuntimeException failed) {
            // Not tried again with this file: the next sync of it might say that all is well.
            fail(failed);
        }
    }
}
