package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A directory on a disk of which it is known what a loss of power would leave: see {@link SimulatedFile} for the files;
 * of the names it keeps those that were synced, and of what happened to them since as much as a journal would, the first
 * few steps in their order. Its files are real ones, so that readers need not know; they are not really synced.
 *
 * <p>At each {@link Place} something may go wrong, as a {@link Plan} says. Once the process has died, all fails.
 */
final class SimulatedDisk implements LogFiles {
    private static final long DELAY_NANOS = 12_000_000;

    /** What the log asks of the disk. */
    enum Call {
        CREATE,
        REPLACE,
        DELETE,
        TRUNCATE,
        OVERWRITE,
        SYNC_DIRECTORY,
        WRITE,
        ZEROS,
        SYNC,
        CLOSE
    }

    /** The {@code nth} such call for a file of that name, from 1, or for the directory; a file that is new has its later name. */
    record Place(Call call, String file, int nth) {
        @Override
        public String toString() {
            return call + " " + file + " #" + nth;
        }
    }

    /** What goes wrong there. */
    enum Trouble {
        NONE,
        /** An error, and nothing is done. */
        FAILS,
        /** An error, though all is done. */
        FAILS_DONE,
        /** An error, and half of it is done: of a write its first bytes, of a sync some sectors. */
        TORN,
        /** An error here and at every call after it, until the disk is healed. */
        OUTAGE,
        /** It takes its time. */
        DELAYED,
        /** It is done for a part of the bytes only, and says so. */
        SHORT,
        /** The process dies before it. */
        DIES,
        /** The process dies after it, without having heard of it. */
        DIES_DONE,
        /** The process dies in the middle of it. */
        DIES_TORN;

        boolean dies() {
            return this == DIES || this == DIES_DONE || this == DIES_TORN;
        }

        private boolean done() {
            return this == NONE || this == FAILS_DONE || this == DELAYED || this == SHORT || this == DIES_DONE;
        }

        private boolean half() {
            return this == TORN || this == DIES_TORN;
        }

        private boolean fails() {
            return this != NONE && this != DELAYED && this != SHORT;
        }
    }

    /** What goes wrong where. */
    @FunctionalInterface
    interface Plan {
        Plan NOTHING = place -> Trouble.NONE;

        Trouble at(Place place);
    }

    private final LogFiles real = new Disk();
    private final Path directory;
    private final Plan plan;
    private final Random random;
    private final Map<String, SimulatedFile> names = new HashMap<>();
    private final Map<String, SimulatedFile> syncedNames;
    private final List<Consumer<Map<String, SimulatedFile>>> renames = new ArrayList<>();
    private final Map<Place, Trouble> places = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private boolean outage;
    private boolean healed;
    private boolean dead;
    private int syncsOfFailedFiles;

