package dev.sallyport.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/** A target's own log, read on from where it was read before: what is in it has reached the target. */
final class TargetLog {
    private final Path file;
    private long position;

    TargetLog(Path file) {
        this.file = file;
    }

    /** The marks in the whole lines that came since the last time. */
    Set<String> more() {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size() - position));
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
                // until it is full or the file ends
            }
            int end = bytes.position();
            while (end > 0 && bytes.get(end - 1) != '\n') {
                end--;
            }
            position += end;
            return Evidence.in(new String(bytes.array(), 0, end, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
