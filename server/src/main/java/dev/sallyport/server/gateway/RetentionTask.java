package dev.sallyport.server.gateway;

import dev.sallyport.core.audit.RetentionLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has what {@code audit.retention} no longer keeps deleted from the audit log, at the start and then again and again. */
final class RetentionTask implements Runnable {
    /** How often. */
    static final Duration INTERVAL = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(RetentionTask.class);

    private final Deletion deletion;
    private final RetentionLimits limits;
    private final AtomicBoolean atWork = new AtomicBoolean();

    private RetentionTask(Deletion deletion, RetentionLimits limits) {
        this.deletion = deletion;
        this.limits = limits;
    }

    /** Deletes what the limits do not keep. */
    @FunctionalInterface
    interface Deletion {
        /** Blocks; the result is how many segments' records were deleted. */
        int retain(RetentionLimits limits) throws IOException;
    }

    /** Begins, unless all is to be kept. The timer only starts it; the work has threads of its own. */
    static void start(Deletion deletion, RetentionLimits limits, ScheduledExecutorService timer, Duration interval) {
        if (!limits.equals(RetentionLimits.NONE)) {
            RetentionTask task = new RetentionTask(deletion, limits);
            timer.scheduleWithFixedDelay(
                    () -> Thread.startVirtualThread(task), 0, interval.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void run() {
        if (!atWork.compareAndSet(false, true)) {
            return;
        }
        try {
            int deleted = deletion.retain(limits);
            if (deleted > 0) {
                LOG.info("audit retention=deleted segments={}", deleted);
            }
        } catch (IOException | RuntimeException failed) {
            LOG.warn("audit retention=failed, and is tried again in an hour", failed);
        } finally {
            atWork.set(false);
        }
    }
}
