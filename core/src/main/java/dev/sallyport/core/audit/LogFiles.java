package dev.sallyport.core.audit;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** What the log asks of the file system to write; tests put a failing one in its place. */
interface LogFiles {
    /** A new, empty file; there must be none of that name. */
    LogFile create(Path path) throws IOException;

    /** Renames, over whatever has the new name, atomically. */
    void replace(Path from, Path to) throws IOException;

    void deleteIfExists(Path path) throws IOException;

    void truncate(Path path, long length) throws IOException;

    /** Writes over what stands in a file from {@code offset} on, and makes that durable. */
    void overwrite(Path path, long offset, byte[] bytes) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(Path directory) throws IOException;

    /** A file being written from its start to its end. */
    interface LogFile extends Closeable {
        /** Writes some of what remains, like {@link java.nio.channels.WritableByteChannel#write}. */
        int write(ByteBuffer bytes) throws IOException;

        /** Writes {@code count} zeros from {@code offset} on, which does not move where {@link #write} goes on. */
        void zeros(long offset, int count) throws IOException;

        /** Cuts off what lies behind {@code length}. */
        void truncate(long length) throws IOException;

        /** Makes what was written durable ({@code fdatasync}). */
        void sync() throws IOException;
    }
}
