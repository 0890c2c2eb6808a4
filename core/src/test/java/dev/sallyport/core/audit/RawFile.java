package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file to which bytes are appended and nothing else: what the disk alone can do, for the benchmark to compare with. Who
 * wants a sync shares it with all who wrote before it began.
 */
final class RawFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Mode mode;
    private final ReentrantLock writing = new ReentrantLock();
    private boolean syncing;
    private long written;
    private volatile long synced;

    private RawFile(Path path, FileChannel channel, Mode mode) {
        this.path = path;
        this.channel = channel;
        this.mode = mode;
    }

    /** What an append is. */
    enum Mode {
        WRITE,
        SYNC,
        /** The file has its size already, as the log's has. */
        SYNC_OVER_ZEROS
    }

    static RawFile create(Path directory, Mode mode, long bytes) throws IOException {
        Path path = Files.createTempFile(directory, "raw", ".bin");
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        if (mode == Mode.SYNC_OVER_ZEROS) {
            ByteBuffer zeros = ByteBuffer.allocate(1 << 20);
            for (long at = 0; at < bytes; at += zeros.capacity()) {
                channel.write(zeros.clear(), at);
            }
            channel.force(true);
        }
        return new RawFile(path, channel, mode);
    }

    void append(byte[] record) throws IOException, InterruptedException {
        long end;
        writing.lock();
        try {
            channel.write(ByteBuffer.wrap(record), written);
            written += record.length;
            end = written;
        } finally {
            writing.unlock();
        }
        if (mode != Mode.WRITE) {
            sync(end);
        }
    }

    /** One syncs, and all who wait meanwhile look again when it is over. */
    private void sync(long end) throws IOException, InterruptedException {
        while (synced < end) {
            if (begins(end)) {
                try {
                    long mark = mark();
                    channel.force(false);
                    synced = mark;
                } finally {
                    ends();
                }
            }
        }
    }

    private synchronized boolean begins(long end) throws InterruptedException {
        while (syncing && synced < end) {
            wait();
        }
        boolean mine = synced < end;
        syncing |= mine;
        return mine;
    }

    private synchronized void ends() {
        syncing = false;
        notifyAll();
    }

    private long mark() {
        writing.lock();
        try {
            return written;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.delete(path);
    }
}
