package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the log costs by itself: events in a second, and how long each takes, with 1 and 16 appenders, with and without
 * waiting for the sync; beside raw writes of as many bytes with the same pattern of syncs, in the same rounds; and what a
 * short command takes on disk. Not a test: run its main with a directory on the disk in question, and the number of rounds.
 */
final class AuditLogBenchmark {
    private static final AuditLogOptions OPTIONS = new AuditLogOptions(
            64 << 20, 256 << 10, 512 << 20, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(100));
    private static final int MANY = 16;
    private static final int UNSYNCED = 300_000;
    private static final int SYNCED = 3_000;
    private static final int SHORT_COMMANDS = 20_000;

    private final Path base;
    private final Map<String, List<Figures>> figures = new LinkedHashMap<>();

    private AuditLogBenchmark(Path base) {
        this.base = base;
    }

    /** One run: how many in a second, megabytes in a second, and microseconds of one in the median and at 99 %. */
    private record Figures(double perSecond, double megabytes, double median, double p99) {
        static Figures of(long bytes, long took, long[] nanos) {
            Arrays.sort(nanos);
            return new Figures(
                    nanos.length * 1e9 / took,
                    bytes * 1e3 / took,
                    nanos[nanos.length / 2] / 1e3,
                    nanos[(int) (nanos.length * 0.99)] / 1e3);
        }
    }

    public static void main(String[] args) throws Exception {
        Path base = Files.createDirectories(Path.of(args[0]));
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        AuditLogBenchmark benchmark = new AuditLogBenchmark(base);
        benchmark.onDisk();
        benchmark.round();
        // The first round is the compiler's.
        benchmark.figures.clear();
        for (int round = 0; round < rounds; round++) {
            benchmark.round();
        }
        benchmark.print(rounds);
    }

    private void round() throws Exception {
        int record = log(1, UNSYNCED, false);
        log(MANY, UNSYNCED, false);
        raw("write", 1, UNSYNCED, record, RawFile.Mode.WRITE);
        log(1, SYNCED, true);
        raw("write, fdatasync", 1, SYNCED, record, RawFile.Mode.SYNC);
        raw("write over zeros, fdatasync", 1, SYNCED, record, RawFile.Mode.SYNC_OVER_ZEROS);
        log(MANY, SYNCED * 4, true);
        raw("write over zeros, shared fdatasync", MANY, SYNCED * 4, record, RawFile.Mode.SYNC_OVER_ZEROS);
    }

    private void note(String what, int threads, long bytes, long took, long[] nanos) {
        figures.computeIfAbsent(String.format(Locale.ROOT, "%-36s %2d", what, threads), first -> new ArrayList<>())
                .add(Figures.of(bytes, took, nanos));
    }

    /** How many bytes a record took. */
    private int log(int threads, int count, boolean synced) throws Exception {
        Path directory = Files.createTempDirectory(base, "audit");
        try {
            long bytes;
            try (SegmentedAuditLog log =
                    SegmentedAuditLog.open(directory, OPTIONS, Clock.systemUTC(), LogFixture.KEY)) {
                Writers writers = new Writers(threads, count);
                writers.run((thread, i) -> append(log, thread, i, synced));
                LogFixture.synced(log.appendSynced(SampleEvents.shortCommand("last", 1)));
                bytes = written(directory);
                note(synced ? "log, waiting for the sync" : "log", threads, bytes, writers.took(), writers.nanos());
            }
            return (int) (bytes / count);
        } finally {
            delete(directory);
        }
    }

    private static void append(SegmentedAuditLog log, int thread, int i, boolean synced) throws InterruptedException {
        AuditEvent event = SampleEvents.command("session" + thread, i, "SELECT 1");
        if (synced) {
            CountDownLatch done = new CountDownLatch(1);
            log.appendSynced(event).whenSynced(reached -> done.countDown());
            done.await();
        } else {
            log.append(event);
        }
    }

    private void raw(String what, int threads, int count, int record, RawFile.Mode mode) throws Exception {
        try (RawFile file = RawFile.create(base, mode, (long) count * record)) {
            Writers writers = new Writers(threads, count);
            writers.run((thread, i) -> file.append(new byte[record]));
            note("raw " + what, threads, (long) count * record, writers.took(), writers.nanos());
        }
    }

    /** A short statement again and again, decided and answered, as one session makes it. */
    private void onDisk() throws IOException {
        for (int perSession : List.of(SHORT_COMMANDS, 100)) {
            Path directory = Files.createTempDirectory(base, "audit");
            try {
                try (SegmentedAuditLog log =
                        SegmentedAuditLog.open(directory, OPTIONS, Clock.systemUTC(), LogFixture.KEY)) {
                    for (int i = 0; i < SHORT_COMMANDS; i++) {
                        String session = String.format(Locale.ROOT, "%016x", 0x5a11_9047_0000L + i / perSession);
                        log.append(SampleEvents.repeatedCommand(session, i % perSession + 1));
                        log.append(SampleEvents.repeatedAnswer(session, i % perSession + 1));
                    }
                }
                System.out.printf(
                        Locale.ROOT,
                        "bytes on disk for a short command, decided and answered, %,d a session: %.1f%n",
                        perSession,
                        (double) size(directory) / SHORT_COMMANDS);
            } finally {
                delete(directory);
            }
        }
    }

    private void print(int rounds) {
        System.out.printf(
                Locale.ROOT, "medians of %d rounds; threads, in a second, MB/s, median and 99 %% in µs%n", rounds);
        figures.forEach((what, all) -> System.out.printf(
                Locale.ROOT,
                "%s  %,9.0f  %6.1f  %9.1f  %9.1f%n",
                what,
                median(all, Figures::perSecond),
                median(all, Figures::megabytes),
                median(all, Figures::median),
                median(all, Figures::p99)));
    }

    private static double median(List<Figures> all, ToDoubleFunction<Figures> what) {
        double[] sorted = all.stream().mapToDouble(what).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Without the room at the end. */
    private static long written(Path directory) throws IOException {
        return size(directory) - OPTIONS.roomBytes() / 2;
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
