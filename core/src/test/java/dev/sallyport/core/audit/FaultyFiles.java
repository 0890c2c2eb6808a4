package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The real disk, with faults at chosen calls: each call that changes something has a number, from 1. */
final class FaultyFiles implements LogFiles {
    private final LogFiles disk = new Disk();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger syncsOfFailedFiles = new AtomicInteger();
    private volatile int failFrom = Integer.MAX_VALUE;
    private volatile int failUntil;
    private volatile int tearBytes = -1;
    private volatile boolean shortWrites;
    private volatile boolean errors;
    private volatile @Nullable CountDownLatch heldSync;

    /** Lets the calls from one to another fail, the first included, the last not. */
    void fail(int from, int until) {
        failUntil = until;
        failFrom = from;
    }

    void failFromNow() {
        fail(calls.get() + 1, Integer.MAX_VALUE);
    }

    void heal() {
        failUntil = 0;
    }

    /** A write that fails writes so many bytes before it does. */
    void tear(int bytes) {
        tearBytes = bytes;
    }

    /** Every write takes no more than seven bytes. */
    void shortWrites() {
        shortWrites = true;
    }

    /** What fails does so as if memory had run out. */
    void failWithErrors() {
        errors = true;
    }

    /** Syncs wait until the result is counted down. */
    CountDownLatch holdSyncs() {
        CountDownLatch latch = new CountDownLatch(1);
        heldSync = latch;
        return latch;
    }

    int calls() {
        return calls.get();
    }

    /** How often a file was synced after a sync of it had failed; it must stay 0. */
    int syncsOfFailedFiles() {
        return syncsOfFailedFiles.get();
    }

    private boolean fails() {
        int call = calls.incrementAndGet();
        return call >= failFrom && call < failUntil;
    }

    private void step(String what) throws IOException {
        if (fails()) {
            throw fault(what);
        }
    }

    private IOException fault(String what) {
        if (errors) {
            throw new OutOfMemoryError("injected: " + what);
        }
        return new IOException("injected: " + what);
    }

    @Override
    public LogFile create(Path path) throws IOException {
        step("create");
        return new FaultyFile(disk.create(path));
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        step("replace");
        disk.replace(from, to);
    }

    @Override
    public void deleteIfExists(Path path) throws IOException {
        step("delete");
        disk.deleteIfExists(path);
    }

    @Override
    public void truncate(Path path, long length) throws IOException {
        step("truncate");
        disk.truncate(path, length);
    }

    @Override
    public void overwrite(Path path, long offset, byte[] bytes) throws IOException {
        boolean fails = fails();
        if (!fails || tearBytes > 0) {
            disk.overwrite(path, offset, fails ? Arrays.copyOf(bytes, Math.min(tearBytes, bytes.length)) : bytes);
        }
        if (fails) {
            throw fault("overwrite");
        }
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        step("sync directory");
        disk.syncDirectory(directory);
    }

    private final class FaultyFile implements LogFile {
        private final LogFile file;
        private volatile boolean syncFailed;

        FaultyFile(LogFile file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            boolean fails = fails();
            int most = fails ? Math.max(0, tearBytes) : shortWrites ? 7 : Integer.MAX_VALUE;
            int count = Math.min(most, bytes.remaining());
            ByteBuffer part = bytes.duplicate().limit(bytes.position() + count);
            while (part.hasRemaining()) {
                file.write(part);
            }
            bytes.position(part.position());
            if (fails) {
                throw fault("write");
            }
            return count;
        }

        @Override
        public void zeros(long offset, int count) throws IOException {
            step("zeros");
            file.zeros(offset, count);
        }

        @Override
        public void truncate(long length) throws IOException {
            step("truncate");
            file.truncate(length);
        }

        @Override
        public void sync() throws IOException {
            if (syncFailed) {
                syncsOfFailedFiles.incrementAndGet();
            }
            CountDownLatch held = heldSync;
            if (held != null) {
                await(held);
            }
            if (fails()) {
                syncFailed = true;
                throw fault("sync");
            }
            file.sync();
        }

        private static void await(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException stop) {
                throw new IOException(stop);
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
