package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.SimulatedDisk.Call;
import dev.sallyport.core.audit.SimulatedDisk.Trouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A killed writer is one whose directory was copied while it wrote: what was written is there, nothing was closed. */
class CrashTest {
    private static final Clock CLOCK = Clock.systemUTC();

    /** Segments small enough to be followed by others in the middle of the test, and not more often than it copies. */
    private static final AuditLogOptions MIDDLING = new AuditLogOptions(
            50_000, 8_000, 1 << 20, Duration.ofMillis(20), Duration.ofMillis(5), Duration.ofMillis(5));

    @TempDir
    Path directory;

    @Test
    void a_tail_torn_at_any_length_is_cut_kept_and_told_of() throws IOException {
        Path live = directory.resolve("live");
        long start;
        long end;
        Path crashed = directory.resolve("crashed");
        try (SegmentedAuditLog log = SegmentedAuditLog.open(live, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            LogFixture.written(log.append(SampleEvents.shortCommand("s", 1)));
            LogFixture.written(log.append(SampleEvents.shortCommand("s", 2)));
            start = Files.size(new LogDirectory(live).records(1));
            LogFixture.written(log.append(SampleEvents.shortCommand("s", 3)));
            end = Files.size(new LogDirectory(live).records(1));
            LogFixture.copy(live, crashed);
        }
        for (long length = start; length <= end; length++) {
            Path torn = directory.resolve("torn" + length);
            LogFixture.copy(crashed, torn);
            truncate(new LogDirectory(torn).records(1), length);
            byte[] tail = tail(new LogDirectory(torn).records(1), start);

            SegmentedAuditLog.open(torn, LogFixture.SLOW, CLOCK, LogFixture.KEY).close();

            boolean whole = length == start || length == end;
            assertCleanWith(torn, length == end ? 3 : 2, whole);
            Path kept = LogDirectory.torn(new LogDirectory(torn).records(1));
            if (!whole) {
                assertThat(kept).hasBinaryContent(tail);
            } else {
                assertThat(kept).doesNotExist();
            }
        }
    }

    @Test
    void a_tail_is_told_of_also_where_the_process_dies_after_cutting_it() throws IOException {
        for (String name : List.of("0000000001.log", "0000000001.checkpoints")) {
            Path log = directory.resolve(name);
            SegmentedAuditLog.open(log, LogFixture.SLOW, CLOCK, LogFixture.KEY).close();
            try (SegmentedAuditLog open = SegmentedAuditLog.open(log, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
                open.append(SampleEvents.shortCommand("s", 1));
            }
            String last = name.replace('1', '2');
            Files.write(log.resolve(last), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
            SimulatedDisk disk = new SimulatedDisk(
                    log,
                    place -> place.call() == Call.TRUNCATE && place.file().equals(last)
                            ? Trouble.DIES_DONE
                            : Trouble.NONE,
                    1);
            assertThatThrownBy(() -> SegmentedAuditLog.open(log, LogFixture.SLOW, CLOCK, LogFixture.KEY, disk))
                    .hasMessageContaining("DIES_DONE");

            SegmentedAuditLog.open(log, LogFixture.SLOW, CLOCK, LogFixture.KEY).close();

            assertThat(LogFixture.verify(log).faults()).isEmpty();
            assertThat(LogFixture.read(log).stream().map(StoredEvent::event))
                    .filteredOn(AuditEvent.TailCut.class::isInstance)
                    .hasSize(1);
        }
    }

    @Test
    void room_that_a_crash_leaves_behind_is_no_part_of_the_log() throws IOException {
        Path crashed = withRoom();
        Path records = new LogDirectory(crashed).records(1);
        long size = Files.size(records);

        Verification asItIs = LogFixture.verify(crashed);
        assertThat(asItIs.faults()).isEmpty();
        assertThat(asItIs.notes()).isEmpty();

        SegmentedAuditLog.open(crashed, LogFixture.SLOW, CLOCK, LogFixture.KEY).close();

        assertThat(LogFixture.verify(crashed).faults()).isEmpty();
        assertThat(LogFixture.verify(crashed).notes()).isEmpty();
        assertThat(LogFixture.read(crashed).stream().map(StoredEvent::event))
                .filteredOn(AuditEvent.CommandDecided.class::isInstance)
                .hasSize(2);
        assertThat(LogDirectory.torn(records)).doesNotExist();
        assertThat(Files.size(records)).isLessThan(size - 4_000);
    }

    @Test
    void what_a_crash_leaves_in_the_middle_of_room_is_kept() throws IOException {
        Path crashed = withRoom();
        Path records = new LogDirectory(crashed).records(1);
        byte[] bytes = Files.readAllBytes(records);
        bytes[bytes.length - 100] = 1;
        Files.write(records, bytes);

        assertThat(LogFixture.verify(crashed).faults()).hasSize(1);
        SegmentedAuditLog.open(crashed, LogFixture.SLOW, CLOCK, LogFixture.KEY).close();

        assertCleanWith(crashed, 2, false);
        assertThat(Files.readAllBytes(LogDirectory.torn(records)))
                .endsWith(Arrays.copyOfRange(bytes, bytes.length - 100, bytes.length));
    }

    /** A copy of a log with two commands that is still being written, and has room behind them. */
    private Path withRoom() throws IOException {
        Path live = directory.resolve("live");
        Path crashed = directory.resolve("crashed");
        try (SegmentedAuditLog log = SegmentedAuditLog.open(live, MIDDLING, CLOCK, LogFixture.KEY)) {
            LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", 1)));
            await().until(() -> Files.size(new LogDirectory(live).records(1)) > 8_000);
            LogFixture.written(log.append(SampleEvents.shortCommand("s", 2)));
            LogFixture.copy(live, crashed);
        }
        assertThat(Files.size(new LogDirectory(live).records(1))).isLessThan(2_000);
        return crashed;
    }

    private static void assertCleanWith(Path log, int commands, boolean whole) throws IOException {
        Verification verification = LogFixture.verify(log);
        assertThat(verification.faults()).isEmpty();
        assertThat(verification.notes()).isEmpty();
        List<StoredEvent> events = LogFixture.read(log);
        assertThat(events.stream().filter(e -> e.event() instanceof AuditEvent.CommandDecided))
                .hasSize(commands);
        assertThat(events.stream().filter(e -> e.event() instanceof AuditEvent.TailCut))
                .hasSize(whole ? 0 : 1);
        assertThat(events.stream().filter(e -> e.event() instanceof AuditEvent.LogInterrupted))
                .hasSize(1);
    }

    @Test
    @Timeout(60)
    void what_was_written_survives_a_kill_at_any_moment() throws Exception {
        Random random = new Random(7);
        List<Evidence> evidence = new ArrayList<>();
        Path live = directory.resolve("live");
        AtomicBoolean stop = new AtomicBoolean();
        try (SegmentedAuditLog log = SegmentedAuditLog.open(live, MIDDLING, CLOCK, LogFixture.KEY)) {
            Thread appender = Thread.ofPlatform().daemon().start(() -> {
                for (long i = 0; !stop.get(); i++) {
                    Evidence next = i % 20 == 0
                            ? log.appendSynced(SampleEvents.shortCommand("s", i))
                            : log.append(SampleEvents.shortCommand("s", i));
                    synchronized (evidence) {
                        evidence.add(next);
                    }
                    while (i % 20 == 0 && !next.isSynced() && !stop.get()) {
                        LockSupport.parkNanos(500_000);
                    }
                    if (i % 20 == 0) {
                        // However fast the disk is: a copy must be quicker than segments follow each other.
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            });
            try {
                for (int crash = 0; crash < 25; crash++) {
                    Thread.sleep(random.nextInt(12));
                    int written;
                    synchronized (evidence) {
                        written = (int)
                                evidence.stream().takeWhile(Evidence::isWritten).count();
                    }
                    Path copy = directory.resolve("crash" + crash);
                    copyAsOfNow(live, copy);
                    synchronized (evidence) {
                        // The appender waits meanwhile, so that the log does not outgrow the copies.
                        assertSurvived(copy, written);
                    }
                }
            } finally {
                stop.set(true);
                appender.join();
            }
        }
        assertThat(LogFixture.verify(live).faults()).isEmpty();
    }

    private static void assertSurvived(Path copy, int written) throws IOException {
        for (int restart = 0; restart < 2; restart++) {
            SegmentedAuditLog.open(copy, LogFixture.QUICK, CLOCK, LogFixture.KEY)
                    .close();
            assertThat(LogFixture.verify(copy).faults()).isEmpty();
        }
        List<Long> sequences = LogFixture.read(copy).stream()
                .map(StoredEvent::event)
                .filter(AuditEvent.CommandDecided.class::isInstance)
                .map(e -> ((AuditEvent.CommandDecided) e).sequence())
                .toList();
        assertThat(sequences.size()).isGreaterThanOrEqualTo(written);
        for (int i = 0; i < sequences.size(); i++) {
            assertThat(sequences.get(i)).isEqualTo(i);
        }
    }

    /** Checkpoints sort before the records they speak of, so a copy never has one without the other. */
    private static void copyAsOfNow(Path from, Path to) throws IOException {
        while (true) {
            List<Path> before = LogFixture.files(from);
            Files.createDirectories(to);
            try {
                for (Path file : before) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
                if (LogFixture.files(from).equals(before)) {
                    return;
                }
            } catch (NoSuchFileException renamed) {
                // a new segment was just getting its name
            }
            for (Path file : LogFixture.files(to)) {
                Files.delete(file);
            }
        }
    }

    @Test
    void a_log_damaged_before_its_last_checkpoint_is_not_opened() throws IOException {
        Path live = directory.resolve("live");
        try (SegmentedAuditLog log = SegmentedAuditLog.open(live, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            log.append(SampleEvents.shortCommand("s", 1));
            log.append(SampleEvents.shortCommand("s", 2));
        }
        LogDirectory files = new LogDirectory(live);
        truncate(files.records(1), Files.size(files.records(1)) - 1);

        assertThatThrownBy(() -> SegmentedAuditLog.open(live, LogFixture.SLOW, CLOCK, LogFixture.KEY))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("0000000001.log");
        assertThat(LogFixture.verify(live).isWhole()).isFalse();
    }

    @Test
    void a_log_without_its_last_segment_is_not_opened() throws IOException {
        for (int start = 0; start < 2; start++) {
            try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
                log.append(SampleEvents.shortCommand("s", start));
            }
        }
        Files.delete(new LogDirectory(directory).records(2));

        assertThatThrownBy(() -> SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY))
                .hasMessageContaining("0000000002.log: is missing, but has checkpoints");
    }

    @Test
    void a_log_without_its_checkpoints_is_not_opened() throws IOException {
        SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)
                .close();
        Files.delete(new LogDirectory(directory).checkpoints(1));

        assertThatThrownBy(() -> SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY))
                .hasMessageContaining("checkpoints are missing");
    }

    @Test
    void files_are_for_their_owner_only() throws IOException {
        Path made = directory.resolve("a/b");
        SegmentedAuditLog.open(made, LogFixture.SLOW, CLOCK, LogFixture.KEY).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rwx------");
        for (Path file : LogFixture.files(made)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void a_checkpoint_torn_by_a_crash_is_cut_too() throws IOException {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            log.append(SampleEvents.shortCommand("s", 1));
        }
        Path checkpoints = new LogDirectory(directory).checkpoints(1);
        truncate(checkpoints, Files.size(checkpoints) - 3);
        assertThat(LogFixture.verify(directory).isWhole()).isFalse();

        SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)
                .close();

        assertThat(LogFixture.verify(directory).faults()).isEmpty();
        assertThat(LogFixture.read(directory)).hasSize(3);
    }

    private static void truncate(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static byte[] tail(Path file, long from) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Arrays.copyOfRange(all, (int) from, all.length);
    }
}
