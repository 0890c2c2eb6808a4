package dev.sallyport.core.session;

import dev.sallyport.core.audit.Evidence;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer may still go ahead of the sync of its evidence. A disk that stalls must not stretch the window that
 * somebody accepted: while evidence that went ahead is unsynced for longer than that, no other may. Safe to call from any
 * thread.
 */
final class ReadWindow {
    private final AtomicReference<@Nullable Ahead> oldest = new AtomicReference<>();

    private record Ahead(Evidence evidence, long nanos) {}

    /** Whether the answer that {@code evidence}, appended at {@code nanos}, is of may go ahead. */
    boolean admits(Evidence evidence, Duration window, long nanos) {
        Ahead known = oldest.get();
        if (known != null) {
            return nanos - known.nanos <= window.toNanos();
        }
        Ahead first = new Ahead(evidence, nanos);
        // Where another thread is quicker, that one's stands for both: they are as old as each other.
        if (oldest.compareAndSet(null, first)) {
            evidence.whenSynced(done -> oldest.compareAndSet(first, null));
        }
        return true;
    }
}
