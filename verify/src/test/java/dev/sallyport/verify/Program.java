package dev.sallyport.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The packaged program in a process of its own, started as a user starts it. */
final class Program implements AutoCloseable {
    private static final Path LAUNCHER =
            Path.of("..", "sallyport").toAbsolutePath().normalize();

    private final Process process;
    private final Path output;

    private Program(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it with what Maven has packaged; all that it says goes to {@code output}. */
    static Program start(Path output, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("SALLYPORT_BUILD", "never");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return new Program(builder.start(), output);
    }

    /** Waits for its end. */
    int status(Duration patience) throws InterruptedException, IOException {
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("it did not end within " + patience + ":\n" + output());
        }
        return process.exitValue();
    }

    /** Waits until something has happened, or fails with what it said. */
    void await(String what, Duration patience, BooleanSupplier happened) throws InterruptedException, IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!happened.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("waited in vain for " + what + ":\n" + output());
            }
            Thread.sleep(50);
        }
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** Asks it to end, as an init system does. */
    void terminate() {
        process.destroy();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
