package dev.sallyport.core.audit;

import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKeys;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.target.Secret;
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

    /** What the keys of sessions are wrapped with. */
    static final LocalKey KEY = LocalKey.of(Secret.of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));

    private LogFixture() {}

    /** A record that says something that never happened; to be given its place. */
    static Frame forged(AuditEvent event) {
        return Frame.plain(
                EventType.of(event).code(), StoredForm.of(event).whole().toByteArray());
    }

    static LogPlace place(Path directory) {
        return new LogPlace(directory, KeyRing.of(KEY, List.of()));
    }

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
        try (AuditReader reader = AuditReader.open(LogFixture.place(directory))) {
            for (Optional<StoredEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                events.add(next.get());
            }
        }
        return events;
    }

    static Verification verify(Path directory) throws IOException {
        return verify(directory, List.of());
    }

    /** With the keys that lie beside the log. */
    static Verification verify(Path directory, List<SignedCheckpoint> outside) throws IOException {
        VerifierKeys keys = SigningKeyFiles.keys(SigningKeyFiles.verifierKeys(directory));
        return AuditVerifier.verify(directory, keys, outside, 1);
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

    /** Those that make up the log; keys are none of it. */
    static List<Path> segmentFiles(Path directory) throws IOException {
        return files(directory).stream()
                .filter(file -> file.toString().matches(".*\\.(log|checkpoints)"))
                .toList();
    }
}
