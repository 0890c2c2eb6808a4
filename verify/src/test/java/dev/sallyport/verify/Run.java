package dev.sallyport.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran to its end.
 *
 * @param status its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Run(int status, String out, String err) {
    /** All that it said, for the message of a failed assertion. */
    String all() {
        return "exit code " + status + "\n" + out + err;
    }

    /** Runs a program in {@code directory}; what has not ended by then is killed, and that is an exception. */
    static Run of(Path directory, Duration most, Map<String, String> environment, String input, List<String> command) {
        try {
            Path files = Files.createTempDirectory("sallyport-run");
            try {
                return run(files, directory, most, environment, input, command);
            } finally {
                Scratch.delete(files);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a program of that name can be run. */
    static boolean present(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static Run run(
            Path files,
            Path directory,
            Duration most,
            Map<String, String> environment,
            String input,
            List<String> command)
            throws IOException {
        Path in = Files.writeString(files.resolve("in"), input);
        Path out = files.resolve("out");
        Path err = files.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            if (!process.waitFor(most.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError(command + " did not end within " + most + ":\n" + Files.readString(out)
                        + Files.readString(err));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
