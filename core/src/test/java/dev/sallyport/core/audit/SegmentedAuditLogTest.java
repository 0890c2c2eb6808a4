package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SegmentedAuditLogTest {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    Path directory;

    @Test
    void an_append_that_meets_nobody_is_written_when_it_returns() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            // The syncer's first round may be met; behind it, nobody is.
            TimeUnit.MILLISECONDS.sleep(100);
            Evidence evidence = log.append(SampleEvents.shortCommand("s", 1));

            assertThat(evidence.isWritten()).isTrue();
            assertThat(evidence.isSynced()).isFalse();
            assertThat(LogFixture.read(directory)).hasSize(1);
        }
    }

    @Test
    void an_append_that_asks_for_it_is_synced_soon() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            assertThat(LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", 1))))
                    .isTrue();
        }
    }

    @Test
    void an_append_that_asks_for_nothing_is_synced_within_the_interval() {
        AuditLogOptions options = LogFixture.QUICK;
        try (SegmentedAuditLog log = open(options, new FaultyFiles())) {
            Evidence evidence = log.append(SampleEvents.shortCommand("s", 1));

            await().atMost(Duration.ofSeconds(10)).until(evidence::isSynced);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void keeps_every_event_over_restarts_and_segments() throws Exception {
        List<AuditEvent> expected = new ArrayList<>();
        for (int start = 0; start < 4; start++) {
            try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.QUICK, CLOCK, LogFixture.KEY)) {
                for (AuditEvent event : SampleEvents.all()) {
                    if (!(event instanceof AuditEvent.SessionContinued)) {
                        expected.add(event);
                        log.append(event);
                    }
                }
            }
        }

        assertThat(LogFixture.read(directory).stream()
                        .map(StoredEvent::event)
                        .filter(event -> !(event instanceof AuditEvent.SessionContinued)))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(expected);
        Verification verification = LogFixture.verify(directory);
        assertThat(verification.faults()).isEmpty();
        assertThat(verification.notes()).isEmpty();
        assertThat(verification.records()).isGreaterThanOrEqualTo(expected.size());
        assertThat(verification.vouched().orElseThrow().size()).isEqualTo(verification.records());
        assertThat(verification.segments()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void sixteen_threads_lose_nothing_and_keep_their_order() throws Exception {
        int threads = 16;
        int each = 500;
        List<Evidence> evidence = Collections.synchronizedList(new ArrayList<>());
        AuditLogOptions options = new AuditLogOptions(
                100_000,
                4_000,
                64 << 20,
                LogFixture.QUICK.syncInterval(),
                LogFixture.QUICK.checkpointInterval(),
                LogFixture.QUICK.retryDelay());
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, options, CLOCK, LogFixture.KEY)) {
            List<Thread> running = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String session = "s" + thread;
                running.add(Thread.ofPlatform().start(() -> {
                    for (int i = 1; i <= each; i++) {
                        AuditEvent event = SampleEvents.shortCommand(session, i);
                        evidence.add(i % 10 == 0 ? log.appendSynced(event) : log.append(event));
                    }
                }));
            }
            for (Thread thread : running) {
                thread.join();
            }
        }

        assertThat(evidence).hasSize(threads * each).allMatch(Evidence::isSynced);
        List<StoredEvent> stored = LogFixture.read(directory);
        assertThat(stored).hasSize(threads * each);
        long[] last = new long[threads];
        for (StoredEvent event : stored) {
            AuditEvent.CommandDecided command = (AuditEvent.CommandDecided) event.event();
            int thread = Integer.parseInt(command.session().substring(1));
            assertThat(command.sequence()).isEqualTo(++last[thread]);
        }
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
    }

    @Test
    void one_sync_serves_all_who_wait() throws Exception {
        FaultyFiles files = new FaultyFiles();
        try (SegmentedAuditLog log = open(LogFixture.SLOW, files)) {
            CountDownLatch held = files.holdSyncs();
            Evidence first = log.appendSynced(SampleEvents.shortCommand("s", 1));
            int before = files.calls();
            List<Evidence> others = new ArrayList<>();
            for (int i = 2; i < 50; i++) {
                others.add(log.appendSynced(SampleEvents.shortCommand("s", i)));
            }
            held.countDown();

            assertThat(LogFixture.synced(first)).isTrue();
            assertThat(LogFixture.synced(others.getLast())).isTrue();
            // 48 writes, then the sync that was held, the one for the others, and at most one checkpoint for each
            assertThat(files.calls() - before).isLessThanOrEqualTo(48 + 4);
        }
    }

    @Test
    void an_append_does_not_wait_for_a_sync_that_is_going_on() throws Exception {
        FaultyFiles files = new FaultyFiles();
        try (SegmentedAuditLog log = open(LogFixture.SLOW, files)) {
            CountDownLatch held = files.holdSyncs();
            log.appendSynced(SampleEvents.shortCommand("s", 1));

            Evidence second = log.append(SampleEvents.shortCommand("s", 2));

            assertThat(LogFixture.written(second)).isTrue();
            assertThat(second.isSynced()).isFalse();
            held.countDown();
        }
    }

    @Test
    void what_is_more_than_may_wait_is_refused_at_once_and_told_of_in_the_log() throws Exception {
        FaultyFiles files = new FaultyFiles();
        AuditLogOptions tight = new AuditLogOptions(
                64 << 20,
                0,
                3_000,
                LogFixture.QUICK.syncInterval(),
                LogFixture.QUICK.checkpointInterval(),
                LogFixture.QUICK.retryDelay());
        int accepted = 0;
        try (SegmentedAuditLog log = open(tight, files)) {
            CountDownLatch held = files.holdSyncs();
            for (int i = 0; i < 100; i++) {
                Evidence evidence = log.append(SampleEvents.shortCommand("s", i));
                CompletableFuture<Boolean> written = new CompletableFuture<>();
                evidence.whenWritten(written::complete);
                accepted += written.getNow(true) ? 1 : 0;
            }
            held.countDown();
        }

        assertThat(accepted).isBetween(10, 99);
        long commands = 0;
        long told = 0;
        for (StoredEvent stored : LogFixture.read(directory)) {
            commands += stored.event() instanceof AuditEvent.CommandDecided ? 1 : 0;
            told += stored.event() instanceof AuditEvent.LogInterrupted gap ? gap.refused() : 0;
        }
        assertThat(commands).isEqualTo(accepted);
        assertThat(told).isEqualTo(100 - accepted);
    }

    @Test
    void an_event_that_is_too_large_is_refused_and_the_log_goes_on() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            // Of letters that do not compress to less than it may have.
            String huge = new Random(7)
                    .ints(2 * Frame.MAX_PAYLOAD_BYTES, 'a', 'z')
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(LogFixture.synced(log.append(new AuditEvent.GatewayStopped(SampleEvents.AT, huge))))
                    .isFalse();
            assertThat(log.isHealthy()).isTrue();
            assertThat(LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", 1))))
                    .isTrue();
        }
    }

    @Test
    void a_record_larger_than_the_buffer_is_stored_whole() throws Exception {
        String large = "y".repeat(700_000);
        try (SegmentedAuditLog log = open(
                new AuditLogOptions(
                        64 << 20,
                        0,
                        64 << 20,
                        LogFixture.QUICK.syncInterval(),
                        LogFixture.QUICK.checkpointInterval(),
                        LogFixture.QUICK.retryDelay()),
                new FaultyFiles())) {
            assertThat(LogFixture.synced(log.appendSynced(new AuditEvent.GatewayStopped(SampleEvents.AT, large))))
                    .isTrue();
        }
        assertThat(LogFixture.read(directory).getFirst().event())
                .isEqualTo(new AuditEvent.GatewayStopped(SampleEvents.AT, large));
    }

    @Test
    void an_interrupted_thread_can_append() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            Thread.currentThread().interrupt();
            assertThat(log.append(SampleEvents.shortCommand("s", 1)).isWritten())
                    .isTrue();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", 2))))
                    .isTrue();
            assertThat(log.isHealthy()).isTrue();
        }
        assertThat(LogFixture.read(directory)).hasSize(2);
    }

    @Test
    void a_callback_that_throws_harms_nobody_else() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            Evidence evidence = log.append(SampleEvents.shortCommand("s", 1));
            evidence.whenSynced(synced -> {
                throw new IllegalStateException("on purpose");
            });
            assertThat(LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("s", 2))))
                    .isTrue();
        }
    }

    @Test
    void an_append_after_the_close_fails() throws Exception {
        SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY);
        log.close();
        assertThat(LogFixture.synced(log.append(SampleEvents.shortCommand("s", 1))))
                .isFalse();
        assertThat(log.isHealthy()).isFalse();
    }

    @Test
    void only_one_writer_opens_a_directory() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)) {
            assertThat(log.isHealthy()).isTrue();
            assertThatThrownBy(() -> SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("being written by another");
        }
        SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY)
                .close();
    }

    @Test
    void a_reader_follows_a_log_that_is_being_written() throws Exception {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, LogFixture.QUICK, CLOCK, LogFixture.KEY);
                AuditReader reader = AuditReader.open(LogFixture.place(directory))) {
            for (int i = 1; i <= 200; i++) {
                log.append(SampleEvents.shortCommand("s", i));
                assertThat(follow(reader).index()).isEqualTo(i - 1L);
            }
            assertThat(reader.next()).isEmpty();
        }
    }

    /** The next event; while a new segment is being made it may take a moment. */
    private static StoredEvent follow(AuditReader reader) throws Exception {
        Optional<StoredEvent> next = reader.next();
        while (next.isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(1);
            next = reader.next();
        }
        return next.get();
    }

    private SegmentedAuditLog open(AuditLogOptions options, LogFiles files) throws IOException {
        return SegmentedAuditLog.open(directory, options, CLOCK, LogFixture.KEY, files);
    }
}
