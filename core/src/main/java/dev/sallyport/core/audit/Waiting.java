package dev.sallyport.core.audit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** For the few who may block until something is on disk. */
final class Waiting {
    private static final long SECONDS = 30;
    private static final long INTERVAL_MILLIS = 2;

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

    /** Asks again and again, at short intervals. False where it takes too long, or the thread was interrupted. */
    static boolean until(BooleanSupplier reached) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            try {
                Thread.sleep(INTERVAL_MILLIS);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
