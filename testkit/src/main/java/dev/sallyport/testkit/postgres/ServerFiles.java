package dev.sallyport.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The files of a server. */
final class ServerFiles {
    private ServerFiles() {}

    /** Sets one line of {@code postgresql.conf}; the last of several counts there. */
    static void replaceSetting(Path file, String name, String value) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.removeIf(line -> line.startsWith(name + " = "));
        lines.add(name + " = '" + value.replace("'", "''") + "'");
        Files.write(file, lines);
    }

    /** Deletes a directory and all that is below it. */
    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
