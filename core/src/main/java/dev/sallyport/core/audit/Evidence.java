package dev.sallyport.core.audit;

import java.util.function.Consumer;

/**
 * How far one appended event has got. Callbacks are called once, with {@code true} when the stage was reached and
 * {@code false} when it never will be, at once where that is known already, else on a thread of the log's that must not
 * be kept waiting.
 */
public interface Evidence {
    /** The operating system has it: it survives the gateway's death. */
    boolean isWritten();

    /** The disk has it: it survives the machine's. */
    boolean isSynced();

    void whenWritten(Consumer<Boolean> then);

    void whenSynced(Consumer<Boolean> then);
}
