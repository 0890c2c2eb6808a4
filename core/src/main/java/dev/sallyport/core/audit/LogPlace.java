package dev.sallyport.core.audit;

import dev.sallyport.core.audit.seal.KeyRing;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where a log is, and what it can be read with.
 *
 * @param directory its files
 * @param keys the key-encryption keys that are at hand
 */
public record LogPlace(Path directory, KeyRing keys) {
    /** A log whose key lies in its directory, which is so where none was configured. */
    public static LogPlace of(Path directory) throws IOException {
        return new LogPlace(directory, KeyRing.inDirectory(directory));
    }
}
