package dev.sallyport.core.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a log lives, and what its files are called. */
record LogDirectory(Path path) {
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Pattern RECORDS = Pattern.compile("([0-9]{10,18})\\.log");
    private static final Pattern KEYS = Pattern.compile("([0-9]{10,18})\\.keys");
    private static final Pattern UNFINISHED_KEYS = Pattern.compile("([0-9]{10,18})\\.keys\\.new");
    private static final Pattern LEAVES = Pattern.compile("([0-9]{10,18})\\.leaves");
    private static final Pattern CHECKPOINTS = Pattern.compile("([0-9]{10,18})\\.checkpoints");

    /** Makes it where it is not there yet, for its owner only, and durably so. */
    void create(LogFiles files) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectories(path, posix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            files.syncDirectory(parent);
        }
    }

    /** The segment's records. */
    Path records(long segment) {
        return path.resolve(name(segment) + ".log");
    }

    /** The segment's checkpoints. */
    Path checkpoints(long segment) {
        return path.resolve(name(segment) + ".checkpoints");
    }

    /** The keys of the segment's sessions. */
    Path keys(long segment) {
        return path.resolve(name(segment) + ".keys");
    }

    /** The leaf hashes of a segment whose records are deleted. */
    Path leaves(long segment) {
        return path.resolve(name(segment) + ".leaves");
    }

    /** The numbers of the segments of which there are leaf hashes, ascending. */
    List<Long> leavesFiles() throws IOException {
        return numbers(LEAVES);
    }

    /** The sessions that are held. */
    Path holds() {
        return path.resolve("holds");
    }

    /** Says which session is being erased, while one is. */
    Path erasing() {
        return path.resolve("erasing");
    }

    /** A file on its way to {@code finished}. */
    static Path unfinished(Path finished) {
        return finished.resolveSibling(finished.getFileName() + ".new");
    }

    /** What a crash left at the end of {@code file}. */
    static Path torn(Path file) {
        return file.resolveSibling(file.getFileName() + ".torn");
    }

    /** The numbers of the segments, ascending. */
    List<Long> segments() throws IOException {
        return numbers(RECORDS);
    }

    /** The numbers of the files of keys, ascending. */
    List<Long> keyFiles() throws IOException {
        return numbers(KEYS);
    }

    /** Files of keys that did not get their name. */
    List<Path> unfinishedKeys() throws IOException {
        return numbers(UNFINISHED_KEYS).stream()
                .map(number -> unfinished(keys(number)))
                .toList();
    }

    /** The numbers of the files of checkpoints, ascending. */
    List<Long> checkpointFiles() throws IOException {
        return numbers(CHECKPOINTS);
    }

    private List<Long> numbers(Pattern pattern) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new NotDirectoryException(path.toString());
        }
        List<Long> numbers = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                Matcher matcher = pattern.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    numbers.add(Long.parseLong(matcher.group(1)));
                }
            }
        }
        Collections.sort(numbers);
        return numbers;
    }

    /** Keeps other writers out until the result is closed; empty where one is at work already. */
    Optional<FileChannel> lock() throws IOException {
        FileChannel channel =
                FileChannel.open(path.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException heldHere) {
            channel.close();
            return Optional.empty();
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        return Optional.empty();
    }

    private static String name(long segment) {
        return String.format(Locale.ROOT, "%010d", segment);
    }
}
