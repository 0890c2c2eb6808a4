package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.AuditVerifier;
import dev.sallyport.core.audit.Verification;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Kills a gateway under mixed load with SIGKILL, at moments of its choice, and starts it again on the same log. What
 * reached the target is known from the target itself: its tables, and its own log of every statement. After each restart
 * all of that has to be in the audit log as decided before, and nothing that waited may have run without its approval.
 */
final class Kills implements AutoCloseable {
    private static final int CLIENTS = 4;
    /** The shortest start and the least work for the compilers; nobody waits for the fastest code here. */
    private static final String[] QUICK_START = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-EnableJVMCI"};

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration AT_ONCE = Duration.ofNanos(200_000);

    private final Random random;
    private final long seed;
    private final PostgresServer target;
    private final Served served;
    private final MixedLoad load;
    private final TargetLog targetLog;
    private final AuditTrail trail;
    private final Set<String> reached = new HashSet<>();
    private final Map<Moment, Integer> kills = new EnumMap<>(Moment.class);
    private int round;
    private int torn;
    private boolean up = true;

    /** When it is killed. */
    private enum Moment {
        /** At some time while it serves. */
        SERVING,
        /** While a segment of its log is followed by the next. */
        ROLLING,
        /** At some time after its start, when it may serve already. */
        STARTING,
        /** While it looks at the log that the one before has left. */
        RECOVERING
    }

    Kills(Path directory, long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        target = PostgresServer.start(Scratch.in(directory, "target"));
        target.run("CREATE TABLE marks (mark text, round integer); CREATE INDEX ON marks (round);"
                + " GRANT ALL ON marks TO PUBLIC");
        served = Served.withSmallSegments(target, directory.resolve("gateway"), QUICK_START);
        targetLog = new TargetLog(target.logFile());
        trail = new AuditTrail(served.auditDir());
        load = MixedLoad.start(served, seed, CLIENTS);
    }

    /** Kills it once, and leaves it started again, though maybe not up yet. */
    void kill() {
        round++;
        Moment moment = moment();
        try {
            load.round(round);
            if (moment == Moment.SERVING || moment == Moment.ROLLING) {
                awaitServed();
                assertEvidence();
            }
            awaitMoment(moment);
            served.kill();
            kills.merge(moment, 1, Integer::sum);
            assertWholeOrTorn();
            served.launch();
            up = false;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed %d, round %d, killed while %s".formatted(seed, round, moment), e);
        }
    }

    /** Each once, then any. */
    private Moment moment() {
        if (round <= Moment.values().length) {
            return Moment.values()[round - 1];
        }
        int choice = random.nextInt(20);
        return choice < 10
                ? Moment.SERVING
                : choice < 13 ? Moment.ROLLING : choice < 16 ? Moment.STARTING : Moment.RECOVERING;
    }

    private void awaitMoment(Moment moment) {
        switch (moment) {
            case SERVING -> Pause.of(Duration.ofMillis(random.nextInt(500)));
            case STARTING -> Pause.of(Duration.ofMillis(random.nextInt(1800)));
            case ROLLING, RECOVERING -> {
                awaitNewFile(moment == Moment.ROLLING ? 1_500 : 5_000);
                Pause.of(Duration.ofNanos(random.nextInt(3_000_000)));
            }
        }
    }

    /** A new segment has its files made, or gets its name; where none comes in time, this moment is as good as any. */
    private void awaitNewFile(long mostMillis) {
        long deadline = System.nanoTime() + Duration.ofMillis(mostMillis).toNanos();
        Set<String> before = auditFiles();
        while (System.nanoTime() < deadline && before.containsAll(auditFiles())) {
            Pause.of(AT_ONCE);
        }
    }

    private Set<String> auditFiles() {
        String[] names = new File(served.auditDir().toString()).list();
        return names == null ? Set.of() : Set.of(names);
    }

    /** It serves: also its clients get something done. */
    private void awaitServed() {
        if (!up) {
            served.awaitUp();
            up = true;
        }
        int before = load.acknowledged().size();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> load.acknowledged().size() > before + 2);
    }

    /** Nobody writes the log now. */
    private void assertWholeOrTorn() {
        Verification left = verified();
        List<Path> segments = segments();
        String last = String.valueOf(segments.getLast().getFileName()).replace(".log", "");
        torn += left.isWhole() ? 0 : 1;
        assertThat(left.faults())
                .as("what a kill leaves")
                .allMatch(fault -> fault.file().startsWith(last));
    }

    private List<Path> segments() {
        try (var files = Files.list(served.auditDir())) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Verification verified() {
        try {
            return AuditVerifier.verify(served.auditDir());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The target first: what it has seen by now was on record before. */
    private void assertEvidence() {
        Set<String> now = targetLog.more();
        for (List<String> row : target.query("SELECT mark FROM marks WHERE round >= " + (round - 2))) {
            now.add(MixedLoad.bringing(row.getFirst()));
        }
        trail.readOn();
        assertExplained(now, trail);
        reached.addAll(now);
        assertThat(verified().faults()).as("the log after a restart").isEmpty();
    }

    private static void assertExplained(Set<String> marks, AuditTrail trail) {
        Set<String> unexplained = new TreeSet<>(marks);
        unexplained.removeIf(trail::explains);
        assertThat(unexplained)
                .as("reached the target without being on record, or without approval")
                .isEmpty();
        assertThat(marks).as("ran without approval").noneMatch(mark -> mark.startsWith("mark-held-"));
        assertThat(marks.stream().filter(mark -> mark.startsWith("mark-granted-")))
                .as("ran without waiting")
                .allMatch(trail::held);
    }

    /** Stops it as it should be stopped, and reads the whole log once more. Says what there was. */
    String finish() {
        awaitServed();
        load.finish();
        assertThat(served.stop()).as(served.log()).isIn(0, 143);
        load.close();
        await().atMost(PATIENCE)
                .until(() -> target.query("SELECT 1 FROM pg_stat_activity WHERE usename = '" + Served.USER + "'")
                        .isEmpty());
        assertEvidence();
        AuditTrail whole = new AuditTrail(served.auditDir());
        whole.readOn();
        assertExplained(reached, whole);
        Set<String> stored = new HashSet<>();
        target.query("SELECT mark FROM marks").forEach(row -> stored.add(row.getFirst()));
        assertThat(stored).as("acknowledged, but not there").containsAll(load.acknowledged());
        Run verify = served.auditVerify();
        assertThat(verify.status()).as(verify.all()).isZero();
        return report(whole);
    }

    private String report(AuditTrail whole) {
        return """
                seed %d: %d kills %s, %d logs of them torn
                %d commands begun, %d of their marks seen by the target (%d of commands that were approved), %d commits \
                acknowledged, %d broken connections
                %d records in %d segments: %s
                """.formatted(
                        seed,
                        round,
                        kills,
                        torn,
                        load.commands(),
                        reached.size(),
                        reached.stream()
                                .filter(mark -> mark.startsWith("mark-granted-"))
                                .count(),
                        load.acknowledged().size(),
                        load.failures(),
                        whole.records(),
                        segments().size(),
                        whole.counts());
    }

    @Override
    public void close() {
        load.finish();
        served.killIfAlive();
        load.close();
        target.close();
    }
}
