package dev.sallyport.core.audit.seal;

import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key-encryption key that this process holds: AES-256-GCM with a random nonce. A wrapped key is nonce (12 bytes),
 * ciphertext (32) and tag (16).
 */
public final class LocalKey implements KeyEncryptionKey {
    /** What the key is called that lies in a log's directory. */
    public static final String FILE_NAME = "encryption.key";

    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte[] ID_LABEL = "sallyport key id".getBytes(StandardCharsets.US_ASCII);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;
    private final byte[] id;

    private LocalKey(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, "AES");
        MessageDigest sha256 = Sha256.digest();
        sha256.update(ID_LABEL);
        this.id = Arrays.copyOf(sha256.digest(bytes), ID_BYTES);
    }

    /**
     * A key from the text that its file or variable holds.
     *
     * @param base64 32 bytes in base64, with nothing but white space around it
     * @throws IllegalArgumentException where it is not that
     */
    public static LocalKey of(Secret base64) {
        byte[] bytes = base64.lend(LocalKey::decoded);
        try {
            return new LocalKey(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** @throws IOException where the file cannot be read or holds no key */
    public static LocalKey read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try (Secret text = Secret.ofUtf8(bytes)) {
            return of(text);
        } catch (IllegalArgumentException noKey) {
            throw new IOException(file + ": " + noKey.getMessage(), noKey);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The key in the log's own directory, which is made, for its owner only, where there is none. */
    public static LocalKey inDirectory(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            make(file);
        }
        return read(file);
    }

    private static void make(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path fresh = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(fresh, NEW, OWNER_ONLY)) {
            ByteBuffer text = ByteBuffer.wrap((newText() + "\n").getBytes(StandardCharsets.US_ASCII));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static byte[] decoded(byte[] text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(new String(text, StandardCharsets.US_ASCII).strip());
        } catch (IllegalArgumentException notBase64) {
            // the decoder's message would show a character of the key
            throw new IllegalArgumentException("encryption key: is not base64");
        }
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "encryption key: " + bytes.length + " bytes (expected: " + KEY_BYTES + ", in base64)");
        }
        return bytes;
    }

    /** A new key as the text that {@link #of} takes. */
    public static String newText() {
        byte[] bytes = new byte[KEY_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public byte[] id() {
        return id.clone();
    }

    @Override
    public byte[] wrap(byte[] plain, byte[] context) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, context);
            return ByteBuffer.allocate(WRAPPED_BYTES)
                    .put(nonce)
                    .put(cipher.doFinal(plain))
                    .array();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM", impossible);
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] context) {
        if (wrapped.length != WRAPPED_BYTES) {
            throw new IllegalArgumentException(
                    "wrapped key: " + wrapped.length + " bytes (expected: " + WRAPPED_BYTES + ")");
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, NONCE_BYTES), context);
            return cipher.doFinal(wrapped, NONCE_BYTES, WRAPPED_BYTES - NONCE_BYTES);
        } catch (GeneralSecurityException changed) {
            throw new IllegalArgumentException("wrapped key: was not wrapped by this key for this use", changed);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }

    @Override
    public String toString() {
        return "LocalKey[redacted]";
    }
}
