package dev.sallyport.server.config;

import dev.sallyport.server.config.ConfigurationLoader.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a configuration's directory, and at the files it refers to, at a fixed interval, and reads it again once it
 * changed and then stayed the same for one more look, so that a half-written file is not taken for a change. It looks
 * rather than being notified, because notification is silent on network file systems and on the swapped links by which
 * Kubernetes replaces a mounted directory.
 *
 * <p>Whoever is told of faults keeps what is in force; the next change is looked for as before.
 */
public final class ConfigurationWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatcher.class);

    private final ConfigurationLoader loader;
    private final Path directory;
    private final Consumer<Result> listener;
    private Set<Path> files;
    private String inForce;
    private String seen;
    private String trouble = "";
    private @Nullable ScheduledFuture<?> looking;

    /**
     * Watches what {@code current} was read from. {@code listener} is called on a thread of the scheduler's, one change
     * after the other.
     */
    public ConfigurationWatcher(ConfigurationLoader loader, Result.Loaded current, Consumer<Result> listener) {
        this.loader = loader;
        this.directory = current.configuration().directory();
        this.listener = listener;
        this.files = current.files();
        this.inForce = stamp(current.configuration().digest());
        this.seen = inForce;
    }

    /** Starts to look. */
    public synchronized void start(ScheduledExecutorService scheduler, Duration interval) {
        if (looking != null) {
            throw new IllegalStateException("watcher: started twice (expected: once)");
        }
        long millis = interval.toMillis();
        looking = scheduler.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Looks once. */
    synchronized void look() {
        try {
            DirectoryScan scan = DirectoryScan.of(directory);
            String now = stamp(scan.digest());
            boolean settled = now.equals(seen);
            seen = now;
            if (settled && !now.equals(inForce)) {
                inForce = now;
                tell(loader.read(directory, scan));
            }
            if (!trouble.isEmpty()) {
                LOG.info("config={} watch=recovered", directory);
                trouble = "";
            }
        } catch (IOException | RuntimeException e) {
            // Looked at every second: said once.
            String cause = e instanceof IOException file ? FileTrouble.of(file) : e.toString();
            if (!cause.equals(trouble)) {
                LOG.warn("config={} watch=failed cause=\"{}\"; what is in force stays", directory, cause);
            }
            trouble = cause;
        }
    }

    private void tell(Result result) {
        if (result instanceof Result.Loaded loaded) {
            files = loaded.files();
            inForce = stamp(loaded.configuration().digest());
            seen = inForce;
        }
        listener.accept(result);
    }

    /** The documents' digest with size and time of each file they refer to. */
    private String stamp(String digest) {
        StringBuilder stamp = new StringBuilder(digest);
        for (Path file : new TreeSet<>(files)) {
            stamp.append('|').append(file).append('=').append(attributes(file));
        }
        return stamp.toString();
    }

    private static String attributes(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.size() + "@" + attributes.lastModifiedTime().toMillis();
        } catch (IOException gone) {
            return "absent";
        }
    }

    @Override
    public synchronized void close() {
        if (looking != null) {
            looking.cancel(false);
        }
    }
}
