package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.ProofFile;
import dev.sallyport.core.audit.seal.RecordCipher;

/** Reads the event that a proof discloses; to be asked only once the proof was checked. */
public final class DisclosedEvent {
    private DisclosedEvent() {}

    /**
     * The event. Its session is not in the record, so it is empty here.
     *
     * @throws IllegalArgumentException where the key in the proof is not the record's, or a part is missing
     */
    public static StoredEvent of(ProofFile proof) {
        StoredRecord stored = record(proof);
        SealedRecord sealed = SealedRecord.of(stored);
        EventFields fields = fields(proof, sealed);
        if (fields.has(Key.LIKE)) {
            ProofFile other = proof.shape()
                    .orElseThrow(() -> new IllegalArgumentException("the record that it refers to is missing"));
            SealedRecord shape = SealedRecord.of(record(other));
            if (record(other).type() != Frame.SHAPE
                    || shape.key() != sealed.key()
                    || shape.ordinal() != fields.number(Key.LIKE)) {
                throw new IllegalArgumentException("it refers to another record than the one beside it");
            }
            fields = fields.and(fields(other, shape));
        }
        return new StoredEvent(proof.index(), 0, 0, EventCodec.event(EventType.ofCode(stored.type()), fields));
    }

    private static StoredRecord record(ProofFile proof) {
        if (proof.record().length <= Frame.HEADER_BYTES) {
            throw new IllegalArgumentException("the record is cut short");
        }
        return new StoredRecord(0, proof.index(), proof.record());
    }

    private static EventFields fields(ProofFile proof, SealedRecord sealed) {
        byte[] key = proof.recordKey().orElseThrow(() -> new IllegalArgumentException("a record's key is missing"));
        return EventCodec.fields(sealed.open(key, new RecordCipher()));
    }
}
