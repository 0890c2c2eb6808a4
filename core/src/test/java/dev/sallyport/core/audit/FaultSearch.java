package dev.sallyport.core.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.SimulatedDisk.Call;
import dev.sallyport.core.audit.SimulatedDisk.Place;
import dev.sallyport.core.audit.SimulatedDisk.Plan;
import dev.sallyport.core.audit.SimulatedDisk.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Has a log live through faults of its disk and its own death: {@link #everywhere each kind of trouble at each place} of a
 * short life, and {@link #atRandom chains of lives} with several troubles each. A run that fails leaves its directory; its
 * message says which trouble where, and the seed.
 */
final class FaultSearch implements AutoCloseable {
    /** Segments of a few commands, and nothing that waits long. */
    private static final AuditLogOptions OPTIONS =
            new AuditLogOptions(600, 400, 1 << 20, Duration.ofMillis(10), Duration.ofMillis(1), Duration.ofMillis(1));

    private static final int COMMANDS = 7;
    private static final int WORKERS = 6;
    /** How many lives without trouble have to come by a place: the threads' timing has some come by more often. */
    private static final int LIVES = 4;
    /** Where the threads' timing has it that a place is not come by, it is gone for again. */
    private static final int TRIES = 2;

    /** How the log is that a life begins with. */
    enum Beginning {
        NEW,
        CLOSED,
        KILLED
    }

    private final Path directory;
    private final long seed;
    private final int powerLosses;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger images = new AtomicInteger();
    private final AtomicInteger missed = new AtomicInteger();
    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);

    /**
     * @param directory where the logs go; what went well is removed again
     * @param powerLosses how many of the many things that one loss of power may leave are tried
     */
    FaultSearch(Path directory, long seed, int powerLosses) {
        this.directory = directory;
        this.seed = seed;
        this.powerLosses = powerLosses;
    }

    /** What was tried so far. */
    String report() {
        return "%d lives with trouble, %d logs left by death or a loss of power checked, %d places missed"
                .formatted(runs.get(), images.get(), missed.get());
    }

    /** Each kind of trouble at each place of one life that begins like this. */
    void everywhere(Beginning beginning) throws Exception {
        Path before = prepared(beginning);
        List<Future<?>> tasks = new ArrayList<>();
        for (Place place : places(before)) {
            for (Trouble trouble : Trouble.values()) {
                if (fits(trouble, place.call())) {
                    tasks.add(workers.submit(() -> at(before, place, trouble)));
                }
            }
        }
        await(tasks);
        assertThat(missed.get()).as("places missed").isLessThan(tasks.size() * 3 / 4);
    }

    private static boolean fits(Trouble trouble, Call call) {
        return switch (trouble) {
            case NONE -> false;
            case SHORT -> call == Call.WRITE;
            case TORN, DIES_TORN ->
                call == Call.WRITE || call == Call.ZEROS || call == Call.SYNC || call == Call.SYNC_DIRECTORY;
            case FAILS, FAILS_DONE, OUTAGE, DELAYED, DIES, DIES_DONE -> true;
        };
    }

    /** No log yet, but the keys that lie beside one: making them for each life would take longer than all the rest. */
    private Path keys() throws IOException {
        Path log = fresh();
        SegmentedAuditLog.open(log, OPTIONS, Clock.systemUTC(), LogFixture.KEY).close();
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (Character.isDigit(name.charAt(0)) || name.equals("LOCK")) {
                    Files.delete(file);
                }
            }
        }
        return log;
    }

    private Path prepared(Beginning beginning) throws IOException {
        Path made = keys();
        switch (beginning) {
            case NEW -> {}
            case CLOSED -> new LogLife(made, new SimulatedDisk(made, Plan.NOTHING, seed), OPTIONS).live(1, 4, 1);
            case KILLED -> {
                // Half a checkpoint, and a record torn in a write of its own behind whole ones.
                Plan plan = place -> place.call() == Call.WRITE && place.file().endsWith(".log") && place.nth() == 5
                        ? Trouble.DIES_TORN
                        : Trouble.NONE;
                new LogLife(made, new SimulatedDisk(made, plan, seed), OPTIONS).live(1, 4, 1);
                Path checkpoints = new LogDirectory(made).checkpoints(1);
                Files.write(checkpoints, Arrays.copyOf(Files.readAllBytes(checkpoints), 20), StandardOpenOption.APPEND);
            }
        }
        return made;
    }

    /** What lives without trouble come by. */
    private List<Place> places(Path before) throws IOException {
        Map<Place, Integer> seen = new LinkedHashMap<>();
        for (int round = 0; round < LIVES; round++) {
            Path log = fresh();
            LogFixture.copy(before, log);
            SimulatedDisk disk = new SimulatedDisk(log, Plan.NOTHING, seed);
            new LogLife(log, disk, OPTIONS).live(100, COMMANDS, 1);
            delete(log);
            disk.places().keySet().forEach(place -> seen.merge(place, 1, Integer::sum));
        }
        seen.values().removeIf(times -> times < LIVES);
        assertThat(seen).hasSizeGreaterThan(30);
        return List.copyOf(seen.keySet());
    }

    private void at(Path before, Place place, Trouble trouble) {
        long number = numbers.incrementAndGet();
        for (int tries = 0; tries < TRIES; tries++) {
            if (run(before, each -> each.equals(place) ? trouble : Trouble.NONE, seed + number)) {
                return;
            }
        }
        missed.incrementAndGet();
    }

    /** One life; whether there was trouble in it. */
    private boolean run(Path before, Plan plan, long runSeed) {
        Path log = fresh();
        List<String> troubles = List.of();
        try {
            LogFixture.copy(before, log);
            SimulatedDisk disk = new SimulatedDisk(log, plan, runSeed);
            LogLife life = new LogLife(log, disk, OPTIONS);
            try {
                life.live(100, COMMANDS, 1);
            } finally {
                troubles = disk.troubles();
            }
            assertThat(disk.syncsOfFailedFiles())
                    .as("syncs of files whose sync had failed")
                    .isZero();
            // Who has closed the log has all of it synced.
            for (int loss = 0; loss < (disk.isDead() ? powerLosses : 1); loss++) {
                Path left = fresh();
                disk.losePower(left);
                check(left, life.acknowledged(true), runSeed);
                delete(left);
            }
            check(log, life.acknowledged(false), runSeed);
            delete(log);
            runs.incrementAndGet();
            return !troubles.isEmpty();
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("in " + log + ", seed " + runSeed + ", with " + troubles, e);
        }
    }

    private void check(Path left, Set<Long> must, long runSeed) throws IOException {
        LogLife.check(left, must, OPTIONS, 1_000, runSeed);
        images.incrementAndGet();
    }

    /** Chains of lives with several troubles each, of which each finds what the one before, or a loss of power, left. */
    void atRandom(int chains) throws Exception {
        Path keys = keys();
        List<Future<?>> tasks = new ArrayList<>();
        for (int chain = 0; chain < chains; chain++) {
            long chainSeed = seed * 1_000_003 + chain;
            tasks.add(workers.submit(() -> chain(keys, chainSeed)));
        }
        await(tasks);
    }

    private void chain(Path keys, long chainSeed) {
        Random random = new Random(chainSeed);
        Path log = fresh();
        List<String> story = new ArrayList<>();
        Set<Long> must = Set.of();
        try {
            LogFixture.copy(keys, log);
            int lives = 2 + random.nextInt(5);
            for (int each = 1; each <= lives; each++) {
                AuditLogOptions options = OPTIONS.withSegmentBytes(600 + random.nextInt(4_000));
                SimulatedDisk disk = new SimulatedDisk(log, plan(random), random.nextLong());
                LogLife life = new LogLife(log, disk, options);
                try {
                    life.live(each * 1_000L, random.nextInt(30), 1 + random.nextInt(3));
                } finally {
                    story.add(disk.troubles().toString());
                }
                runs.incrementAndGet();
                assertThat(disk.syncsOfFailedFiles()).isZero();
                boolean powerLost = disk.isDead() && random.nextBoolean();
                Path left = log;
                if (powerLost) {
                    story.add("loss of power");
                    left = fresh();
                    disk.losePower(left);
                    delete(log);
                }
                log = left;
                must = new LinkedHashSet<>(must);
                must.addAll(life.acknowledged(powerLost));
                if (random.nextInt(3) > 0) {
                    // Else the next life is the first to look at it.
                    must = LogLife.check(log, must, options, each * 1_000L + 900, random.nextLong());
                    images.incrementAndGet();
                }
            }
            LogLife.check(log, must, OPTIONS, 1_000_000, chainSeed);
            delete(log);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("in " + log + ", chain of seed " + chainSeed + ": " + story, e);
        }
    }

    /** Seldom trouble, or often, or at the first calls. */
    private static Plan plan(Random random) {
        Random own = new Random(random.nextLong());
        Trouble[] kinds = Trouble.values();
        int rarity = 3 + own.nextInt(60);
        return place -> {
            synchronized (own) {
                Trouble trouble = own.nextInt(rarity) == 0 ? kinds[own.nextInt(kinds.length)] : Trouble.NONE;
                return fits(trouble, place.call()) ? trouble : Trouble.NONE;
            }
        };
    }

    private static void await(List<Future<?>> tasks) throws InterruptedException {
        List<Throwable> failures = new ArrayList<>();
        for (Future<?> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException e) {
                failures.add(e.getCause());
            }
        }
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError(
                    failures.size() + " of " + tasks.size() + " failed, the first:", failures.getFirst());
            failures.stream().skip(1).limit(20).forEach(error::addSuppressed);
            throw error;
        }
    }

    private Path fresh() {
        return directory.resolve("log" + numbers.incrementAndGet());
    }

    private static void delete(Path log) {
        try (Stream<Path> files = Files.walk(log)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
