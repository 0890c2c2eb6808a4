package dev.sallyport.core.audit.seal;

/**
 * What wraps the keys of sessions, so that only who has it can read the log. {@link LocalKey} holds it in memory; a key
 * service would do the same elsewhere. Implementations are safe for use by several threads.
 */
public interface KeyEncryptionKey {
    /** How many bytes name a key. */
    int ID_BYTES = 8;

    /** How many bytes a wrapped key of 32 bytes takes. */
    int WRAPPED_BYTES = 60;

    /** Names it among others, {@link #ID_BYTES} long; tells nothing of it. */
    byte[] id();

    /**
     * Wraps a key.
     *
     * @param key 32 bytes
     * @param context what the key is for; has to be the same when it is unwrapped
     * @return {@link #WRAPPED_BYTES} bytes
     */
    byte[] wrap(byte[] key, byte[] context);

    /** @throws IllegalArgumentException where it was not wrapped by this one, or for something else, or was changed */
    byte[] unwrap(byte[] wrapped, byte[] context);
}
