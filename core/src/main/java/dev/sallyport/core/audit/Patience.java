package dev.sallyport.core.audit;

import dev.sallyport.core.audit.SegmentReader.Step;
import java.io.IOException;

/** The last record of a log that is being written may be half there for a moment. */
final class Patience {
    private static final long LOOK_MILLIS = 50;

    private Patience() {}

    /** The next step; a record that is not whole is looked at {@code looks} times before it counts as broken. */
    static Step next(SegmentReader reader, int looks) throws IOException {
        Step step = reader.next();
        for (int look = 1; step instanceof Step.Broken && look < looks; look++) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return step;
            }
            step = reader.next();
        }
        return step;
    }
}
