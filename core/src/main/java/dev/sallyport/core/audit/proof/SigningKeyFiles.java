package dev.sallyport.core.audit.proof;

import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of keys: {@code signing.key}, and {@code signing.vkey} with the public keys, one a line. */
public final class SigningKeyFiles {
    /** What a key is called whose owner gave it no name. */
    public static final String DEFAULT_NAME = "sallyport/audit";

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeyFiles.class);
    private static final int MAX_BYTES = 64 << 10;
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private SigningKeyFiles() {}

    public static Path signingKey(Path directory) {
        return directory.resolve("signing.key");
    }

    public static Path verifierKeys(Path directory) {
        return directory.resolve("signing.vkey");
    }

    /**
     * The key that lies in the log's own directory, made where there is none. Better than no signature, but whoever can
     * read the directory can sign in the log's name.
     */
    public static NoteSigner besideTheLog(Path directory) throws IOException {
        Path file = signingKey(directory);
        if (!Files.exists(file)) {
            make(directory, DEFAULT_NAME);
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .log("audit signing key made beside the log; set audit.signingKey to keep it elsewhere");
        }
        try (Secret text = Secret.ofUtf8(read(file))) {
            return SigningKey.parse(text);
        } catch (IllegalArgumentException unusable) {
            throw new IOException(file + ": " + unusable.getMessage(), unusable);
        }
    }

    /** Makes a pair of files in {@code directory}; there must be none yet. */
    public static VerifierKey make(Path directory, String name) throws IOException {
        Path file = signingKey(directory);
        if (Files.exists(file)) {
            throw new IOException(file + " exists already (a key is not overwritten)");
        }
        try (Secret text = SigningKey.generate(name, new SecureRandom())) {
            VerifierKey key = SigningKey.parse(text).verifierKey();
            write(file, text.lend(utf8 -> VerifierKey.concat(utf8, new byte[] {'\n'})));
            announce(directory, key);
            return key;
        }
    }

    /** Sees to it that the public key stands among those of {@code directory}. */
    public static void announce(Path directory, VerifierKey key) throws IOException {
        List<VerifierKey> keys =
                new ArrayList<>(known(directory).map(VerifierKeys::keys).orElse(List.of()));
        if (!keys.contains(key)) {
            keys.add(key);
            write(verifierKeys(directory), new VerifierKeys(keys).toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The public keys that lie in {@code directory}. */
    public static Optional<VerifierKeys> known(Path directory) throws IOException {
        Path file = verifierKeys(directory);
        return Files.exists(file) ? Optional.of(keys(file)) : Optional.empty();
    }

    /** The public keys in a file. */
    public static VerifierKeys keys(Path file) throws IOException {
        try {
            return VerifierKeys.parse(new String(read(file), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException unusable) {
            throw new IOException(file + ": " + unusable.getMessage(), unusable);
        }
    }

    private static byte[] read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + ": larger than " + MAX_BYTES + " bytes (expected: a key)");
            }
            return bytes;
        }
    }

    /** Writes a file that only its owner may read: whole or not at all, and durably so. */
    public static void write(Path file, byte[] content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.deleteIfExists(next);
        try (FileChannel channel = posix ? FileChannel.open(next, NEW, OWNER_ONLY) : FileChannel.open(next, NEW)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new NoSuchFileException(file.toString());
        }
        try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
