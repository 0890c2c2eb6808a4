package dev.sallyport.testkit.leak;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class behind which Netty finds a buffer, or anything else that it counts, lost without having been
 * released. Every test that has the test kit on its class path runs with it; nothing has to name it.
 */
public final class FailOnLeak implements AfterAllCallback {
    static final Leaks LEAKS = Leaks.install();

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        List<String> found = LEAKS.collect();
        if (!found.isEmpty()) {
            throw new AssertionError(found.size() + " leaked in or before this class:\n" + String.join("\n\n", found));
        }
    }
}
