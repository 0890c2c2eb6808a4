package dev.sallyport.core.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far one event has got. Each stage is settled once; who settles it runs the callbacks, outside of any lock. */
final class Progress implements Evidence {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

    private final Stage written = new Stage();
    private final Stage synced = new Stage();

    static Progress failed() {
        Progress progress = new Progress();
        progress.fail();
        return progress;
    }

    void markWritten() {
        written.settle(true);
    }

    void markSynced() {
        written.settle(true);
        synced.settle(true);
    }

    /** Nothing that is not reached yet ever will be. */
    void fail() {
        written.settle(false);
        synced.settle(false);
    }

    @Override
    public boolean isWritten() {
        return written.reached();
    }

    @Override
    public boolean isSynced() {
        return synced.reached();
    }

    @Override
    public void whenWritten(Consumer<Boolean> then) {
        written.then(then);
    }

    @Override
    public void whenSynced(Consumer<Boolean> then) {
        synced.then(then);
    }

    private static final class Stage {
        private volatile @Nullable Boolean result;
        private @Nullable List<Consumer<Boolean>> waiting;

        boolean reached() {
            return Boolean.TRUE.equals(result);
        }

        void settle(boolean value) {
            List<Consumer<Boolean>> told;
            synchronized (this) {
                if (result != null) {
                    return;
                }
                result = value;
                told = waiting;
                waiting = null;
            }
            if (told != null) {
                told.forEach(then -> call(then, value));
            }
        }

        void then(Consumer<Boolean> then) {
            Boolean known;
            synchronized (this) {
                known = result;
                if (known == null) {
                    if (waiting == null) {
                        waiting = new ArrayList<>(1);
                    }
                    waiting.add(then);
                }
            }
            if (known != null) {
                call(then, known);
            }
        }

        /** One waiter's fault must not keep the others from hearing. */
        private static void call(Consumer<Boolean> then, boolean value) {
            try {
                then.accept(value);
            } catch (RuntimeException fault) {
                LOG.error("audit callback=failed", fault);
            }
        }
    }
}
