package dev.sallyport.core.audit;

import dev.sallyport.core.audit.seal.RecordCipher;
import dev.sallyport.core.audit.seal.RecordCipher.Part;

/**
 * Where the parts of an encrypted record lie. Behind the coding stand, as varints, the number of the session's key in
 * the segment's {@link KeyTable} and the record's ordinal in its session, then the ciphertext with its tag. What is not
 * encrypted of it from the type on cannot be changed either.
 *
 * @param record the whole record
 * @param key which key of the segment
 * @param ordinal the record's number in its session, from 0
 * @param at where the ciphertext starts
 */
@SuppressWarnings("ArrayRecordComponent") // a view of the record, compared by nobody
record SealedRecord(byte[] record, int key, long ordinal, int at) {

    /** @throws IllegalArgumentException where it is not encrypted, or cut short */
    static SealedRecord of(StoredRecord stored) {
        byte[] bytes = stored.bytes();
        Coding.requireKnown(stored.coding());
        if (stored.coding() == Coding.PLAIN) {
            throw new IllegalArgumentException("record is not sealed");
        }
        int at = Frame.HEADER_BYTES + 1;
        long key = Varint.get(bytes, at);
        if (key > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("key number: " + key + " is out of bounds");
        }
        at += Varint.length(key);
        long ordinal = Varint.get(bytes, at);
        at += Varint.length(ordinal);
        if (bytes.length - at < RecordCipher.TAG_BYTES) {
            throw new IllegalArgumentException("sealed record: cut short");
        }
        return new SealedRecord(bytes, (int) key, ordinal, at);
    }

    boolean isCompressed() {
        return (record[Frame.HEADER_BYTES] & Coding.COMPRESSED) != 0;
    }

    Part associated() {
        return new Part(record, Frame.TYPE_OFFSET, at - Frame.TYPE_OFFSET);
    }

    Part ciphertext() {
        return new Part(record, at, record.length - at);
    }

    /** @throws IllegalArgumentException where it is not this record's key, or the record was changed */
    byte[] open(byte[] recordKey, RecordCipher cipher) {
        byte[] plain = cipher.open(recordKey, associated(), ciphertext());
        return isCompressed() ? Compression.decompress(plain) : plain;
    }
}
