package dev.sallyport.server.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a file. One that was moved away, as log rotation does, is synced and followed by a new one. The file holds
 * whole lines: what a full disk or a crash left of a line is cut off before the line is written again.
 */
final class FileSink implements EventSink {
    private static final int CHUNK_BYTES = 64 << 10;

    private final Path file;
    private @Nullable FileChannel channel;
    private @Nullable Object identity;

    FileSink(Path file) {
        this.file = file;
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
        FileChannel open = current();
        try {
            while (lines.hasRemaining()) {
                open.write(lines);
            }
        } catch (IOException failed) {
            // Opening it again cuts off the half line.
            abandon();
            throw failed;
        }
    }

    @Override
    public void sync() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            open.force(false);
        } catch (IOException failed) {
            // A later sync of the same file might succeed without having written what this one could not.
            abandon();
            throw failed;
        }
    }

    private FileChannel current() throws IOException {
        FileChannel open = channel;
        if (open != null && identity().filter(key -> key.equals(identity)).isPresent()) {
            return open;
        }
        sync();
        close();
        FileChannel opened = open();
        channel = opened;
        identity = identity().orElse(null);
        return opened;
    }

    /** Which file is there now; empty where none is. */
    private Optional<Object> identity() throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            if (!found.isRegularFile()) {
                throw new IOException(file + " is no regular file");
            }
            return Optional.ofNullable(found.fileKey());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    private FileChannel open() throws IOException {
        // Refuses a pipe before opening it, which would wait for a reader.
        identity();
        cutHalfLine();
        return Durably.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private void cutHalfLine() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (FileChannel found = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long end = behindLastLine(found);
            if (end < found.size()) {
                ByteBuffer first = ByteBuffer.allocate(1);
                found.read(first, end);
                if (first.get(0) != '{') {
                    throw new IOException(file + " ends in something that is no line of a stream");
                }
                found.truncate(end);
            }
        }
    }

    private static long behindLastLine(FileChannel found) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        for (long end = found.size(); end > 0; ) {
            long start = Math.max(0, end - CHUNK_BYTES);
            chunk.clear().limit((int) (end - start));
            while (chunk.hasRemaining() && found.read(chunk, start + chunk.position()) >= 0) {
                // until it is full or the file ends
            }
            for (int at = chunk.position() - 1; at >= 0; at--) {
                if (chunk.get(at) == '\n') {
                    return start + at + 1;
                }
            }
            end = start;
        }
        return 0;
    }

    private void abandon() {
        try {
            close();
        } catch (IOException ignored) {
            // What it was closed for is what counts.
        }
    }

    @Override
    public void close() throws IOException {
        FileChannel open = channel;
        channel = null;
        identity = null;
        if (open != null) {
            open.close();
        }
    }
}
