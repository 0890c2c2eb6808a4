package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.Opening;
import dev.sallyport.core.audit.proof.ProofFile;
import dev.sallyport.core.audit.seal.RecordCipher;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads the event that a proof discloses; to be asked only once the proof was checked. */
public final class DisclosedEvent {
    private DisclosedEvent() {}

    /**
     * The event, all of which the record commits to, its session too; see {@link SealedRecord}. Empty where the record is
     * encrypted and the proof does not open it.
     *
     * @throws IllegalArgumentException where what is to open the record is not what it commits to, or it is no event
     */
    public static Optional<StoredEvent> of(ProofFile proof) {
        StoredRecord stored = stored(proof.record(), proof.index());
        if (stored.coding() == Coding.PLAIN) {
            return Optional.of(event(stored, EventCodec.fields(stored.payload())));
        }
        return proof.opening().map(opening -> event(stored, fields(SealedRecord.of(stored), opening)));
    }

    private static StoredEvent event(StoredRecord stored, EventFields fields) {
        if (stored.type() == Frame.SHAPE) {
            throw new IllegalArgumentException("it is no event, but a part of others");
        }
        return new StoredEvent(stored.index(), 0, 0, EventCodec.event(EventType.ofCode(stored.type()), fields));
    }

    private static StoredRecord stored(byte[] record, long index) {
        if (record.length <= Frame.HEADER_BYTES) {
            throw new IllegalArgumentException("the record is cut short");
        }
        return new StoredRecord(0, index, record);
    }

    private static EventFields fields(SealedRecord sealed, Opening opening) {
        byte[] owner = SealedRecord.ownedBy(Optional.of(opening.session()));
        Optional<StoredRecord> shape = opening.shape().map(DisclosedEvent::stored);
        SealedRecord.Content content = sealed.open(opening.key(), new RecordCipher(), reference -> {
            if (reference.isPresent() != shape.isPresent()) {
                throw new IllegalArgumentException("what it refers to is missing, or it refers to nothing");
            }
            return shape.map(StoredRecord::bytes).map(SealedRecord::hash).orElse(owner);
        });
        EventFields fields = EventCodec.fields(content.map());
        if (shape.isPresent()) {
            fields = fields.and(part(sealed, content, shape.get(), opening));
        }
        return opening.session().isEmpty() ? fields : fields.with(Key.SESSION, opening.session());
    }

    /** What it refers to: it commits to that record, which commits to its own key and to the session. */
    private static EventFields part(
            SealedRecord sealed, SealedRecord.Content content, StoredRecord stored, Opening opening) {
        SealedRecord shape = SealedRecord.of(stored);
        if (stored.type() != Frame.SHAPE
                || shape.key() != sealed.key()
                || shape.ordinal() != content.shape().orElseThrow()) {
            throw new IllegalArgumentException("it refers to a record that is no part of it");
        }
        byte[] key = opening.shape().orElseThrow().key();
        byte[] owner = SealedRecord.ownedBy(Optional.of(opening.session()));
        return EventCodec.fields(shape.openShape(key, new RecordCipher(), owner));
    }

    private static StoredRecord stored(Opening.Shape shape) {
        byte[] record = ByteBuffer.allocate(Frame.CHECKSUM_BYTES + shape.record().length)
                .put(Frame.CHECKSUM_BYTES, shape.record())
                .array();
        return stored(record, 0);
    }
}
