package dev.sallyport.server.cli;

import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.gateway.Gateway;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** A gateway that runs until the process is told to end. */
final class Running {
    private Running() {}

    /** Returns only when it could not start. Ctrl-C and SIGTERM drain it, and the process then ends with exit code 0. */
    static void untilStopped(Result.Loaded loaded) throws IOException, InterruptedException {
        Gateway gateway = Gateway.start(loaded, Version.current());
        Thread end = new Thread(
                () -> {
                    gateway.stop("signal");
                    // The JVM would report the signal as its exit code; a drained gateway has done what it was asked.
                    Runtime.getRuntime().halt(0);
                },
                "drain");
        Runtime.getRuntime().addShutdownHook(end);
        new CountDownLatch(1).await();
    }
}
