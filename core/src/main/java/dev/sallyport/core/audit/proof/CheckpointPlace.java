package dev.sallyport.core.audit.proof;

import java.io.IOException;

/** Somewhere outside of the gateway where its newest checkpoint is kept. */
public interface CheckpointPlace {
    /** What a log line calls it. */
    String name();

    /**
     * Puts the checkpoint there; the one of before may go. May block, though not for ever, and be interrupted.
     *
     * @throws IOException where it did not get there; it is tried again
     */
    void put(SignedCheckpoint checkpoint) throws IOException, InterruptedException;
}
