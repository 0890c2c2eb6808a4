package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.proof.Opening;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.RecordCipher;
import dev.sallyport.core.audit.seal.SessionKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/** Gives away what opens single records of one segment, without the key of their session. */
final class Disclosure {
    private final LogDirectory directory;
    private final KeyFile keys;
    private final KeyRing ring;

    private Disclosure(LogDirectory directory, KeyFile keys, KeyRing ring) {
        this.directory = directory;
        this.keys = keys;
        this.ring = ring;
    }

    static Disclosure of(LogDirectory directory, long segment, KeyRing ring) throws IOException {
        return new Disclosure(directory, KeyFile.read(directory.keys(segment)), ring);
    }

    /**
     * What opens this record, and no other; empty where it is not encrypted.
     *
     * @throws IllegalArgumentException where it cannot be opened
     */
    Optional<Opening> opening(StoredRecord stored) throws IOException {
        if (stored.coding() == Coding.PLAIN) {
            return Optional.empty();
        }
        SealedRecord sealed = SealedRecord.of(stored);
        KeyTable.Entry entry = entry(sealed.key());
        SessionKey session = entry.open(keys.header().log(), ring);
        byte[] key = session.recordKey(sealed.ordinal());
        Optional<Opening.Shape> shape = shape(sealed, key, entry.session(), session);
        return Optional.of(new Opening(key, entry.session().orElse(""), shape));
    }

    private KeyTable.Entry entry(int number) {
        KeyTable.Entry entry = keys.whole().stream()
                .map(KeyTable::read)
                .filter(each -> each.number() == number)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("key " + number + " of the segment is missing"));
        if (entry.isErased()) {
            throw new IllegalArgumentException("the key of its session was erased");
        }
        return entry;
    }

    private Optional<Opening.Shape> shape(SealedRecord sealed, byte[] key, Optional<String> owner, SessionKey session)
            throws IOException {
        OptionalLong ordinal = sealed.open(
                        key,
                        new RecordCipher(),
                        reference -> reference.isPresent()
                                ? SealedRecord.hash(find(sealed.key(), reference.getAsLong()))
                                : SealedRecord.ownedBy(owner))
                .shape();
        if (ordinal.isEmpty()) {
            return Optional.empty();
        }
        byte[] shape = find(sealed.key(), ordinal.getAsLong());
        byte[] withoutChecksum = Arrays.copyOfRange(shape, Frame.CHECKSUM_BYTES, shape.length);
        return Optional.of(new Opening.Shape(withoutChecksum, session.recordKey(ordinal.getAsLong())));
    }

    private byte[] find(int key, long ordinal) throws IOException {
        return find(keys.header().number(), key, ordinal);
    }

    /** In the segment, or where it goes on after a failure in the one before, which has the same keys. */
    private byte[] find(long number, int key, long ordinal) throws IOException {
        boolean goesOn;
        try (SegmentReader reader = SegmentReader.open(directory.records(number), Kind.RECORDS)) {
            goesOn = reader.header().afterFailure();
            for (Step step = reader.next(); step instanceof Step.Whole(StoredRecord stored); step = reader.next()) {
                if (stored.type() == Frame.SHAPE && stored.coding() != Coding.PLAIN) {
                    SealedRecord sealed = SealedRecord.of(stored);
                    if (sealed.key() == key && sealed.ordinal() == ordinal) {
                        return stored.bytes();
                    }
                }
            }
        }
        if (!goesOn) {
            throw new IllegalArgumentException("it was changed, or the record that it refers to is missing");
        }
        return find(number - 1, key, ordinal);
    }
}
