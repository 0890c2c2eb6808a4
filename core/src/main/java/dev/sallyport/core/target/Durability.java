package dev.sallyport.core.target;

import java.time.Duration;

/** How safe the evidence of a command that only reads has to be before its answer is released. */
public sealed interface Durability {
    /** On the disk. */
    record Strict() implements Durability {}

    /**
     * Written to the operating system, so that it survives the gateway's death, and synced within a window that the
     * machine's death may take. What changes something is on disk before it is forwarded all the same.
     */
    record Buffered(Duration window) implements Durability {
        private static final Duration LONGEST = Duration.ofSeconds(1);

        public Buffered {
            if (window.compareTo(Duration.ofMillis(1)) < 0 || window.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("buffered: " + window + " (expected: 1ms to 1s)");
            }
        }
    }
}
