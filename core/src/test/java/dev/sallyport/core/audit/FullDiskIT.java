package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real file system of one megabyte runs full and is emptied again. Needs to be allowed to mount one. */
class FullDiskIT {
    @TempDir
    Path mount;

    private boolean mounted;

    @BeforeEach
    void mount_a_small_disk() throws Exception {
        mounted = Files.isExecutable(Path.of("/bin/mount"))
                && run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString());
        assumeThat(mounted).as("may mount").isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", mount.toString())).isTrue();
        }
    }

    @Test
    void a_full_disk_stops_the_log_until_there_is_room_again() throws Exception {
        Path ballast = mount.resolve("ballast");
        Files.write(ballast, new byte[700_000]);
        List<Evidence> evidence = new ArrayList<>();
        Path directory = mount.resolve("audit");
        AuditLogOptions options = new AuditLogOptions(
                50_000, 16_000, 4 << 20, Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(10));
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, options, Clock.systemUTC(), LogFixture.KEY)) {
            int sequence = 0;
            while (log.isHealthy()) {
                evidence.add(log.appendSynced(SampleEvents.command("s", ++sequence, "SELECT 1")));
                assertThat(sequence).as("appends to one megabyte").isLessThan(100_000);
            }
            assertThat(log.fault().orElseThrow()).contains("No space left");
            assertThat(LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", 0))))
                    .isFalse();

            Files.delete(ballast);
            await().atMost(Duration.ofSeconds(10)).until(log::isHealthy);
            assertThat(LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", -1))))
                    .isTrue();
        }

        assertThat(AuditVerifier.verify(directory).faults()).isEmpty();
        List<AuditEvent> stored =
                LogFixture.read(directory).stream().map(StoredEvent::event).toList();
        long acknowledged = evidence.stream().filter(Evidence::isSynced).count();
        assertThat(acknowledged).isPositive();
        assertThat(stored).hasAtLeastOneElementOfType(AuditEvent.LogInterrupted.class);
        long lastAcknowledged = 0;
        for (int i = 0; i < evidence.size(); i++) {
            lastAcknowledged = evidence.get(i).isSynced() ? i + 1L : lastAcknowledged;
        }
        List<Long> sequences = stored.stream()
                .filter(AuditEvent.CommandDecided.class::isInstance)
                .map(event -> ((AuditEvent.CommandDecided) event).sequence())
                .filter(sequence -> sequence > 0)
                .toList();
        assertThat(sequences).hasSizeGreaterThanOrEqualTo((int) lastAcknowledged);
        for (int i = 0; i < lastAcknowledged; i++) {
            assertThat(sequences.get(i)).isEqualTo(i + 1);
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }
}
