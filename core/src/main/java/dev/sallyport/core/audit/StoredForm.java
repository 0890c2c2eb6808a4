package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.audit.Key.Part;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/**
 * An event on its way to a stored record: CBOR, with its fields apart in what is its own and in what may well repeat.
 * The session that it is of is in neither: that is told by the key that seals the record.
 */
final class StoredForm implements FieldSink {
    private static final long LAST_SECOND = Long.MAX_VALUE / 1_000_000 - 1;
    private static final int EXPECTED_BYTES = 96;

    private final Fields own;
    private final Fields shape = new Fields(EXPECTED_BYTES);

    /** A record is of the session by whose key it is sealed; where it is of none it has to name the one that it is about. */
    private final boolean ofSession;

    /** The fields of the map that is being written in a list of maps, else -1. */
    private int nested = -1;

    private Fields list = shape;

    private StoredForm(AuditEvent event) {
        ofSession = Recording.sessionOf(event).isPresent();
        own = new Fields(EXPECTED_BYTES + (event instanceof Answered a ? a.rows().length : 0));
        new EventWriter(this).write(event);
    }

    static StoredForm of(AuditEvent event) {
        return new StoredForm(event);
    }

    /** Some fields of a map: keys and values, without the head that says how many there are. */
    private static final class Fields {
        private final CborWriter out;
        private int count;

        Fields(int expected) {
            out = new CborWriter(expected);
        }
    }

    /** The bytes of the fields that may repeat. */
    byte[] shape() {
        return shape.out.toByteArray();
    }

    int shapeBytes() {
        return shape.out.length();
    }

    /** A map of the fields that may repeat alone. */
    CborWriter shapeMap() {
        return map(new Fields(0), shape);
    }

    /** The whole event as one map. */
    CborWriter whole() {
        return map(own, shape);
    }

    /** A map of what is the event's own, without the fields that may repeat. */
    CborWriter ownMap() {
        return map(new Fields(0), own);
    }

    private static CborWriter map(Fields first, Fields second) {
        CborWriter whole = new CborWriter(first.out.length() + second.out.length() + 3);
        whole.map(first.count + second.count);
        whole.raw(first.out);
        whole.raw(second.out);
        return whole;
    }

    private CborWriter field(Key key) {
        Fields fields;
        if (nested >= 0) {
            nested++;
            fields = list;
        } else {
            fields = key.part() == Part.SHAPE ? shape : own;
            fields.count++;
        }
        fields.out.number(key.code());
        return fields.out;
    }

    /** As microseconds since 1970. */
    @Override
    public void time(Key key, Instant time) {
        // A token may name any expiry; what no 64-bit count of microseconds holds is as good as its limit.
        long seconds = Math.clamp(time.getEpochSecond(), -LAST_SECOND, LAST_SECOND);
        field(key).number(seconds * 1_000_000 + time.getNano() / 1_000);
    }

    @Override
    public void text(Key key, String value) {
        if (key != Key.SESSION || !ofSession) {
            field(key).text(value);
        }
    }

    @Override
    public void texts(Key key, List<String> values) {
        CborWriter out = field(key);
        out.array(values.size());
        values.forEach(out::text);
    }

    @Override
    public void number(Key key, long value) {
        // What is absent reads as 0.
        if (value != 0) {
            field(key).number(value);
        }
    }

    @Override
    public void flag(Key key, boolean value) {
        // What is absent reads as false, but for this one, which is only there where it is.
        if (value || key == Key.FILTERED) {
            field(key).flag(value);
        }
    }

    @Override
    public <T> void each(Key key, List<T> items, BiConsumer<T, FieldSink> write) {
        CborWriter out = field(key);
        list = key.part() == Part.SHAPE ? shape : own;
        out.array(items.size());
        for (T item : items) {
            int head = out.length();
            out.map(0);
            nested = 0;
            write.accept(item, this);
            out.setMapSize(head, nested);
            nested = -1;
        }
    }

    /** Types and forms are the same each time that a statement is run, values are not. */
    @Override
    public void parameters(List<RecordedParameter> parameters) {
        each(Key.PARAMETERS, parameters, (parameter, sink) -> {
            if (!parameter.type().isEmpty()) {
                sink.text(Key.TYPE, parameter.type());
            }
            sink.text(Key.FORM, parameter.form());
        });
        CborWriter out = field(Key.VALUES);
        out.array(parameters.size());
        for (RecordedParameter parameter : parameters) {
            parameter.value().ifPresentOrElse(out::bytes, out::nothing);
        }
    }

    /** As lists of lists; but what is no rows is kept as it is. Their number is left out where it can be counted. */
    @Override
    public void rows(Answered answered) {
        OptionalInt count = RecordedRows.count(answered.rows());
        if (count.isEmpty()) {
            field(Key.ROWS).bytes(answered.rows());
        } else if (count.getAsInt() > 0) {
            CborWriter out = field(Key.ROWS);
            out.array(count.getAsInt());
            RecordedRows.write(answered.rows(), out);
        }
        if (count.isEmpty() || count.getAsInt() != answered.rowCount()) {
            field(Key.ROW_COUNT).number(answered.rowCount());
        }
    }
}
