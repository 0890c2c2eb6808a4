package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * What an append costs and how many there are in a second, with 1 and 16 appenders, with and without waiting for the
 * sync; beside raw writes of as many bytes with the same pattern of syncs. Not a test: run its main with a directory on
 * the disk in question.
 */
final class AuditLogBenchmark {
    private static final AuditLogOptions OPTIONS = new AuditLogOptions(
            64 << 20, 256 << 10, 512 << 20, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(100));

    private AuditLogBenchmark() {}

    public static void main(String[] args) throws Exception {
        Path base = Path.of(args[0]);
        System.out.println("bytes a record: "
                + Frame.of(SampleEvents.command("0a1b2c3d", 1, "SELECT 1")).length()
                + " with parameters and effects, "
                + Frame.of(SampleEvents.shortCommand("0a1b2c3d", 1)).length()
                + " without");
        for (int round = 0; round < 3; round++) {
            encodeOnly();
            log(base, 1, 300_000, false);
            log(base, 16, 30_000, false);
            log(base, 1, 3_000, true);
            log(base, 16, 1_500, true);
            raw(base, 300_000, false);
            raw(base, 3_000, true);
        }
    }

    private static void encodeOnly() {
        long start = System.nanoTime();
        long bytes = 0;
        for (int i = 0; i < 300_000; i++) {
            bytes += Frame.of(SampleEvents.command("0a1b2c3d", i, "SELECT 1")).length();
        }
        report("encode only", 1, 300_000, bytes, System.nanoTime() - start, new long[0]);
    }

    private static void log(Path base, int threads, int each, boolean synced) throws Exception {
        Path directory = Files.createTempDirectory(base, "audit");
        long[] nanos = new long[threads * each];
        long start = System.nanoTime();
        try (SegmentedAuditLog log = SegmentedAuditLog.open(directory, OPTIONS, Clock.systemUTC())) {
            List<Thread> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                running.add(Thread.ofPlatform().start(() -> append(log, thread, each, synced, nanos)));
            }
            for (Thread thread : running) {
                thread.join();
            }
        }
        long took = System.nanoTime() - start;
        report(synced ? "log, waiting for each sync" : "log", threads, threads * each, size(directory), took, nanos);
        delete(directory);
    }

    private static void append(SegmentedAuditLog log, int thread, int each, boolean synced, long[] nanos) {
        for (int i = 0; i < each; i++) {
            AuditEvent event = SampleEvents.command("session" + thread, i, "SELECT 1");
            long start = System.nanoTime();
            if (synced) {
                CountDownLatch done = new CountDownLatch(1);
                log.appendSynced(event).whenSynced(reached -> done.countDown());
                awaitQuietly(done);
            } else {
                log.append(event);
            }
            nanos[thread * each + i] = System.nanoTime() - start;
        }
    }

    private static void awaitQuietly(CountDownLatch done) {
        try {
            done.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private static void raw(Path base, int count, boolean synced) throws IOException {
        Path file = Files.createTempFile(base, "raw", ".bin");
        long[] nanos = new long[count];
        ByteBuffer record = ByteBuffer.allocateDirect(
                Frame.of(SampleEvents.command("0a1b2c3d", 1, "SELECT 1")).length());
        long begin = System.nanoTime();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                channel.write(record.clear());
                if (synced) {
                    channel.force(false);
                }
                nanos[i] = System.nanoTime() - start;
            }
            channel.force(false);
        }
        report(
                synced ? "raw write and fdatasync" : "raw write",
                1,
                count,
                Files.size(file),
                System.nanoTime() - begin,
                nanos);
        Files.delete(file);
    }

    private static void report(String what, int threads, int count, long bytes, long took, long[] nanos) {
        Arrays.sort(nanos);
        String spread = nanos.length == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "  p50 %.1f  p99 %.1f  p99.9 %.1f  max %.0f µs",
                        nanos[nanos.length / 2] / 1e3,
                        nanos[(int) (nanos.length * 0.99)] / 1e3,
                        nanos[(int) (nanos.length * 0.999)] / 1e3,
                        nanos[nanos.length - 1] / 1e3);
        System.out.printf(
                Locale.ROOT,
                "%-28s %2d threads  %,9.0f a second  %6.1f MB/s  %8.0f ns each%s%n",
                what,
                threads,
                count * 1e9 / took,
                bytes * 1e3 / took,
                (double) took / count,
                spread);
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
