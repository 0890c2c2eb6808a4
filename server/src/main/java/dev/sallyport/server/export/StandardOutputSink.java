package dev.sallyport.server.export;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes to the process's standard output. What the pipe or file behind it has taken counts as safe: more cannot be known.
 * A line that was cut by an error is finished before anything else.
 */
final class StandardOutputSink implements EventSink {
    private final WritableByteChannel out;
    private ByteBuffer rest = ByteBuffer.allocate(0);

    StandardOutputSink(WritableByteChannel out) {
        this.out = out;
    }

    /** From here on whatever else prints to standard output goes to standard error, so that only lines are in it. */
    @SuppressWarnings("resource") // closed with the sink, and then the process ends
    static StandardOutputSink open() {
        System.setOut(System.err);
        return new StandardOutputSink(new FileOutputStream(FileDescriptor.out).getChannel());
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
        drain(rest);
        ByteBuffer all = lines.duplicate();
        try {
            drain(lines);
        } catch (IOException failed) {
            rest = restOfLine(all, lines.position());
            throw failed;
        }
    }

    private void drain(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** What is left of the line that was begun; nothing where the cut is between two. */
    private static ByteBuffer restOfLine(ByteBuffer lines, int cut) {
        if (cut == 0 || lines.get(cut - 1) == '\n') {
            return ByteBuffer.allocate(0);
        }
        int end = cut;
        while (lines.get(end) != '\n') {
            end++;
        }
        ByteBuffer copy = ByteBuffer.allocate(end + 1 - cut);
        copy.put(lines.slice(cut, end + 1 - cut));
        return copy.flip();
    }

    @Override
    public void sync() {
        // Nothing is kept back here.
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
