package dev.sallyport.core.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What the tests of the log do again and again. */
final class LogFixture {
    /** Small segments, and nothing that waits for a second. */
    static final AuditLogOptions QUICK =
            new AuditLogOptions(2_000, 500, 1 << 20, Duration.ofMillis(20), Duration.ofMillis(5), Duration.ofMillis(5));

    /** A log that neither syncs nor makes checkpoints unless it is asked to. */
    static final AuditLogOptions SLOW = new AuditLogOptions(
            64 << 20, 0, 1 << 20, Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofMillis(5));

    private LogFixture() {}

    /** Waits until the operating system has it: another thread may have to write it first. */
    static boolean written(Evidence evidence) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        evidence.whenWritten(result::complete);
        return result.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Waits until it is on disk. */
    static boolean synced(Evidence evidence) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        evidence.whenSynced(result::complete);
        return result.orTimeout(10, TimeUnit.SECONDS).join();
    }

    static List<StoredEvent> read(Path directory) throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        try (AuditReader reader = AuditReader.open(directory)) {
            for (Optional<StoredEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                events.add(next.get());
            }
        }
        return events;
    }

    static Verification verify(Path directory) throws IOException {
        return AuditVerifier.verify(directory, 1);
    }

    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            files.forEach(file -> {
                try {
                    Files.copy(file, to.resolve(file.getFileName()));
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            });
        }
    }

    static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !file.endsWith("LOCK")).sorted().toList();
        }
    }
}
