package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;

/** Takes the fields of one event, as {@link EventWriter} gives them: stored records are made so, and exports. */
interface FieldSink {
    void time(Key key, Instant value);

    void text(Key key, String value);

    void texts(Key key, List<String> values);

    void number(Key key, long value);

    void flag(Key key, boolean value);

    /** A list of maps: {@code write} writes the fields of each. */
    <T> void each(Key key, List<T> items, BiConsumer<T, FieldSink> write);

    /** The values that were bound to a command; there is at least one. */
    void parameters(List<RecordedParameter> parameters);

    /** The rows of an answer, and how many there were. */
    void rows(Answered answered);
}
