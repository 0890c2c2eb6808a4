package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/**
 * One process that opens a log on a simulated disk, appends commands to it, some of which it wants synced, and closes it
 * or dies; what it was told of them; and what has to be true of what it leaves.
 */
final class LogLife {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SimulatedDisk disk;
    private final Path directory;
    private final AuditLogOptions options;
    private final Map<Long, Evidence> evidence = new ConcurrentSkipListMap<>();

    LogLife(Path directory, SimulatedDisk disk, AuditLogOptions options) {
        this.directory = directory;
        this.disk = disk;
        this.options = options;
    }

    /**
     * Lives it: of three commands one waits for its sync, one wants it soon, and one does not care. Who has not died when
     * all is appended has the disk healed, and must then see the log serve.
     *
     * @param threads how many share the commands, each in a session of its own
     */
    void live(long first, int commands, int threads) throws IOException {
        SegmentedAuditLog log = opened();
        if (log == null) {
            return;
        }
        try (log) {
            List<Thread> others = new ArrayList<>();
            for (int thread = 1; thread < threads; thread++) {
                int number = thread;
                others.add(Thread.ofVirtual().start(() -> append(log, first, commands, threads, number)));
            }
            append(log, first, commands, threads, 0);
            for (Thread other : others) {
                other.join();
            }
            if (!disk.isDead()) {
                disk.heal();
                served(log, first + commands);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void append(SegmentedAuditLog log, long first, int commands, int threads, int thread) {
        for (long sequence = first + thread; sequence < first + commands; sequence += threads) {
            AuditEvent event = SampleEvents.shortCommand("s" + thread, sequence);
            Evidence appended = switch ((int) (sequence / threads % 3)) {
                case 0 -> log.appendSynced(event);
                case 1 -> log.append(event, Duration.ofMillis(2));
                default -> log.append(event);
            };
            evidence.put(sequence, appended);
            if (sequence / threads % 3 == 0) {
                LogFixture.synced(appended);
            }
        }
    }

    /** Empty where the process died of it. */
    private SegmentedAuditLog opened() throws IOException {
        try {
            return SegmentedAuditLog.open(directory, options, Clock.systemUTC(), LogFixture.KEY, disk);
        } catch (IOException failed) {
            assertThat(disk.troubles())
                    .as("it is not opened: %s", failed.getMessage())
                    .isNotEmpty();
            disk.heal();
            return disk.isDead()
                    ? null
                    : SegmentedAuditLog.open(directory, options, Clock.systemUTC(), LogFixture.KEY, disk);
        }
    }

    private void served(SegmentedAuditLog log, long sequence) {
        await().pollInterval(Duration.ofMillis(1)).atMost(PATIENCE).until(() -> log.isHealthy() || disk.isDead());
        evidence.put(sequence, log.appendSynced(SampleEvents.shortCommand("s", sequence)));
        assertThat(LogFixture.synced(evidence.get(sequence)) || disk.isDead())
                .as("it serves again")
                .isTrue();
    }

    /** The commands of which it was told that they survive its own death, or also the machine's. */
    Set<Long> acknowledged(boolean powerLost) {
        return evidence.entrySet().stream()
                .filter(each -> powerLost
                        ? each.getValue().isSynced()
                        : each.getValue().isWritten() || each.getValue().isSynced())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Checks a log as it was left, has it opened by the next process, and checks it again.
     *
     * @param must the commands that have to be in it
     * @return all that are in it, and have to stay there from now on
     */
    static Set<Long> check(Path left, Set<Long> must, AuditLogOptions options, long next, long seed)
            throws IOException {
        assertTornAtItsEndOnly(left);
        SimulatedDisk disk = new SimulatedDisk(left, SimulatedDisk.Plan.NOTHING, seed);
        LogLife after = new LogLife(left, disk, options);
        after.live(next, 0, 1);
        Verification verification = LogFixture.verify(left);
        assertThat(verification.faults()).isEmpty();
        assertThat(verification.vouched().orElseThrow().size()).isEqualTo(verification.records());
        List<AuditEvent> events =
                LogFixture.read(left).stream().map(StoredEvent::event).toList();
        assertTailsAreTold(left, events);
        Map<String, List<Long>> stored = commands(events);
        stored.forEach((session, commands) ->
                assertThat(commands).as("session %s", session).isSorted());
        List<Long> all = stored.values().stream().flatMap(List::stream).toList();
        assertThat(all).doesNotHaveDuplicates().contains(next).containsAll(must);
        return new TreeSet<>(all);
    }

    private static void assertTornAtItsEndOnly(Path left) throws IOException {
        LogDirectory log = new LogDirectory(left);
        if (log.segments().isEmpty()) {
            return;
        }
        String last = String.valueOf(log.records(log.segments().getLast()).getFileName());
        assertThat(LogFixture.verify(left).faults())
                .as("what a crash tears")
                .allMatch(fault -> fault.file().startsWith(last.replace("log", "")));
    }

    /** Nothing is cut off in silence. */
    private static void assertTailsAreTold(Path log, List<AuditEvent> events) throws IOException {
        List<String> told = events.stream()
                .filter(AuditEvent.TailCut.class::isInstance)
                .map(event -> ((AuditEvent.TailCut) event).digest())
                .toList();
        for (Path file : LogFixture.files(log)) {
            if (file.toString().endsWith(".torn")) {
                assertThat(told).as("an event for %s", file.getFileName()).contains(sha256(file));
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, List<Long>> commands(List<AuditEvent> events) {
        Map<String, List<Long>> sequences = new TreeMap<>();
        for (AuditEvent event : events) {
            if (event instanceof AuditEvent.CommandDecided command) {
                sequences
                        .computeIfAbsent(command.session(), session -> new ArrayList<>())
                        .add(command.sequence());
            }
        }
        return sequences;
    }
}
