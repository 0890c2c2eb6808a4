package dev.sallyport.testkit.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Collects what Netty's leak detectors find, where Netty itself would log it. A detector notices a leak only once the
 * garbage collector has met what was leaked, and only when it is asked to track something else; {@link #collect()} has
 * both happen.
 */
final class Leaks extends ResourceLeakDetectorFactory {
    private static final long COLLECTOR_WAIT_MILLIS = 2_000;
    /** The collector hands over in no order what it met in one go: the probe may come before the rest. */
    private static final long HANDOVER_MILLIS = 20;

    private final Queue<Detector<?>> detectors = new ConcurrentLinkedQueue<>();
    private final Queue<String> found = new ConcurrentLinkedQueue<>();

    /** Has all detectors that Netty makes from here on report to this; before the first of its classes is touched. */
    static Leaks install() {
        Leaks leaks = new Leaks();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(leaks);
        return leaks;
    }

    @Override
    @SuppressWarnings("deprecation") // the one method that has to be there
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
            Class<T> resource, int samplingInterval, long maxActive) {
        return newResourceLeakDetector(resource, samplingInterval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
        Detector<T> detector = new Detector<>(resource, samplingInterval);
        detectors.add(detector);
        return detector;
    }

    /** What has leaked since the last call, each with where it was made and touched. */
    List<String> collect() throws InterruptedException {
        if (detectors.isEmpty()) {
            return List.of();
        }
        awaitCollector();
        detectors.forEach(Detector::ask);
        List<String> collected = new ArrayList<>();
        for (String leak = found.poll(); leak != null; leak = found.poll()) {
            collected.add(leak);
        }
        return collected;
    }

    private static void awaitCollector() throws InterruptedException {
        ReferenceQueue<Object> met = new ReferenceQueue<>();
        WeakReference<Object> probe = new WeakReference<>(new Object(), met);
        boolean ran;
        try {
            System.gc();
            ran = met.remove(COLLECTOR_WAIT_MILLIS) != null;
        } finally {
            // The reference itself has to live until then, or it would never be handed over.
            Reference.reachabilityFence(probe);
        }
        if (!ran) {
            throw new IllegalStateException("leaks: the garbage collector does not run when it is asked to");
        }
        Thread.sleep(HANDOVER_MILLIS);
    }

    private final class Detector<T> extends ResourceLeakDetector<T> {
        Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            found.add(resourceType + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            found.add(resourceType);
        }

        /** Reports whatever has leaked: that happens whenever something new is tracked, be it this. */
        void ask() {
            @SuppressWarnings("unchecked") // no more than its identity is looked at
            T anything = (T) new Object();
            ResourceLeakTracker<T> tracker = track(anything);
            if (tracker == null) {
                throw new IllegalStateException("leaks: detection is off");
            }
            tracker.close(anything);
        }
    }
}
