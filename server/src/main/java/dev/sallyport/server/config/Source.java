package dev.sallyport.server.config;

import java.nio.file.Path;
import java.util.List;

/**
 * One file of the configuration.
 *
 * @param directory the configuration's directory, which paths are relative to
 * @param file its name there
 * @param lines its text
 * @param faults where its faults go
 */
record Source(Path directory, String file, List<String> lines, Faults faults) {
    Source {
        lines = List.copyOf(lines);
    }

    void fault(int line, int column, String key, String message, String hint) {
        faults.add(new Fault(file, line, column, key, message, hint));
    }
}
