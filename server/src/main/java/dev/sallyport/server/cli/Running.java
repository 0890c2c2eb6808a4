package dev.sallyport.server.cli;

import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.gateway.Gateway;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A gateway that runs until the process is told to end. */
final class Running {
    private @Nullable Gateway gateway;

    private Running() {}

    /**
     * Returns only when it could not start. Ctrl-C and SIGTERM drain it, also one that comes while it still starts, and
     * the process then ends with exit code 0.
     */
    static void untilStopped(Result.Loaded loaded) throws IOException, InterruptedException {
        Running running = new Running();
        Runtime.getRuntime().addShutdownHook(new Thread(running::end, "drain"));
        running.start(loaded);
        new CountDownLatch(1).await();
    }

    private synchronized void start(Result.Loaded loaded) throws IOException {
        gateway = Gateway.start(loaded, Version.current());
    }

    private synchronized void end() {
        if (gateway != null) {
            gateway.stop("signal");
            // The JVM would report the signal as its exit code; a drained gateway has done what it was asked.
            Runtime.getRuntime().halt(0);
        }
    }
}
