package dev.sallyport.core.audit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** For the few who may block until an event is on disk. */
final class Waiting {
    private static final long SECONDS = 30;

    private Waiting() {}

    /** False where it failed, takes too long, or the thread was interrupted. */
    static boolean isSynced(Evidence evidence) {
        CompletableFuture<Boolean> synced = new CompletableFuture<>();
        evidence.whenSynced(synced::complete);
        try {
            return synced.get(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException late) {
            return false;
        }
    }
}
