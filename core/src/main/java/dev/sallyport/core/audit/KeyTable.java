package dev.sallyport.core.audit;

import dev.sallyport.core.audit.seal.KeyEncryptionKey;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.SessionKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The entries of a segment's file of keys: the key of each session that has records in the segment, wrapped. They are no
 * part of the tree, so that one can be erased and the tree still verifies. An entry's body:
 *
 * <pre>
 *  0  4  number, by which records refer to it
 *  4  8  id of the key-encryption key; zeros where the key was erased
 * 12 60  the wrapped key; zeros where it was erased
 * 72  n  the session's id in UTF-8; nothing for the gateway's own events
 * </pre>
 */
final class KeyTable {
    private static final int ID_AT = 4;
    private static final int WRAPPED_AT = ID_AT + KeyEncryptionKey.ID_BYTES;
    private static final int SESSION_AT = WRAPPED_AT + KeyEncryptionKey.WRAPPED_BYTES;

    private KeyTable() {}

    /**
     * One entry.
     *
     * @param number by which records refer to it
     * @param session whose it is; empty for the gateway itself
     * @param wrappedBy the id of what wrapped it, empty where it was erased
     * @param wrapped the wrapped key
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
    record Entry(int number, Optional<String> session, Optional<byte[]> wrappedBy, byte[] wrapped) {
        boolean isErased() {
            return wrappedBy.isEmpty();
        }

        /**
         * The key itself.
         *
         * @throws MissingKeyException where the ring does not have what it is wrapped by
         * @throws IllegalArgumentException where it was changed, or is erased
         */
        SessionKey open(String log, KeyRing keys) throws MissingKeyException {
            byte[] id = wrappedBy.orElseThrow(() -> new IllegalArgumentException("key " + number + " was erased"));
            KeyEncryptionKey by = keys.of(id).orElseThrow(() -> new MissingKeyException(id));
            return SessionKey.unwrap(by, wrapped, KeyRing.context(log, session));
        }
    }

    static Frame entry(int number, Optional<String> session, String log, SessionKey key, KeyEncryptionKey by) {
        byte[] id = session.orElse("").getBytes(StandardCharsets.UTF_8);
        return Frame.plain(
                Frame.KEY,
                ByteBuffer.allocate(SESSION_AT + id.length)
                        .putInt(number)
                        .put(by.id())
                        .put(key.wrap(by, KeyRing.context(log, session)))
                        .put(id)
                        .array());
    }

    /** @throws IllegalArgumentException where it is no such entry */
    static Entry read(StoredRecord stored) {
        byte[] body = stored.payload();
        if (stored.type() != Frame.KEY || stored.coding() != Coding.PLAIN || body.length < SESSION_AT) {
            throw new IllegalArgumentException("is no key");
        }
        int number = ByteBuffer.wrap(body).getInt();
        if (number < 0) {
            throw new IllegalArgumentException("key number: " + number + " is out of bounds");
        }
        byte[] id = Arrays.copyOfRange(body, ID_AT, WRAPPED_AT);
        String session = new String(body, SESSION_AT, body.length - SESSION_AT, StandardCharsets.UTF_8);
        return new Entry(
                number,
                session.isEmpty() ? Optional.empty() : Optional.of(session),
                Arrays.equals(id, new byte[id.length]) ? Optional.empty() : Optional.of(id),
                Arrays.copyOfRange(body, WRAPPED_AT, SESSION_AT));
    }

    /** Whether this is an entry of the session, be it half overwritten. */
    static boolean isOf(StoredRecord stored, String session) {
        byte[] body = stored.payload();
        byte[] id = session.getBytes(StandardCharsets.UTF_8);
        return stored.type() == Frame.KEY
                && body.length > SESSION_AT
                && Arrays.equals(body, SESSION_AT, body.length, id, 0, id.length);
    }

    /** The same entry with its key wrapped by another. */
    static Frame rewrapped(StoredRecord stored, String log, KeyRing keys) throws MissingKeyException {
        Entry entry = read(stored);
        return entry(entry.number(), entry.session(), log, entry.open(log, keys), keys.current());
    }

    /** The same entry without its key, of the same length, to be written over it. */
    static Frame erased(StoredRecord stored) {
        byte[] body = stored.payload();
        Arrays.fill(body, ID_AT, SESSION_AT, (byte) 0);
        return Frame.plain(Frame.KEY, body);
    }
}
