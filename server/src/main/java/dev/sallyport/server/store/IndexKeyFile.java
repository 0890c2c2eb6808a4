package dev.sallyport.server.store;

import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.seal.KeyEncryptionKey;
import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/**
 * The file {@code index.key} in the log's directory, its owner's only: random bytes that the index's key is made of,
 * wrapped by a key-encryption key of the log. It is the id of that key, then what it wrapped.
 */
public final class IndexKeyFile {
    private static final int BYTES = 32;
    private static final int WRAPPED = KeyEncryptionKey.ID_BYTES + KeyEncryptionKey.WRAPPED_BYTES;
    private static final byte[] CONTEXT = "sallyport search index key".getBytes(StandardCharsets.US_ASCII);

    private IndexKeyFile() {}

    /** The key, for those who search. */
    public static SearchKey read(LogPlace log) throws IOException {
        Path file = file(log);
        if (!Files.exists(file)) {
            throw new StoreException("there is no " + file + ", the search index's key"
                    + " (a running gateway makes it, and so does: sallyport audit reindex)");
        }
        byte[] key = unwrapped(log, Files.readAllBytes(file))
                .orElseThrow(() -> new StoreException(file + " is damaged, or wrapped by a key that is not at hand"));
        return derived(key);
    }

    /**
     * The key, for those who write the index. One is made where there is none, or none that can be unwrapped: the index is
     * then made anew. After a rotation it is wrapped by the new key.
     */
    public static SearchKey make(LogPlace log) throws IOException {
        Path file = file(log);
        KeyEncryptionKey current = current(log, file);
        byte[] wrapped = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        Optional<byte[]> known = unwrapped(log, wrapped);
        byte[] key = known.orElseGet(IndexKeyFile::random);
        if (known.isEmpty() || !Arrays.equals(id(wrapped), current.id())) {
            write(file, current, key);
        }
        return derived(key);
    }

    private static Path file(LogPlace log) {
        return log.directory().resolve("index.key");
    }

    private static KeyEncryptionKey current(LogPlace log, Path file) throws StoreException {
        try {
            return log.keys().current();
        } catch (NoSuchElementException none) {
            throw new StoreException("no key of the log is at hand to make " + file + " with");
        }
    }

    private static byte[] random() {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    private static byte[] id(byte[] wrapped) {
        return Arrays.copyOf(wrapped, KeyEncryptionKey.ID_BYTES);
    }

    /** Empty where it is damaged, or was wrapped by a key that is not at hand. */
    private static Optional<byte[]> unwrapped(LogPlace log, byte[] wrapped) {
        if (wrapped.length != WRAPPED) {
            return Optional.empty();
        }
        try {
            return log.keys()
                    .of(id(wrapped))
                    .map(key -> key.unwrap(Arrays.copyOfRange(wrapped, KeyEncryptionKey.ID_BYTES, WRAPPED), CONTEXT));
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    /** Wipes {@code key}. */
    private static SearchKey derived(byte[] key) {
        try (Secret secret = Secret.ofUtf8(key)) {
            return SearchKey.derive(secret);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static void write(Path file, KeyEncryptionKey current, byte[] key) throws IOException {
        byte[] wrapped = Arrays.copyOf(current.id(), WRAPPED);
        System.arraycopy(
                current.wrap(key, CONTEXT), 0, wrapped, KeyEncryptionKey.ID_BYTES, KeyEncryptionKey.WRAPPED_BYTES);
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "index", ".new", ownerOnly(file));
        try {
            Files.write(fresh, wrapped, StandardOpenOption.WRITE);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
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
