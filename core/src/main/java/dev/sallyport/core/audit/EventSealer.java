package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.AuditEvent.SessionContinued;
import dev.sallyport.core.audit.AuditEvent.SessionOpened;
import dev.sallyport.core.audit.LogWriter.Entry;
import dev.sallyport.core.audit.seal.RecordCipher;
import dev.sallyport.core.audit.seal.RecordCipher.Part;
import dev.sallyport.core.audit.seal.SessionKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The events of one session, or the gateway's own, on their way into records: encoded, compressed where that pays, and
 * sealed under the session's key. Guarded by its own monitor.
 *
 * <p><b>Shapes.</b> Bots say the same again and again. The fields of an event that are likely to be the same the next
 * time (text, effects, rules, columns) are remembered; when they come a second time they are written as a record of
 * their own, a shape, and from then on only named by its ordinal. A shape is sealed as every record is; what refers to it
 * is bound to it, see {@link SealedRecord}.
 *
 * <p><b>Segments.</b> A segment can be read without those before it: the first record of a session in a segment comes
 * with its key and says again how the session was opened, and shapes start anew. Which segment a record will be in is
 * known here by the {@link Generation}.
 */
final class EventSealer {
    /** Below this a reference would gain nothing. */
    private static final int LEAST_SHAPE_BYTES = 16;

    private final Optional<String> session;
    private final byte[] owner;
    private final SessionKey key = SessionKey.random();
    private final RecordCipher cipher = new RecordCipher();
    private final Shapes shapes = new Shapes();
    private @Nullable Generation generation;
    private @Nullable SessionOpened opened;
    private int keyNumber;
    private long ordinal;

    EventSealer(Optional<String> session) {
        this.session = session;
        this.owner = SealedRecord.ownedBy(session);
    }

    /**
     * What has to be written for {@code event}, in this order; the event's own record is the last.
     *
     * @param now where it will be written
     * @throws IllegalArgumentException where it is too large
     */
    List<Entry> entries(AuditEvent event, Generation now) {
        List<Entry> entries = new ArrayList<>(1);
        if (generation != now) {
            begin(event.at(), now, entries);
        }
        if (event instanceof SessionOpened first) {
            opened = first;
        }
        add(event, entries);
        return entries;
    }

    /** What was made for the last event did not get into the log: nothing may refer to it. */
    void restart() {
        generation = null;
    }

    /** Its key is to be gone; it is not used again. */
    synchronized void wipe() {
        key.wipe();
    }

    private void begin(Instant at, Generation now, List<Entry> entries) {
        generation = now;
        shapes.clear();
        keyNumber = now.nextKey();
        entries.add(Entry.key(KeyTable.entry(keyNumber, session, now.log(), key, now.wrapper())));
        SessionOpened before = opened;
        if (before != null) {
            add(new SessionContinued(at, before), entries);
        }
    }

    private void add(AuditEvent event, List<Entry> entries) {
        StoredForm form = StoredForm.of(event);
        if (event instanceof SegmentsDeleted) {
            // Whoever checks the log has to know of it, with or without a key.
            byte[] whole = form.whole().toByteArray();
            entries.add(Entry.record(Frame.plain(EventType.of(event).code(), whole)));
            return;
        }
        int type = EventType.of(event).code();
        Optional<Shapes.Kept> shape = shape(form, entries);
        entries.add(Entry.record(
                shape.isPresent() ? sealed(type, form.ownMap(), shape.get()) : sealed(type, form.whole())));
    }

    /** The shape to refer to; it is written before where it is not yet. */
    private Optional<Shapes.Kept> shape(StoredForm form, List<Entry> entries) {
        if (form.shapeBytes() < LEAST_SHAPE_BYTES) {
            return Optional.empty();
        }
        byte[] shape = form.shape();
        Optional<Shapes.Kept> known = shapes.find(shape);
        if (known.isPresent() || !shapes.isWorthKeeping(shape)) {
            return known;
        }
        long definition = ordinal;
        Frame frame = sealed(Frame.SHAPE, form.shapeMap());
        entries.add(Entry.record(frame));
        Shapes.Kept kept = new Shapes.Kept(definition, SealedRecord.hash(frame.bytes()));
        shapes.keep(shape, kept);
        return Optional.of(kept);
    }

    private Frame sealed(int type, CborWriter map) {
        return sealed(type, map, 0, owner);
    }

    private Frame sealed(int type, CborWriter map, Shapes.Kept shape) {
        return sealed(type, map, shape.ordinal() + 1, shape.hash());
    }

    private Frame sealed(int type, CborWriter map, long reference, byte[] bond) {
        Optional<byte[]> compressed = Compression.compress(map.array(), map.length());
        int length = compressed.isPresent() ? compressed.get().length : map.length();
        byte[] plain = new byte[Varint.length(reference) + length];
        System.arraycopy(compressed.orElse(map.array()), 0, plain, Varint.put(plain, 0, reference), length);
        long number = ordinal++;
        int head = Varint.length(keyNumber) + Varint.length(number);
        int coding = compressed.isPresent() ? Coding.SEALED | Coding.COMPRESSED : Coding.SEALED;
        Frame frame = Frame.of(type, coding, head + plain.length + RecordCipher.TAG_BYTES);
        byte[] bytes = frame.bytes();
        int at = Varint.put(bytes, Frame.HEADER_BYTES, keyNumber);
        at = Varint.put(bytes, at, number);
        Part associated = SealedRecord.associated(bytes, at, bond);
        cipher.seal(key.recordKey(number), associated, new Part(plain, 0, plain.length), bytes, at);
        return frame;
    }
}
