package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.audit.AuditEvent.SessionErased;
import dev.sallyport.core.audit.SessionOrders.Outcome;
import dev.sallyport.core.audit.SimulatedDisk.Call;
import dev.sallyport.core.audit.SimulatedDisk.Plan;
import dev.sallyport.core.audit.SimulatedDisk.Trouble;
import dev.sallyport.core.audit.seal.KeyRing;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.target.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErasureTest {
    private static final Instant NOW = Instant.parse("2026-03-04T06:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final SessionErased ERASED = new SessionErased(NOW, "gone", "okta:ann", "request 17");

    @TempDir
    Path home;

    private Path directory;

    @BeforeEach
    void setUp() {
        directory = home.resolve("audit");
    }

    /** Two sessions over several segments, both closed. */
    private static void write(SegmentedAuditLog log) {
        for (String session : List.of("gone", "kept")) {
            log.append(SampleEvents.opened(session));
        }
        for (int i = 1; i <= 20; i++) {
            log.append(SampleEvents.command("gone", i, "SELECT 'secret" + i + "'"));
            LogFixture.synced(log.appendSynced(SampleEvents.command("kept", i, "SELECT 'open" + i + "'")));
        }
        for (String session : List.of("gone", "kept")) {
            LogFixture.synced(log.appendSynced(
                    new AuditEvent.SessionClosed(SampleEvents.AT, session, "client closed", 20, 1, 1)));
        }
    }

    private SegmentedAuditLog open(Path path, LogFiles files) throws IOException {
        return SegmentedAuditLog.open(path, LogFixture.QUICK, CLOCK, LogFixture.KEY, files);
    }

    private SegmentedAuditLog open() throws IOException {
        return open(directory, new Disk());
    }

    private static List<AuditEvent> of(Path path, String session) throws IOException {
        List<AuditEvent> events = new ArrayList<>();
        try (Recording recording = new Recordings(LogFixture.place(path)).open(session)) {
            for (Optional<StoredEvent> next = recording.next(); next.isPresent(); next = recording.next()) {
                events.add(next.get().event());
            }
            assertThat(recording.damage()).isEmpty();
        }
        return events;
    }

    @Test
    void of_an_erased_session_nothing_can_be_read_but_that_it_was_erased() throws IOException {
        try (SegmentedAuditLog log = open()) {
            write(log);
            assertThat(of(directory, "gone")).hasSizeGreaterThan(20);

            assertThat(log.custody().erase("gone", "okta:ann", "request 17")).isEqualTo(Outcome.DONE);

            assertThat(of(directory, "gone")).containsExactly(ERASED);
            assertThat(of(directory, "kept")).hasSizeGreaterThan(20);
        }
        assertThat(of(directory, "gone")).containsExactly(ERASED);
        assertThat(new Recordings(LogFixture.place(directory))
                        .list(SessionFilter.ALL)
                        .found())
                .extracting(session -> session.opened().session())
                .containsExactly("kept");
        assertThat(new LogDirectory(directory).segments()).hasSizeGreaterThan(2);
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
        assertThat(Files.exists(directory.resolve("erasing"))).isFalse();
    }

    @Test
    void nothing_of_it_stands_in_any_file_and_its_keys_are_zeros_in_all() throws IOException {
        try (SegmentedAuditLog log = open()) {
            write(log);
            log.custody().erase("gone", "okta:ann", "request 17");
        }
        for (Path file : LogFixture.files(directory)) {
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .as(file.toString())
                    .doesNotContain("secret");
        }
        assertThat(keys(directory, "gone")).isNotEmpty().allMatch(KeyTable.Entry::isErased);
        assertThat(keys(directory, "gone")).allMatch(entry -> isZero(entry.wrapped()));
        assertThat(keys(directory, "kept")).isNotEmpty().noneMatch(KeyTable.Entry::isErased);
    }

    private static boolean isZero(byte[] bytes) {
        return IntStream.range(0, bytes.length).allMatch(i -> bytes[i] == 0);
    }

    private static List<KeyTable.Entry> keys(Path path, String session) throws IOException {
        LogDirectory log = new LogDirectory(path);
        List<KeyTable.Entry> entries = new ArrayList<>();
        for (long number : log.keyFiles()) {
            KeyFile.read(log.keys(number)).whole().stream()
                    .filter(stored -> KeyTable.isOf(stored, session))
                    .map(KeyTable::read)
                    .forEach(entries::add);
        }
        return entries;
    }

    @Test
    void a_session_that_is_open_or_unknown_or_erased_is_not_erased() throws IOException {
        try (SegmentedAuditLog log = open()) {
            LogFixture.synced(log.appendSynced(SampleEvents.opened("gone")));

            assertThat(log.custody().erase("gone", "okta:ann", "early")).isEqualTo(Outcome.OPEN);
            assertThat(log.custody().erase("other", "okta:ann", "typo")).isEqualTo(Outcome.UNKNOWN);

            LogFixture.synced(
                    log.appendSynced(new AuditEvent.SessionClosed(SampleEvents.AT, "gone", "client closed", 0, 1, 1)));
            assertThat(log.custody().erase("gone", "okta:ann", "request 17")).isEqualTo(Outcome.DONE);
            assertThat(log.custody().erase("gone", "okta:ann", "again")).isEqualTo(Outcome.ERASED);
        }
        assertThat(of(directory, "gone")).containsExactly(ERASED);
    }

    /** Its records are at the end, behind the last checkpoint, so they are written again in a new segment. */
    @Test
    void a_crash_right_after_an_erasure_does_not_bring_the_key_back() throws IOException {
        Path copy = home.resolve("copy");
        try (SegmentedAuditLog log =
                SegmentedAuditLog.open(directory, LogFixture.SLOW, CLOCK, LogFixture.KEY, new Disk())) {
            write(log);
            log.custody().erase("gone", "okta:ann", "request 17");
            LogFixture.copy(directory, copy);
        }
        Files.deleteIfExists(copy.resolve("LOCK"));
        open(copy, new Disk()).close();

        assertThat(of(copy, "gone")).containsExactly(ERASED);
        assertThat(of(copy, "kept")).hasSizeGreaterThan(20);
        assertThat(keys(copy, "gone")).isNotEmpty().allMatch(KeyTable.Entry::isErased);
        assertThat(LogFixture.verify(copy).faults()).isEmpty();
    }

    @Test
    void a_failure_after_an_erasure_does_not_write_the_key_again() throws IOException {
        FaultyFiles files = new FaultyFiles();
        try (SegmentedAuditLog log = open(directory, files)) {
            LogFixture.synced(log.appendSynced(SampleEvents.opened("gone")));
            LogFixture.synced(
                    log.appendSynced(new AuditEvent.SessionClosed(SampleEvents.AT, "gone", "client closed", 0, 1, 1)));
            log.custody().erase("gone", "okta:ann", "request 17");
            files.failFromNow();
            LogFixture.synced(log.appendSynced(SampleEvents.opened("kept")));
            files.heal();
            while (!log.isHealthy() || !LogFixture.synced(log.appendSynced(new AuditEvent.GatewayStarted(NOW, "1")))) {
                Thread.onSpinWait();
            }
        }
        assertThat(keys(directory, "gone")).isNotEmpty().allMatch(KeyTable.Entry::isErased);
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
    }

    /** At every call to the disk that an erasure makes, whatever of it is done and whether or not the power goes. */
    @ParameterizedTest
    @EnumSource(
            value = Trouble.class,
            names = {"DIES", "DIES_DONE", "DIES_TORN", "OUTAGE", "FAILS", "TORN"})
    void an_erasure_that_is_interrupted_at_any_place_is_finished_at_the_next_start_or_never_began(Trouble trouble)
            throws IOException {
        try (SegmentedAuditLog log = open()) {
            write(log);
        }
        int places = 0;
        for (boolean again = true; again; places++) {
            Path copy = home.resolve("copy" + places);
            LogFixture.copy(directory, copy);
            Files.deleteIfExists(copy.resolve("LOCK"));
            again = interrupted(copy, trouble, places);
        }
        assertThat(places).isGreaterThan(5);
    }

    /** False where nothing came in between. */
    private boolean interrupted(Path path, Trouble trouble, int nth) throws IOException {
        int[] calls = {-1};
        boolean[] struck = {false};
        Plan plan = place -> {
            // Half a key of the gateway's own is no matter of the erasure's.
            boolean other = place.call() == Call.WRITE && place.file().endsWith(".keys");
            if (other || calls[0] < 0 || calls[0]++ != nth) {
                return Trouble.NONE;
            }
            struck[0] = true;
            return trouble;
        };
        SimulatedDisk disk = new SimulatedDisk(path, plan, nth);
        boolean done = false;
        SegmentedAuditLog log = open(path, disk);
        try (log) {
            calls[0] = 0;
            done = log.custody().erase("gone", "okta:ann", "request 17") == Outcome.DONE;
            calls[0] = -1;
        } catch (IOException interrupted) {
            calls[0] = -1;
        }
        Path left = path.resolveSibling(path.getFileName() + "-left");
        disk.losePower(left);
        open(left, new Disk()).close();
        List<AuditEvent> events = of(left, "gone");
        boolean erased = keys(left, "gone").stream().allMatch(KeyTable.Entry::isErased);
        assertThat(LogFixture.verify(left).faults()).as("place " + nth).isEmpty();
        if (erased) {
            assertThat(events).as("place " + nth).isNotEmpty().allMatch(SessionErased.class::isInstance);
        } else {
            assertThat(done).as("place " + nth).isFalse();
            assertThat(keys(left, "gone")).noneMatch(KeyTable.Entry::isErased);
            assertThat(events).hasSizeGreaterThan(20);
        }
        assertThat(of(left, "kept")).hasSizeGreaterThan(20);
        assertThat(Files.exists(left.resolve("erasing"))).isFalse();
        return struck[0];
    }

    @Test
    void keys_that_are_wrapped_anew_need_the_former_key_no_more() throws IOException {
        LocalKey fresh = LocalKey.of(Secret.of("ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="));
        try (SegmentedAuditLog log = open()) {
            write(log);
            log.custody().erase("gone", "okta:ann", "request 17");
        }
        List<StoredEvent> before = LogFixture.read(directory);
        LogPlace both = new LogPlace(directory, KeyRing.of(fresh, List.of(LogFixture.KEY)));

        assertThat(Rewrapping.run(both)).isPositive();
        assertThat(Rewrapping.run(both)).isZero();

        assertThat(read(fresh)).usingRecursiveComparison().isEqualTo(before);
        assertThatThrownBy(() -> LogFixture.read(directory)).isInstanceOf(MissingKeyException.class);
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
        SegmentedAuditLog.open(directory, LogFixture.QUICK, CLOCK, fresh).close();
        assertThat(LogFixture.verify(directory).faults()).isEmpty();
    }

    private List<StoredEvent> read(LocalKey key) throws IOException {
        List<StoredEvent> events = new ArrayList<>();
        try (AuditReader reader = AuditReader.open(new LogPlace(directory, KeyRing.of(key, List.of())))) {
            for (Optional<StoredEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                events.add(next.get());
            }
        }
        return events;
    }

    @Test
    void keys_are_not_wrapped_anew_without_the_former_key_or_while_a_gateway_writes() throws IOException {
        LocalKey fresh = LocalKey.of(Secret.of("ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="));
        try (SegmentedAuditLog log = open()) {
            write(log);
            assertThatThrownBy(() -> Rewrapping.run(LogFixture.place(directory)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("being written");
        }
        assertThatThrownBy(() -> Rewrapping.run(new LogPlace(directory, KeyRing.of(fresh, List.of()))))
                .isInstanceOf(MissingKeyException.class);
    }
}
