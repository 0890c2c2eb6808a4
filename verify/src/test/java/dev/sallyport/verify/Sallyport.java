package dev.sallyport.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The program as it was packaged, run through its launcher. */
final class Sallyport {
    /** The repository. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Duration MOST = Duration.ofMinutes(3);

    private Sallyport() {}

    /** Runs a command to its end. */
    static Run run(Map<String, String> environment, String... arguments) {
        return Run.of(ROOT, MOST, environment(environment), "", command(arguments));
    }

    /** Starts a command that stays; what it says goes to {@code log}. */
    static Process start(Map<String, String> environment, Path log, String... arguments) {
        return start(environment(environment), log, command(arguments));
    }

    /** Starts a command line that somebody else has made. */
    static Process start(List<String> command, Path log) {
        return start(Map.of(), log, command);
    }

    private static Process start(Map<String, String> environment, Path log, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("sallyport").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** What Maven has just packaged is what is tried, whatever changed since. */
    private static Map<String, String> environment(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("SALLYPORT_BUILD", "never");
        all.putIfAbsent("JAVA_HOME", System.getProperty("java.home"));
        return all;
    }
}
