package dev.sallyport.protocols.postgres.session;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The keys by which clients cancel what their sessions run. The gateway makes them itself; the target's are never shown.
 * Safe to call from any thread.
 */
public final class CancelKeys {
    private static final int SHORT_KEY_BYTES = 4;
    private static final int LONG_KEY_BYTES = 32;

    private final SecureRandom random;
    private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();

    public CancelKeys(SecureRandom random) {
        this.random = random;
    }

    private record Entry(Key key, Consumer<Runnable> cancel) {}

    /**
     * What BackendKeyData says.
     *
     * @param processId a number that looks like a process id, and is none
     * @param secret 4 bytes for protocol 3.0, 32 for 3.2
     */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time, by the registry alone
    public record Key(int processId, byte[] secret) {}

    /**
     * Makes a key for a session.
     *
     * @param isLong whether the client speaks protocol 3.2 and so can hold a long one
     * @param cancel what a request with this key does; called on any thread, with what to run once it is done
     */
    public Key register(boolean isLong, Consumer<Runnable> cancel) {
        byte[] secret = new byte[isLong ? LONG_KEY_BYTES : SHORT_KEY_BYTES];
        while (true) {
            int processId = random.nextInt(1, Integer.MAX_VALUE);
            random.nextBytes(secret);
            Key key = new Key(processId, secret);
            if (entries.putIfAbsent(processId, new Entry(key, cancel)) == null) {
                return key;
            }
        }
    }

    public void forget(Key key) {
        entries.computeIfPresent(key.processId(), (id, entry) -> entry.key().equals(key) ? null : entry);
    }

    /**
     * Does what the key's session has to do; a key that is not known does nothing, and nobody is told.
     *
     * @param then runs when nothing that the session gets from now on can be hit any more; on any thread
     */
    public void cancel(int processId, byte[] secret, Runnable then) {
        Entry entry = entries.get(processId);
        if (entry != null && MessageDigest.isEqual(entry.key().secret(), secret)) {
            entry.cancel().accept(then);
        } else {
            then.run();
        }
    }
}
