package dev.sallyport.server.store;

import dev.sallyport.core.audit.AuditReader;
import dev.sallyport.core.audit.DamagedLogException;
import dev.sallyport.core.audit.LogFollower;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.StoredEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.LongSupplier;

/** All that the index and its searches read of the log. */
public final class LogSource implements AutoCloseable {
    private final LogFollower follower;

    private LogSource(LogFollower follower) {
        this.follower = follower;
    }

    /** The log's id. */
    static String id(LogPlace logPlace) throws IOException {
        try (LogFollower follower = LogFollower.fromStart(logPlace, LogFollower.WHATEVER_IS_WRITTEN)) {
            return follower.log();
        }
    }

    /**
     * Goes on from a record.
     *
     * @param safe up to which record the log is safe
     */
    static LogSource from(LogPlace logPlace, long next, LongSupplier safe) throws IOException {
        return new LogSource(LogFollower.from(logPlace, next, safe));
    }

    /** What comes next; empty where nothing has come in time. */
    Optional<LogFollower.Step> next(Duration patience) throws IOException, InterruptedException {
        return follower.next(patience);
    }

    /** The index of the record that comes next. */
    long position() {
        return follower.position();
    }

    /** Reads single events. What is damaged, or not there any more, is not in the answer. */
    public static Map<Long, StoredEvent> events(LogPlace logPlace, SortedSet<Long> records) throws IOException {
        Map<Long, StoredEvent> events = new HashMap<>();
        AuditReader reader = null;
        try {
            for (long record : records) {
                try {
                    if (reader == null) {
                        reader = AuditReader.openAt(logPlace, record);
                    } else {
                        reader.skipTo(record);
                    }
                    reader.next().ifPresent(found -> events.put(found.index(), found));
                } catch (DamagedLogException damaged) {
                    // What lies behind the damage may be read by beginning anew there.
                    if (reader != null) {
                        reader.close();
                    }
                    reader = null;
                }
            }
        } finally {
            if (reader != null) {
                reader.close();
            }
        }
        return events;
    }

    @Override
    public void close() throws IOException {
        follower.close();
    }
}
