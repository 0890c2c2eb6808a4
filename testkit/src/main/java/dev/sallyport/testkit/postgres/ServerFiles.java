package dev.sallyport.testkit.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
}
