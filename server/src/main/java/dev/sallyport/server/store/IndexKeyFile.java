package dev.sallyport.server.store;

import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;

/** The file {@code index.key} in the log's directory, its owner's only: random bytes that the index's key is made of. */
public final class IndexKeyFile {
    private static final int BYTES = 32;

    private IndexKeyFile() {}

    /** Reads it; makes it where it is not there. */
    public static SearchKey in(Path directory) throws IOException {
        Path file = directory.resolve("index.key");
        if (!Files.exists(file)) {
            make(file);
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length != BYTES) {
            throw new StoreException(file + " holds " + bytes.length + " bytes (expected: " + BYTES
                    + "; remove it, and both it and the index are made anew)");
        }
        try (Secret secret = Secret.ofUtf8(bytes)) {
            return SearchKey.derive(secret);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "index", ".new", ownerOnly(file));
        try {
            Files.write(fresh, bytes, StandardOpenOption.WRITE);
            // Whole or not at all; and where two make one at once, both take the first.
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException there) {
            // It is read, then.
        } finally {
            Files.delete(fresh);
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        Set<String> views = file.getFileSystem().supportedFileAttributeViews();
        return views.contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
