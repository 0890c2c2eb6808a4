package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentReader.Step;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.RecordCipher;
import dev.sallyport.core.audit.seal.SessionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of the records of one segment: unseals them with the segment's keys and adds the shapes that they refer
 * to. Shapes that it has not come by are looked for. Not safe for use by several threads.
 */
final class EventOpener {
    private final LogDirectory directory;
    private final SegmentHeader segment;
    private final KeyRing ring;
    private final RecordCipher cipher = new RecordCipher();
    private final Map<Integer, KeyTable.Entry> entries = new HashMap<>();
    private final Map<Integer, SessionKey> keys = new HashMap<>();
    private final Map<ShapeId, Shape> shapes = new HashMap<>();

    private record ShapeId(int key, long ordinal) {}

    @SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
    private record Shape(EventFields fields, byte[] hash) {}

    EventOpener(LogDirectory directory, SegmentHeader segment, KeyRing ring) {
        this.directory = directory;
        this.segment = segment;
        this.ring = ring;
    }

    /** What a record turned out to be. */
    sealed interface Opened {
        record Event(AuditEvent event) implements Opened {}

        /** A part of events that are to come. */
        record Shape() implements Opened {}

        /** The key of its session was erased. */
        record Erased() implements Opened {}
    }

    /**
     * Opens a record of this segment.
     *
     * @throws MissingKeyException where the key that its session's is wrapped with was not given
     * @throws IllegalArgumentException where it is damaged or unknown
     */
    Opened open(StoredRecord stored) throws IOException {
        if (stored.coding() == Coding.PLAIN) {
            return new Opened.Event(
                    EventCodec.event(EventType.ofCode(stored.type()), EventCodec.fields(stored.payload())));
        }
        SealedRecord sealed = SealedRecord.of(stored);
        KeyTable.Entry entry = entry(sealed.key());
        if (entry.isErased()) {
            return new Opened.Erased();
        }
        if (stored.type() == Frame.SHAPE) {
            byte[] map = sealed.openShape(recordKey(sealed, entry), cipher, SealedRecord.ownedBy(entry.session()));
            shapes.put(
                    new ShapeId(sealed.key(), sealed.ordinal()),
                    new Shape(EventCodec.fields(map), SealedRecord.hash(stored.bytes())));
            return new Opened.Shape();
        }
        EventFields fields = fields(sealed, entry);
        EventFields whole = entry.session().isEmpty()
                ? fields
                : fields.with(Key.SESSION, entry.session().get());
        return new Opened.Event(EventCodec.event(EventType.ofCode(stored.type()), whole));
    }

    /** Passes over a record that nobody asked for; what others may refer to is kept. */
    void pass(StoredRecord stored) throws IOException {
        if (stored.type() == Frame.SHAPE) {
            open(stored);
        }
    }

    private EventFields fields(SealedRecord sealed, KeyTable.Entry entry) throws IOException {
        SealedRecord.Content content = sealed.open(
                recordKey(sealed, entry),
                cipher,
                reference -> reference.isPresent()
                        ? shape(sealed.key(), reference.getAsLong()).hash()
                        : SealedRecord.ownedBy(entry.session()));
        EventFields own = EventCodec.fields(content.map());
        return content.shape().isPresent()
                ? own.and(shape(sealed.key(), content.shape().getAsLong()).fields())
                : own;
    }

    private byte[] recordKey(SealedRecord sealed, KeyTable.Entry entry) throws MissingKeyException {
        SessionKey key = keys.get(sealed.key());
        if (key == null) {
            key = entry.open(segment.log(), ring);
            keys.put(sealed.key(), key);
        }
        return key.recordKey(sealed.ordinal());
    }

    private KeyTable.Entry entry(int number) throws IOException {
        KeyTable.Entry known = entries.get(number);
        if (known == null) {
            // The file grows while the segment is written.
            readKeys();
            known = entries.get(number);
        }
        if (known == null) {
            throw new IllegalArgumentException("key " + number + " of the segment is missing");
        }
        return known;
    }

    private void readKeys() throws IOException {
        try {
            for (StoredRecord stored :
                    KeyFile.read(directory.keys(segment.number())).whole()) {
                KeyTable.Entry entry = KeyTable.read(stored);
                entries.put(entry.number(), entry);
            }
        } catch (NoSuchFileException deleted) {
            // Retention may be faster than a reader; what it has no key for counts as missing.
        }
    }

    private Shape shape(int key, long ordinal) throws IOException {
        ShapeId id = new ShapeId(key, ordinal);
        if (!shapes.containsKey(id)) {
            findShapes(segment);
        }
        Shape found = shapes.get(id);
        if (found == null) {
            throw new IllegalArgumentException(
                    "it was changed, or shape " + ordinal + " of key " + key + " is missing");
        }
        return found;
    }

    /** In the segment, and where it goes on after a failure in the ones before, which have the same keys. */
    private void findShapes(SegmentHeader in) throws IOException {
        SegmentHeader previous = in.afterFailure() ? header(in.number() - 1) : null;
        if (previous != null) {
            findShapes(previous);
        }
        try (SegmentReader reader = SegmentReader.open(directory.records(in.number()), SegmentHeader.Kind.RECORDS)) {
            for (Step step = reader.next(); step instanceof Step.Whole(StoredRecord stored); step = reader.next()) {
                pass(stored);
            }
        }
    }

    private @Nullable SegmentHeader header(long number) throws IOException {
        if (!Files.exists(directory.records(number))) {
            return null;
        }
        try (SegmentReader reader = SegmentReader.open(directory.records(number), SegmentHeader.Kind.RECORDS)) {
            return reader.header();
        }
    }
}
