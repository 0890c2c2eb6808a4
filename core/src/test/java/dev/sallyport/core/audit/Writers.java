package dev.sallyport.core.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that do the same at the same time, and how long each time took. For the benchmark. */
final class Writers {
    private final int threads;
    private final long[] nanos;
    private long took;

    /** @param count how many times in all */
    Writers(int threads, int count) {
        this.threads = threads;
        this.nanos = new long[count / threads * threads];
    }

    /** What is done. */
    @FunctionalInterface
    interface Work {
        void run(int thread, int time) throws Exception;
    }

    void run(Work work) throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        AtomicReference<Exception> failure = new AtomicReference<>();
        List<Thread> running = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            int number = thread;
            running.add(Thread.ofPlatform().start(() -> {
                try {
                    begin.await();
                    times(number, work);
                } catch (Exception failed) {
                    failure.set(failed);
                }
            }));
        }
        long start = System.nanoTime();
        begin.countDown();
        for (Thread each : running) {
            each.join();
        }
        took = System.nanoTime() - start;
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void times(int thread, Work work) throws Exception {
        int each = nanos.length / threads;
        for (int i = 0; i < each; i++) {
            long start = System.nanoTime();
            work.run(thread, i);
            nanos[thread * each + i] = System.nanoTime() - start;
        }
    }

    /** Nanoseconds for all of it. */
    long took() {
        return took;
    }

    /** Nanoseconds of each time. */
    long[] nanos() {
        return nanos;
    }
}
