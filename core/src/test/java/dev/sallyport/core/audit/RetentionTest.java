package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.AuditEvent.SegmentsDeleted;
import dev.sallyport.core.audit.LogFollower.Step;
import dev.sallyport.core.audit.SessionOrders.Outcome;
import dev.sallyport.core.audit.SimulatedDisk.Call;
import dev.sallyport.core.audit.SimulatedDisk.Plan;
import dev.sallyport.core.audit.SimulatedDisk.Trouble;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.ConsistencyProof;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetentionTest {
    private static final Instant THEN = Instant.parse("2026-03-04T06:00:00Z");
    private static final Instant NOW = THEN.plus(Duration.ofDays(400));
    private static final RetentionLimits YEAR =
            new RetentionLimits(Optional.of(Duration.ofDays(365)), Optional.empty());

    @TempDir
    Path home;

    private Path directory;
    private final List<SignedCheckpoint> checkpoints = new ArrayList<>();

    @BeforeEach
    void write_a_log_that_is_old_by_now() throws IOException {
        directory = home.resolve("audit");
        try (SegmentedAuditLog log = open(directory, THEN, new Disk())) {
            for (String session : List.of("early", "late")) {
                log.append(SampleEvents.opened(session));
                for (int i = 1; i <= 20; i++) {
                    LogFixture.synced(log.appendSynced(SampleEvents.command(session, i, "SELECT " + i)));
                }
                LogFixture.synced(log.appendSynced(
                        new AuditEvent.SessionClosed(SampleEvents.AT, session, "client closed", 20, 1, 1)));
            }
        }
    }

    private SegmentedAuditLog open(Path path, Instant at, LogFiles files) throws IOException {
        return SegmentedAuditLog.open(
                path,
                LogFixture.QUICK.withPublished(checkpoints::add),
                Clock.fixed(at, ZoneOffset.UTC),
                LogFixture.KEY,
                files);
    }

    private SegmentedAuditLog open() throws IOException {
        return open(directory, NOW, new Disk());
    }

    private static List<SegmentsDeleted> deletions(Path path) throws IOException {
        return LogFixture.read(path).stream()
                .map(StoredEvent::event)
                .filter(SegmentsDeleted.class::isInstance)
                .map(SegmentsDeleted.class::cast)
                .toList();
    }

    @Test
    void what_is_too_old_goes_and_the_tree_still_verifies_from_the_first_record_on() throws IOException {
        long records = LogFixture.read(directory).getLast().index() + 1;
        List<Long> before = new LogDirectory(directory).segments();
        int deleted;
        try (SegmentedAuditLog log = open()) {
            deleted = log.custody().retain(YEAR);
            assertThat(log.custody().retain(YEAR)).isZero();
        }
        assertThat(deleted).isEqualTo(before.size()).isGreaterThan(3);
        LogDirectory left = new LogDirectory(directory);
        assertThat(left.segments()).doesNotContainAnyElementsOf(before);
        assertThat(left.keyFiles()).isEqualTo(left.segments());
        assertThat(left.leavesFiles()).isEqualTo(before);
        assertThat(left.checkpointFiles()).containsAll(before);
        List<SegmentsDeleted> told = deletions(directory);
        long next = 1;
        for (SegmentsDeleted each : told) {
            assertThat(each.first()).isEqualTo(next);
            assertThat(each.rule()).isEqualTo("maxAge PT8760H");
            next = each.last() + 1;
        }
        assertThat(next).isEqualTo(deleted + 1);
        assertThat(told.stream().mapToLong(SegmentsDeleted::records).sum()).isEqualTo(records);
        assertThat(told.getLast().firstIndex()).isEqualTo(records);
        Verification verified = LogFixture.verify(directory);
        assertThat(verified.faults()).isEmpty();
        assertThat(verified.notes()).anyMatch(note -> note.contains("leaf hashes"));
        assertThat(verified.vouched().orElseThrow().size()).isGreaterThan(records);
        open().close();
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
    }

    @Test
    void what_is_too_much_goes_and_no_more() throws IOException {
        LogDirectory log = new LogDirectory(directory);
        int before = log.segments().size();
        long half = sizes() / 2;
        try (SegmentedAuditLog opened = open()) {
            assertThat(opened.custody().retain(new RetentionLimits(Optional.empty(), Optional.of(Long.MAX_VALUE))))
                    .isZero();
            assertThat(opened.custody()
                            .retain(new RetentionLimits(Optional.of(Duration.ofDays(500)), Optional.empty())))
                    .isZero();
            assertThat(opened.custody().retain(new RetentionLimits(Optional.empty(), Optional.of(half))))
                    .isPositive()
                    .isLessThan(before);
        }
        assertThat(deletions(directory))
                .isNotEmpty()
                .allSatisfy(deleted -> assertThat(deleted.rule()).isEqualTo("maxBytes " + half));
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
        assertThat(new Recordings(LogFixture.place(directory))
                        .list(SessionFilter.ALL)
                        .damage())
                .isEmpty();
    }

    private long sizes() throws IOException {
        long sum = 0;
        for (Path file : LogFixture.files(directory)) {
            sum += Files.size(file);
        }
        return sum;
    }

    @Test
    void leaf_hashes_that_are_changed_cut_or_gone_and_deletions_that_nobody_told_of_are_found() throws IOException {
        try (SegmentedAuditLog log = open()) {
            log.custody().retain(YEAR);
        }
        Path leaves = new LogDirectory(directory).leaves(2);
        byte[] whole = Files.readAllBytes(leaves);
        for (int at = 0; at < whole.length; at += 7) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Files.write(leaves, changed);
            assertThat(LogFixture.verify(directory).faults()).as("byte " + at).isNotEmpty();
        }
        Files.write(leaves, Arrays.copyOf(whole, whole.length - 32));
        assertThat(LogFixture.verify(directory).faults()).isNotEmpty();
        Files.delete(leaves);
        assertThat(LogFixture.verify(directory).faults()).isNotEmpty();
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("is missing");
    }

    @Test
    void records_that_are_taken_away_without_an_event_are_missed() throws IOException {
        LogDirectory log = new LogDirectory(directory);
        try (SegmentReader second = SegmentReader.open(log.records(2), SegmentHeader.Kind.RECORDS)) {
            LeafHashes.write(new Disk(), log, 1, second.header());
        }
        Files.move(LogDirectory.unfinished(log.leaves(1)), log.leaves(1));
        Files.delete(log.records(1));
        Files.delete(log.keys(1));

        assertThat(LogFixture.verify(directory).faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.toString()).contains("0000000001.log", "segments-deleted"));
    }

    @Test
    void a_held_session_keeps_its_segments_and_its_key_until_it_is_released() throws IOException {
        try (SegmentedAuditLog log = open()) {
            assertThat(log.custody().hold("nobody", "okta:ann", "case 12")).isEqualTo(Outcome.UNKNOWN);
            assertThat(log.custody().hold("late", "okta:ann", "case 12")).isEqualTo(Outcome.DONE);
            log.custody().retain(YEAR);
            assertThat(log.custody().erase("late", "okta:ann", "request 17")).isEqualTo(Outcome.HELD);
            assertThat(commands("early")).isLessThan(20);
            assertThat(commands("late")).isEqualTo(20);
        }
        Files.delete(directory.resolve("holds"));
        try (SegmentedAuditLog log = open()) {
            assertThat(log.custody().retain(YEAR)).isZero();
            assertThat(log.custody().erase("late", "okta:ann", "request 17")).isEqualTo(Outcome.HELD);
            assertThat(log.custody().release("late", "okta:ann", "case 12 is closed"))
                    .isEqualTo(Outcome.DONE);
            assertThat(log.custody().release("late", "okta:ann", "again")).isEqualTo(Outcome.NOT_HELD);
            assertThat(log.custody().retain(YEAR)).isPositive();
            assertThat(commands("late")).isZero();
        }
        Files.delete(directory.resolve("holds"));
        try (SegmentedAuditLog log = open()) {
            assertThat(log.custody().release("late", "okta:ann", "again")).isEqualTo(Outcome.NOT_HELD);
        }
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
    }

    private long commands(String session) throws IOException {
        return LogFixture.read(directory).stream()
                .filter(stored -> stored.event() instanceof AuditEvent.CommandDecided command
                        && command.session().equals(session))
                .count();
    }

    @Test
    void who_follows_the_log_is_told_of_what_was_deleted_before_it_came() throws Exception {
        LogPlace place = LogFixture.place(directory);
        try (SegmentedAuditLog log = open();
                LogFollower slow = LogFollower.fromStart(place, log::syncedRecords)) {
            assertThat(slow.next(Duration.ZERO)).get().isInstanceOf(Step.Event.class);
            log.custody().retain(YEAR);
            Optional<Step> next = slow.next(Duration.ZERO);
            while (next.isPresent() && next.get() instanceof Step.Event) {
                next = slow.next(Duration.ZERO);
            }
            assertThat(next)
                    .get()
                    .isInstanceOfSatisfying(
                            Step.Gap.class, gap -> assertThat(gap.cause()).isEqualTo(LogFollower.Cause.DELETED));
            assertThat(slow.next(Duration.ZERO))
                    .get()
                    .isInstanceOfSatisfying(
                            Step.Event.class,
                            event -> assertThat(event.stored().event()).isInstanceOf(SegmentsDeleted.class));
        }
    }

    @Test
    void a_segment_that_goes_on_after_a_crash_does_not_lose_the_one_that_it_needs() throws IOException {
        Path copy = home.resolve("copy");
        try (SegmentedAuditLog log =
                SegmentedAuditLog.open(copy, LogFixture.SLOW, Clock.fixed(THEN, ZoneOffset.UTC), LogFixture.KEY)) {
            LogFixture.synced(log.appendSynced(SampleEvents.opened("s")));
            LogFixture.copy(copy, directory.resolveSibling("crashed"));
        }
        Path crashed = directory.resolveSibling("crashed");
        Files.deleteIfExists(crashed.resolve("LOCK"));
        try (SegmentedAuditLog log = open(crashed, NOW, new Disk())) {
            assertThat(log.custody().retain(YEAR)).isZero();
        }
        try (SegmentedAuditLog log = open(crashed, NOW.plus(Duration.ofDays(400)), new Disk())) {
            assertThat(log.custody().retain(YEAR)).isEqualTo(2);
        }
        assertThat(LogFixture.verify(crashed).faults()).isEmpty();
    }

    @Test
    void an_old_checkpoint_is_still_shown_to_be_a_prefix_of_the_log() throws IOException {
        Checkpoint old = checkpoints.get(checkpoints.size() / 2).checkpoint();
        try (SegmentedAuditLog log = open()) {
            log.custody().retain(YEAR);
        }
        VerifierKeys keys = SigningKeyFiles.keys(SigningKeyFiles.verifierKeys(directory));
        AuditProver prover = new AuditProver(directory, keys);
        Checkpoint now = prover.last().checkpoint();
        ConsistencyProof proof = prover.consistency(old, now);
        assertThat(proof.leads(old.root(), now.root())).isTrue();
        assertThatThrownBy(() -> prover.prove(0)).hasMessageContaining("no longer in the log");
        long kept = LogFixture.read(directory).getFirst().index();
        assertThat(prover.prove(kept).index()).isEqualTo(kept);
    }

    /** At every call to the disk that a deletion makes, whatever of it is done, and the power gone after it. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"DIES", "DIES_DONE", "DIES_TORN", "OUTAGE", "FAILS", "TORN"})
    void a_deletion_that_is_interrupted_at_any_place_is_finished_later_or_never_began(Trouble trouble)
            throws IOException {
        int places = 0;
        for (boolean again = true; again; places++) {
            Path copy = home.resolve("copy" + places);
            LogFixture.copy(directory, copy);
            Files.deleteIfExists(copy.resolve("LOCK"));
            again = interrupted(copy, trouble, places);
        }
        assertThat(places).isGreaterThan(20);
    }

    /** False where nothing came in between. */
    private boolean interrupted(Path path, Trouble trouble, int nth) throws IOException {
        int[] calls = {-1};
        boolean[] struck = {false};
        Plan plan = place -> {
            // Half a key of the gateway's own is no matter of the deletion's.
            boolean other = place.call() == Call.WRITE && place.file().endsWith(".keys");
            if (other || calls[0] < 0 || calls[0]++ != nth) {
                return Trouble.NONE;
            }
            struck[0] = true;
            return trouble;
        };
        SimulatedDisk disk = new SimulatedDisk(path, plan, nth);
        SegmentedAuditLog log = open(path, NOW, disk);
        try (log) {
            calls[0] = 0;
            log.custody().retain(YEAR);
            calls[0] = -1;
        } catch (IOException interrupted) {
            calls[0] = -1;
        }
        Path left = path.resolveSibling(path.getFileName() + "-left");
        disk.losePower(left);
        try (SegmentedAuditLog next = open(left, NOW, new Disk())) {
            LogDirectory found = new LogDirectory(left);
            assertThat(found.leavesFiles()).as("place " + nth).doesNotContainAnyElementsOf(found.segments());
            assertThat(LogFixture.verify(left).faults()).as("place " + nth).isEmpty();
            next.custody().retain(YEAR);
        }
        assertThat(LogFixture.verify(left).faults()).as("place " + nth).isEmpty();
        assertThat(deletions(left)).as("place " + nth).isNotEmpty();
        return struck[0];
    }
}