    /** The disk with that directory as it is now; all in it is durable. */
    SimulatedDisk(Path directory, Plan plan, long seed) throws IOException {
        this.directory = directory;
        this.plan = plan;
        this.random = new Random(seed);
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    names.put(name(file), new SimulatedFile(Files.readAllBytes(file)));
                }
            }
        }
        syncedNames = new HashMap<>(names);
    }

    /** Every place that was come by, and what went wrong there. */
    synchronized Map<Place, Trouble> places() {
        return new LinkedHashMap<>(places);
    }

    /** What went wrong, and where. */
    synchronized List<String> troubles() {
        return places.entrySet().stream()
                .filter(each -> each.getValue() != Trouble.NONE)
                .map(each -> each.getValue() + " at " + each.getKey())
                .toList();
    }

    synchronized boolean isDead() {
        return dead;
    }

    /** How often a file was synced after a sync of it had failed; it must stay 0. */
    synchronized int syncsOfFailedFiles() {
        return syncsOfFailedFiles;
    }

    /** Nothing goes wrong any more. */
    synchronized void heal() {
        healed = true;
        outage = false;
    }

    /** Writes what is left after a loss of power into a new directory. */
    synchronized void losePower(Path to) throws IOException {
        Map<String, SimulatedFile> kept = new HashMap<>(syncedNames);
        renames.subList(0, random.nextInt(renames.size() + 1)).forEach(step -> step.accept(kept));
        Files.createDirectory(to);
        for (Map.Entry<String, SimulatedFile> each : kept.entrySet()) {
            Files.write(to.resolve(each.getKey()), each.getValue().afterPowerLoss(random));
        }
        keepOthers(to);
    }

    /** What did not come by this way, as keys do not, saw to its syncs itself. */
    private void keepOthers(Path to) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!names.containsKey(name(file)) && !name(file).equals("LOCK")) {
                    Files.copy(file, to.resolve(name(file)), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Counts the call and says what goes wrong with it; who gets an answer has to end with {@link #end}. */
    private synchronized Trouble begin(Call call, Path path) throws IOException {
        if (dead) {
            throw new IOException("the process is dead");
        }
        String file = path.equals(directory) ? "." : name(path).replace(".new", "");
        Place place = new Place(call, file, counts.merge(call + " " + file, 1, Integer::sum));
        Trouble trouble = healed ? Trouble.NONE : outage ? Trouble.FAILS : plan.at(place);
        places.put(place, trouble);
        outage |= trouble == Trouble.OUTAGE;
        return trouble;
    }

    private void end(Trouble trouble, Call call) throws IOException {
        dead |= trouble.dies();
        if (trouble.fails()) {
            throw new IOException("injected: " + call + " " + trouble);
        }
    }

    private static void delayed(Trouble trouble) {
        if (trouble == Trouble.DELAYED) {
            long end = System.nanoTime() + DELAY_NANOS;
            for (long left = DELAY_NANOS; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private void rename(Consumer<Map<String, SimulatedFile>> step) {
        step.accept(names);
        renames.add(step);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private SimulatedFile existing(Path path) throws NoSuchFileException {
        SimulatedFile file = names.get(name(path));
        if (file == null) {
            throw new NoSuchFileException(path.toString());
        }
        return file;
    }

    @Override
    public LogFile create(Path path) throws IOException {
        Trouble trouble = begin(Call.CREATE, path);
        delayed(trouble);
        synchronized (this) {
            LogFile opened = null;
            if (trouble.done()) {
                opened = real.create(path);
                SimulatedFile file = new SimulatedFile(new byte[0]);
                rename(map -> map.put(name(path), file));
                opened = new Handle(path, opened, file);
            }
            if (opened != null && trouble.fails()) {
                opened.close();
            }
            end(trouble, Call.CREATE);
            return opened;
        }
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        Trouble trouble = begin(Call.REPLACE, to);
        delayed(trouble);
        synchronized (this) {
            if (trouble.done()) {
                SimulatedFile file = existing(from);
                real.replace(from, to);
                rename(map -> {
                    map.remove(name(from));
                    map.put(name(to), file);
                });
            }
            end(trouble, Call.REPLACE);
        }
    }

    @Override
    public void deleteIfExists(Path path) throws IOException {
        Trouble trouble = begin(Call.DELETE, path);
        delayed(trouble);
        synchronized (this) {
            if (trouble.done()) {
                real.deleteIfExists(path);
                rename(map -> map.remove(name(path)));
            }
            end(trouble, Call.DELETE);
        }
    }

    @Override
    public void truncate(Path path, long length) throws IOException {
        Trouble trouble = begin(Call.TRUNCATE, path);
        delayed(trouble);
        synchronized (this) {
            if (trouble.done()) {
                SimulatedFile file = existing(path);
                real.truncate(path, length);
                file.truncate((int) length);
            }
            end(trouble, Call.TRUNCATE);
        }
    }

    /** A write and a sync in one; a part of it is written and not synced. */
    @Override
    public void overwrite(Path path, long offset, byte[] bytes) throws IOException {
        Trouble trouble = begin(Call.OVERWRITE, path);
        delayed(trouble);
        synchronized (this) {
            int count = trouble.done() ? bytes.length : trouble.half() ? random.nextInt(bytes.length) : 0;
            if (count > 0) {
                byte[] part = Arrays.copyOf(bytes, count);
                SimulatedFile file = existing(path);
                real.overwrite(path, offset, part);
                file.write((int) offset, part);
                if (trouble.done()) {
                    file.synced(file.mark());
                }
            }
            end(trouble, Call.OVERWRITE);
        }
    }

    @Override
    public void syncDirectory(Path which) throws IOException {
        if (!which.equals(directory)) {
            return;
        }
        Trouble trouble = begin(Call.SYNC_DIRECTORY, which);
        int steps;
        synchronized (this) {
            steps = renames.size();
        }
        delayed(trouble);
        synchronized (this) {
            int durable = trouble.done() ? steps : trouble.half() ? random.nextInt(steps + 1) : 0;
            List<Consumer<Map<String, SimulatedFile>>> done = renames.subList(0, durable);
            done.forEach(step -> step.accept(syncedNames));
            done.clear();
            end(trouble, Call.SYNC_DIRECTORY);
        }
    }

    /** An open file. */
    private final class Handle implements LogFile {
        private final Path path;
        private final LogFile file;
        private final SimulatedFile simulated;
        private int position;
        private boolean syncFailed;

        Handle(Path path, LogFile file, SimulatedFile simulated) {
            this.path = path;
            this.file = file;
            this.simulated = simulated;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            Trouble trouble = begin(Call.WRITE, path);
            delayed(trouble);
            synchronized (SimulatedDisk.this) {
                byte[] part = new byte[part(trouble, bytes.remaining())];
                bytes.get(part);
                ByteBuffer buffer = ByteBuffer.wrap(part);
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
                simulated.write(position, part);
                position += part.length;
                end(trouble, Call.WRITE);
                return part.length;
            }
        }

        private int part(Trouble trouble, int all) {
            boolean whole = trouble.done() && trouble != Trouble.SHORT;
            return whole ? all : trouble.half() || trouble == Trouble.SHORT ? random.nextInt(all) : 0;
        }

        @Override
        public void zeros(long offset, int count) throws IOException {
            Trouble trouble = begin(Call.ZEROS, path);
            delayed(trouble);
            synchronized (SimulatedDisk.this) {
                // Zeros are all written or an error: how many it takes is no business of the log's.
                int part = trouble == Trouble.SHORT ? count : part(trouble, count);
                if (part > 0) {
                    file.zeros(offset, part);
                    simulated.write((int) offset, new byte[part]);
                }
                end(trouble, Call.ZEROS);
            }
        }

        @Override
        public void truncate(long length) throws IOException {
            Trouble trouble = begin(Call.TRUNCATE, path);
            delayed(trouble);
            synchronized (SimulatedDisk.this) {
                if (trouble.done()) {
                    file.truncate(length);
                    simulated.truncate((int) length);
                }
                end(trouble, Call.TRUNCATE);
            }
        }

        @Override
        public void sync() throws IOException {
            Trouble trouble = begin(Call.SYNC, path);
            SimulatedFile.Mark mark;
            synchronized (SimulatedDisk.this) {
                syncsOfFailedFiles += syncFailed ? 1 : 0;
                mark = simulated.mark();
            }
            delayed(trouble);
            synchronized (SimulatedDisk.this) {
                if (trouble.done() && !syncFailed) {
                    simulated.synced(mark);
                } else if (trouble.half()) {
                    simulated.partlySynced(mark, random);
                }
                syncFailed |= trouble.fails();
                end(trouble, Call.SYNC);
            }
        }

        /** The real file is closed whatever happens. */
        @Override
        public void close() throws IOException {
            file.close();
            Trouble trouble = begin(Call.CLOSE, path);
            delayed(trouble);
            synchronized (SimulatedDisk.this) {
                end(trouble, Call.CLOSE);
            }
        }
    }
}
