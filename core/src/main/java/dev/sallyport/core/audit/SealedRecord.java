package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.MerkleTree;
import dev.sallyport.core.audit.seal.RecordCipher;
import dev.sallyport.core.audit.seal.RecordCipher.Part;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where the parts of an encrypted record lie. Its payload begins with, as varints, the number of the session's key in
 * the segment's {@link KeyTable} and the record's ordinal in its session, then the ciphertext with its tag. What is
 * encrypted is a varint, 0 or the ordinal of a shape and 1, then a map, compressed where the coding says so.
 *
 * <p><b>What a record means is settled by its bytes.</b> Its tag commits to its key, to the ciphertext, and to the
 * associated data: its own bytes from the type up to the ciphertext, and behind them what it {@link #ownedBy belongs to},
 * the session's id, or, where it refers to a shape, {@link #hash the hash} of that shape's record, which itself belongs to
 * the session. So who has the record of the Merkle tree can be shown one event of one session and no other, whoever
 * shows it and whoever wrote the log: with another key, another session's id or another shape, one of another segment
 * with the same numbers say, its tag is not right.
 *
 * <p>The reference is encrypted, since otherwise everybody could see which commands of a session are the same. So it is
 * read before the tag is checked, which needs what it refers to; it is a number, and a wrong one finds nothing.
 *
 * @param record the whole record
 * @param coding see {@link Coding}
 * @param key which key of the segment
 * @param ordinal the record's number in its session, from 0
 * @param at where the ciphertext starts
 */
@SuppressWarnings("ArrayRecordComponent") // a view of the record, compared by nobody
record SealedRecord(byte[] record, int coding, int key, long ordinal, int at) {

    /**
     * What was in a record.
     *
     * @param shape the ordinal of the record that has the rest of the event
     * @param map the fields, as CBOR
     */
    record Content(OptionalLong shape, byte[] map) {}

    /**
     * Says what a record is bound to.
     *
     * @param <X> thrown where that cannot be had
     */
    @FunctionalInterface
    interface Bond<X extends Exception> {
        /** @param shape the shape that it says it refers to, which may be wrong still */
        byte[] of(OptionalLong shape) throws X;
    }

    /** @throws IllegalArgumentException where it is not encrypted, or cut short */
    static SealedRecord of(StoredRecord stored) {
        byte[] bytes = stored.bytes();
        Coding.requireKnown(stored.coding());
        if (stored.coding() == Coding.PLAIN) {
            throw new IllegalArgumentException("record is not sealed");
        }
        int at = Frame.HEADER_BYTES;
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
        return new SealedRecord(bytes, stored.coding(), (int) key, ordinal, at);
    }

    /** What a record is bound to that refers to no shape; the gateway's own events belong to no session. */
    static byte[] ownedBy(Optional<String> session) {
        return session.orElse("").getBytes(StandardCharsets.UTF_8);
    }

    /** What a record is bound to that refers to this one: SHA-256 of all behind the checksum, which changes with its place. */
    static byte[] hash(byte[] shape) {
        MessageDigest sha256 = MerkleTree.newSha256();
        sha256.update(shape, Frame.CHECKSUM_BYTES, shape.length - Frame.CHECKSUM_BYTES);
        return sha256.digest();
    }

    /** The associated data of a record whose ciphertext starts at {@code at}. */
    static Part associated(byte[] record, int at, byte[] bond) {
        int own = at - Frame.TYPE_OFFSET;
        byte[] all = new byte[own + bond.length];
        System.arraycopy(record, Frame.TYPE_OFFSET, all, 0, own);
        System.arraycopy(bond, 0, all, own, bond.length);
        return new Part(all, 0, all.length);
    }

    /** @throws IllegalArgumentException where key or bond are not this record's, or the record was changed */
    <X extends Exception> Content open(byte[] recordKey, RecordCipher cipher, Bond<X> bond) throws X {
        Part ciphertext = new Part(record, at, record.length - at);
        byte[] plain = cipher.open(recordKey, ciphertext, unproved -> associated(record, at, bond.of(shape(unproved))));
        byte[] map = Arrays.copyOfRange(plain, Varint.length(Varint.get(plain, 0)), plain.length);
        boolean compressed = (coding & Coding.COMPRESSED) != 0;
        return new Content(shape(plain), compressed ? Compression.decompress(map) : map);
    }

    /** The fields that a shape's record has. It never refers to another one, so that what is read ends. */
    byte[] openShape(byte[] recordKey, RecordCipher cipher, byte[] owner) {
        Bond<RuntimeException> bond = shape -> {
            if (shape.isPresent()) {
                throw new IllegalArgumentException("sealed record: its key is another one, or it was changed");
            }
            return owner;
        };
        return open(recordKey, cipher, bond).map();
    }

    private static OptionalLong shape(byte[] plain) {
        long reference = Varint.get(plain, 0);
        return reference == 0 ? OptionalLong.empty() : OptionalLong.of(reference - 1);
    }
}
