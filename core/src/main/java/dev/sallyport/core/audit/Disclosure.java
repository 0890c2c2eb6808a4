package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentHeader.Kind;
import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.RecordCipher;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What opens single records of one segment, without giving away the key of their session. */
final class Disclosure {
    private final LogDirectory directory;
    private final SegmentHeader segment;
    private final KeyRing ring;
    private final Map<Integer, KeyTable.Entry> entries = new HashMap<>();

    private Disclosure(LogDirectory directory, SegmentHeader segment, KeyRing ring) {
        this.directory = directory;
        this.segment = segment;
        this.ring = ring;
    }

    static Disclosure of(LogDirectory directory, long segment, KeyRing ring) throws IOException {
        try (SegmentReader reader = SegmentReader.open(directory.keys(segment), Kind.KEYS)) {
            Disclosure disclosure = new Disclosure(directory, reader.header(), ring);
            for (Step step = reader.next(); step instanceof Step.Whole(StoredRecord stored); step = reader.next()) {
                KeyTable.Entry entry = KeyTable.read(stored);
                disclosure.entries.put(entry.number(), entry);
            }
            return disclosure;
        }
    }

    /** The key of this record, and of no other. */
    byte[] keyOf(StoredRecord stored) throws MissingKeyException {
        SealedRecord sealed = SealedRecord.of(stored);
        KeyTable.Entry entry = entries.get(sealed.key());
        if (entry == null) {
            throw new IllegalArgumentException("key " + sealed.key() + " of the segment is missing");
        }
        if (entry.isErased()) {
            throw new IllegalArgumentException("the key of its session was erased");
        }
        return entry.open(segment.log(), ring).recordKey(sealed.ordinal());
    }

    /** The index of the record that this one refers to. */
    OptionalLong shapeOf(StoredRecord stored) throws IOException {
        SealedRecord sealed = SealedRecord.of(stored);
        EventFields fields = EventCodec.fields(sealed.open(keyOf(stored), new RecordCipher()));
        return fields.has(Key.LIKE)
                ? OptionalLong.of(shape(segment.number(), sealed.key(), fields.number(Key.LIKE)))
                : OptionalLong.empty();
    }

    /** In the segment, or where it goes on after a failure in the one before, which has the same keys. */
    private long shape(long number, int key, long ordinal) throws IOException {
        boolean goesOn;
        try (SegmentReader reader = SegmentReader.open(directory.records(number), Kind.RECORDS)) {
            goesOn = reader.header().afterFailure();
            for (Step step = reader.next(); step instanceof Step.Whole(StoredRecord stored); step = reader.next()) {
                if (stored.type() == Frame.SHAPE && stored.coding() != Coding.PLAIN) {
                    SealedRecord sealed = SealedRecord.of(stored);
                    if (sealed.key() == key && sealed.ordinal() == ordinal) {
                        return stored.index();
                    }
                }
            }
        }
        if (!goesOn) {
            throw new IllegalArgumentException("the record that it refers to is missing");
        }
        return shape(number - 1, key, ordinal);
    }
}
