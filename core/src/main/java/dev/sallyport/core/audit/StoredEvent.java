package dev.sallyport.core.audit;

/**
 * An event and where it is stored.
 *
 * @param index its record's place in the whole log, from 0
 * @param segment the number of the segment
 * @param offset where in the segment's file its record starts
 * @param event the event
 */
public record StoredEvent(long index, long segment, long offset, AuditEvent event) {
    /** The kind of event as exports name it, for example {@code session-opened}. */
    public String type() {
        return EventType.of(event).label();
    }
}
