package dev.sallyport.server.gateway;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLog;
import dev.sallyport.core.audit.Evidence;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** The gateway with a log that keeps nothing and takes no time: what recording costs is measured against it. */
public final class UnrecordedGateway {
    private UnrecordedGateway() {}

    /** Runs it with the configuration in a directory, until the process is told to end. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Result result = ConfigurationLoader.load(Path.of(arguments[0]));
        if (!(result instanceof Result.Loaded loaded)) {
            throw new IllegalArgumentException("the configuration is refused: " + result);
        }
        Gateway gateway = Gateway.start(loaded, "unrecorded", log -> new Nothing());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> gateway.stop("signal")));
        new CountDownLatch(1).await();
    }

    private static final class Nothing implements AuditLog {
        @Override
        public Evidence append(AuditEvent event) {
            return Done.DONE;
        }

        @Override
        public Evidence append(AuditEvent event, Duration within) {
            return Done.DONE;
        }

        @Override
        public Evidence appendSynced(AuditEvent event) {
            return Done.DONE;
        }

        @Override
        public boolean isHealthy() {
            return true;
        }
    }

    private enum Done implements Evidence {
        DONE;

        @Override
        public boolean isWritten() {
            return true;
        }

        @Override
        public boolean isSynced() {
            return true;
        }

        @Override
        public void whenWritten(Consumer<Boolean> then) {
            then.accept(true);
        }

        @Override
        public void whenSynced(Consumer<Boolean> then) {
            then.accept(true);
        }
    }
}
