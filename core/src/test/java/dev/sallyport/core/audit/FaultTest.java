package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every write, sync, create, rename and cut fails once, and from there on for a while. */
@Timeout(120)
class FaultTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final int EVENTS = 40;

    @TempDir
    Path directory;

    @Test
    void nothing_acknowledged_is_lost_whichever_call_fails_once() throws Exception {
        int calls = callsWithoutFault();
        for (int call = 1; call <= calls; call++) {
            FaultyFiles files = new FaultyFiles();
            files.fail(call, call + 1);
            files.tear(call % 2 == 0 ? 5 : 0);
            run(directory.resolve("once" + call), files, false);
        }
    }

    @Test
    void nothing_acknowledged_is_lost_whichever_call_begins_an_outage() throws Exception {
        int calls = callsWithoutFault();
        for (int call = 1; call <= calls; call += 2) {
            FaultyFiles files = new FaultyFiles();
            files.fail(call, Integer.MAX_VALUE);
            files.tear(call % 3 == 0 ? 11 : 0);
            run(directory.resolve("outage" + call), files, false);
        }
    }

    @Test
    void short_writes_are_gone_on_with() throws Exception {
        FaultyFiles files = new FaultyFiles();
        files.shortWrites();
        run(directory.resolve("short"), files, true);
    }

    private int callsWithoutFault() throws Exception {
        FaultyFiles files = new FaultyFiles();
        run(directory.resolve("none"), files, true);
        return files.calls();
    }

    private static void run(Path log, FaultyFiles files, boolean expectAll) throws Exception {
        Map<Long, Boolean> synced = new TreeMap<>();
        boolean failed = false;
        try (SegmentedAuditLog open = opened(log, files)) {
            for (long i = 1; i <= EVENTS; i++) {
                Evidence evidence = i % 3 == 0
                        ? open.appendSynced(SampleEvents.shortCommand("s", i))
                        : open.append(SampleEvents.shortCommand("s", i));
                CompletableFuture<Boolean> result = new CompletableFuture<>();
                evidence.whenSynced(result::complete);
                if (i % 3 == 0) {
                    failed |= !result.get(10, TimeUnit.SECONDS);
                }
                synced.put(i, evidence.isSynced());
            }
            files.heal();
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(10))
                    .until(open::isHealthy);
            Evidence last = open.appendSynced(SampleEvents.shortCommand("s", EVENTS + 1));
            await().pollInterval(Duration.ofMillis(1)).until(last::isSynced);
        }
        assertThat(files.syncsOfFailedFiles()).isZero();
        Verification verification = LogFixture.verify(log);
        assertThat(verification.faults()).isEmpty();
        assertThat(verification.vouched().orElseThrow().size()).isEqualTo(verification.records());
        List<Long> stored = commands(log);
        assertThat(stored).isSorted().doesNotHaveDuplicates().contains((long) EVENTS + 1);
        synced.forEach((sequence, acknowledged) -> {
            if (acknowledged || expectAll) {
                assertThat(stored).contains(sequence);
            }
        });
        if (failed) {
            assertThat(LogFixture.read(log).stream().map(StoredEvent::event))
                    .hasAtLeastOneElementOfType(AuditEvent.LogInterrupted.class);
        }
    }

    /** A fault while opening is told to who opens; the next try must do. */
    private static SegmentedAuditLog opened(Path log, FaultyFiles files) throws IOException {
        try {
            return SegmentedAuditLog.open(log, LogFixture.QUICK, CLOCK, LogFixture.KEY, files);
        } catch (IOException failed) {
            files.heal();
            return SegmentedAuditLog.open(log, LogFixture.QUICK, CLOCK, LogFixture.KEY, files);
        }
    }

    private static List<Long> commands(Path log) throws IOException {
        List<Long> sequences = new ArrayList<>();
        for (StoredEvent stored : LogFixture.read(log)) {
            if (stored.event() instanceof AuditEvent.CommandDecided command) {
                sequences.add(command.sequence());
            }
        }
        return sequences;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void while_it_fails_nothing_is_acknowledged_and_what_came_is_kept(boolean errors) throws Exception {
        FaultyFiles files = new FaultyFiles();
        if (errors) {
            files.failWithErrors();
        }
        try (SegmentedAuditLog log =
                SegmentedAuditLog.open(directory, LogFixture.QUICK, CLOCK, LogFixture.KEY, files)) {
            files.failFromNow();
            Evidence first = log.appendSynced(SampleEvents.shortCommand("s", 1));
            await().until(() -> !log.isHealthy());

            assertThat(log.fault().orElseThrow()).contains("injected");
            assertThat(told(first)).isFalse();
            assertThat(told(log.append(SampleEvents.shortCommand("s", 2)))).isFalse();
            assertThat(told(log.appendSynced(SampleEvents.shortCommand("s", 3))))
                    .isFalse();

            files.heal();
            await().until(log::isHealthy);
            assertThat(told(log.appendSynced(SampleEvents.shortCommand("s", 4))))
                    .isTrue();
        }
        assertThat(commands(directory)).containsExactly(1L, 2L, 3L, 4L);
    }

    private static boolean told(Evidence evidence) throws Exception {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        evidence.whenSynced(result::complete);
        return result.get(10, TimeUnit.SECONDS);
    }
}
