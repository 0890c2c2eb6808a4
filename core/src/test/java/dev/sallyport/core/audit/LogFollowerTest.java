package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.LogFollower.Cause;
import dev.sallyport.core.audit.LogFollower.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever follows the log gets each record once and in order, and is told of every one that cannot be had. */
@Timeout(60)
class LogFollowerTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    @Test
    void hands_out_what_is_there_and_what_comes_later_over_many_segments() throws Exception {
        try (SegmentedAuditLog log = open(new Disk())) {
            append(log, 1, 20);
            LogFollower follower = LogFollower.fromStart(LogFixture.place(directory), log::syncedRecords);
            assertThat(indexes(follower, 20)).containsExactlyElementsOf(range(0, 20));

            Thread writer = Thread.ofPlatform().start(() -> append(log, 21, 200));
            assertThat(indexes(follower, 180)).containsExactlyElementsOf(range(20, 200));
            writer.join();

            assertThat(new LogDirectory(directory).segments()).hasSizeGreaterThan(3);
            assertThat(follower.next(Duration.ZERO)).isEmpty();
            assertThat(follower.position()).isEqualTo(200);
            follower.close();
        }
    }

    @Test
    void begins_anywhere_also_with_what_is_yet_to_come() throws Exception {
        try (SegmentedAuditLog log = open(new Disk())) {
            append(log, 1, 100);
            try (LogFollower follower = LogFollower.from(LogFixture.place(directory), 73, log::syncedRecords)) {
                assertThat(indexes(follower, 27)).containsExactlyElementsOf(range(73, 100));
            }
            try (LogFollower follower = LogFollower.from(LogFixture.place(directory), 100, log::syncedRecords)) {
                assertThat(follower.next(Duration.ofMillis(1))).isEmpty();
                append(log, 101, 101);
                assertThat(indexes(follower, 1)).containsExactly(100L);
            }
        }
    }

    @Test
    void holds_back_what_is_not_synced() throws Exception {
        FaultyFiles files = new FaultyFiles();
        try (SegmentedAuditLog log = open(files)) {
            append(log, 1, 3);
            LogFollower follower = LogFollower.fromStart(LogFixture.place(directory), log::syncedRecords);
            CountDownLatch held = files.holdSyncs();
            assertThat(LogFixture.written(log.append(SampleEvents.shortCommand("s", 4))))
                    .isTrue();

            assertThat(indexes(follower, 3)).containsExactly(0L, 1L, 2L);
            assertThat(follower.next(Duration.ofMillis(300))).isEmpty();

            held.countDown();
            assertThat(indexes(follower, 1)).containsExactly(3L);
            follower.close();
        }
    }

    @Test
    void goes_on_over_a_failure_without_doubling_what_was_written_again() throws Exception {
        FaultyFiles files = new FaultyFiles();
        try (SegmentedAuditLog log = open(files)) {
            LogFollower follower = LogFollower.fromStart(LogFixture.place(directory), log::syncedRecords);
            for (int round = 0; round < 5; round++) {
                append(log, 1, 7);
                files.failFromNow();
                log.append(SampleEvents.shortCommand("s", 8));
                await().until(() -> !log.isHealthy());
                files.heal();
                await().until(log::isHealthy);
            }
            long size = log.syncedRecords();

            List<Long> commands = new ArrayList<>();
            long last = -1;
            while (follower.position() < size) {
                StoredEvent stored = ((Step.Event) step(follower)).stored();
                assertThat(stored.index()).isGreaterThan(last);
                last = stored.index();
                if (stored.event() instanceof AuditEvent.CommandDecided command) {
                    commands.add(command.sequence());
                }
            }
            assertThat(commands)
                    .containsExactlyElementsOf(Stream.generate(() -> range(1, 9))
                            .limit(5)
                            .flatMap(List::stream)
                            .toList());
            follower.close();
        }
    }

    @Test
    void tells_what_was_deleted_before_it_came() throws Exception {
        try (SegmentedAuditLog log = open(new Disk())) {
            append(log, 1, 100);
            LogDirectory files = new LogDirectory(directory);
            LogFollower late = LogFollower.from(LogFixture.place(directory), 2, log::syncedRecords);
            assertThat(indexes(late, 1)).containsExactly(2L);
            List<Long> old = files.segments().subList(0, 3);
            for (long number : old) {
                Files.delete(files.records(number));
            }
            long first = LogFixture.read(directory).getFirst().index();

            try (LogFollower follower = LogFollower.from(LogFixture.place(directory), 2, log::syncedRecords)) {
                assertThat(step(follower)).isEqualTo(new Step.Gap(2, first, Cause.DELETED, ""));
                assertThat(indexes(follower, (int) (100 - first))).containsExactlyElementsOf(range(first, 100));
            }
            // What it has open it reads to the end.
            long gapAt = follow(late, first);
            assertThat(gapAt).isBetween(3L, first - 1);
            late.close();
        }
    }

    /** Up to a gap that ends at {@code until}; where it begins. */
    private static long follow(LogFollower follower, long until) throws Exception {
        while (true) {
            if (step(follower) instanceof Step.Gap(long from, long behind, Cause cause, String detail)) {
                assertThat(behind).isEqualTo(until);
                assertThat(cause).isEqualTo(Cause.DELETED);
                assertThat(detail).contains("is missing");
                return from;
            }
        }
    }

    @Test
    void tells_what_is_damaged_and_goes_on_behind_it() throws Exception {
        try (SegmentedAuditLog log = open(new Disk())) {
            append(log, 1, 100);
            StoredEvent hurt = LogFixture.read(directory).get(40);
            Path file = new LogDirectory(directory).records(hurt.segment());
            byte[] bytes = Files.readAllBytes(file);
            bytes[(int) hurt.offset() + 20] ^= 1;
            Files.write(file, bytes);

            LogFollower follower = LogFollower.fromStart(LogFixture.place(directory), log::syncedRecords);
            assertThat(indexes(follower, 40)).containsExactlyElementsOf(range(0, 40));
            assertThat(step(follower)).isInstanceOfSatisfying(Step.Gap.class, gap -> {
                assertThat(gap.from()).isEqualTo(40);
                assertThat(gap.cause()).isEqualTo(Cause.DAMAGED);
                assertThat(gap.detail()).contains("wrong checksum");
                assertThat(follower.position()).isEqualTo(gap.until()).isLessThan(100);
            });
            long next = follower.position();
            assertThat(indexes(follower, (int) (100 - next))).containsExactlyElementsOf(range(next, 100));
            follower.close();
        }
    }

    @Test
    void tells_that_the_log_was_put_back_to_an_older_state() throws Exception {
        try (SegmentedAuditLog log = open(new Disk())) {
            append(log, 1, 10);
            try (LogFollower follower = LogFollower.from(LogFixture.place(directory), 50, log::syncedRecords)) {
                assertThat(step(follower)).isEqualTo(new Step.Gap(50, 10, Cause.ROLLED_BACK, ""));
                append(log, 11, 12);
                assertThat(indexes(follower, 2)).containsExactly(10L, 11L);
            }
        }
    }

    @Test
    void goes_no_further_than_it_is_told() throws Exception {
        try (SegmentedAuditLog log = open(new Disk())) {
            append(log, 1, 10);
        }
        AtomicLong safe = new AtomicLong(4);
        try (LogFollower follower = LogFollower.fromStart(LogFixture.place(directory), safe::get)) {
            assertThat(indexes(follower, 4)).containsExactlyElementsOf(range(0, 4));
            assertThat(follower.next(Duration.ZERO)).isEmpty();
            safe.set(10);
            assertThat(indexes(follower, 6)).containsExactlyElementsOf(range(4, 10));
        }
    }

    @Test
    void there_has_to_be_a_log() {
        LongSupplier all = LogFollower.WHATEVER_IS_WRITTEN;
        assertThatThrownBy(() -> LogFollower.fromStart(LogFixture.place(directory), all))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no audit log");
    }

    private SegmentedAuditLog open(LogFiles files) throws IOException {
        return SegmentedAuditLog.open(directory, LogFixture.QUICK, Clock.systemUTC(), LogFixture.KEY, files);
    }

    /** A few at a time, so that segments fill one after the other. */
    private static void append(SegmentedAuditLog log, int from, int to) {
        for (int sequence = from; sequence <= to; sequence++) {
            AuditEvent event = SampleEvents.shortCommand("s", sequence);
            if (sequence % 10 == 0 || sequence == to) {
                assertThat(LogFixture.synced(log.appendSynced(event))).isTrue();
            } else {
                log.append(event);
            }
        }
    }

    private static List<Long> indexes(LogFollower follower, int count) throws Exception {
        List<Long> indexes = new ArrayList<>();
        while (indexes.size() < count) {
            assertThat(step(follower))
                    .isInstanceOfSatisfying(
                            Step.Event.class,
                            event -> indexes.add(event.stored().index()));
        }
        return indexes;
    }

    private static Step step(LogFollower follower) throws Exception {
        Optional<Step> step = follower.next(SOON);
        assertThat(step).isPresent();
        return step.orElseThrow();
    }

    private static List<Long> range(long from, long until) {
        return LongStream.range(from, until).boxed().toList();
    }
}
