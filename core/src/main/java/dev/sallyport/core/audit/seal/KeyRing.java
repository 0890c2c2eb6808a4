package dev.sallyport.core.audit.seal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The key-encryption keys of a log: the one that new sessions' keys are wrapped with, and former ones, with which those
 * of older sessions were.
 */
public final class KeyRing {
    private final List<KeyEncryptionKey> keys;

    private KeyRing(List<KeyEncryptionKey> keys) {
        this.keys = keys;
    }

    public static KeyRing of(KeyEncryptionKey current, List<? extends KeyEncryptionKey> former) {
        List<KeyEncryptionKey> all = new ArrayList<>();
        all.add(current);
        all.addAll(former);
        return new KeyRing(List.copyOf(all));
    }

    /** The key that {@link LocalKey#inDirectory} made there; none where there is no such file. */
    public static KeyRing inDirectory(Path directory) throws IOException {
        Path file = directory.resolve(LocalKey.FILE_NAME);
        return new KeyRing(Files.exists(file) ? List.of(LocalKey.read(file)) : List.of());
    }

    /** What wraps from now on. */
    public KeyEncryptionKey current() {
        return keys.getFirst();
    }

    /** The key of this id. */
    public Optional<KeyEncryptionKey> of(byte[] id) {
        return keys.stream().filter(key -> Arrays.equals(key.id(), id)).findFirst();
    }

    /** What a session's key is bound to when it is wrapped: the log and the session; no session is the gateway itself. */
    public static byte[] context(String log, Optional<String> session) {
        byte[] id = session.orElse("").getBytes(StandardCharsets.UTF_8);
        byte[] logId = HexFormat.of().parseHex(log);
        return ByteBuffer.allocate(logId.length + id.length).put(logId).put(id).array();
    }
}
