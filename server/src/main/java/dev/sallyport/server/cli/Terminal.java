package dev.sallyport.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The terminal that standard input is, by way of {@code stty}: the one program that every Unix has for it, and that needs
 * no native code of ours.
 */
final class Terminal implements Steps {
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,5} ([0-9]{1,5})");

    private final String before;
    private final InputStream in;
    private final Thread restoring = new Thread(this::restore, "terminal");
    private boolean restored;

    private Terminal(String before, InputStream in) {
        this.before = before;
        this.in = in;
    }

    /** How wide it is; 0 where standard input is none, or it does not say. */
    static int columns() {
        Matcher size = SIZE.matcher(stty("size").orElse(""));
        return size.matches() ? Integer.parseInt(size.group(1)) : 0;
    }

    /** Has it hand over each key at once, until it is closed or the process ends. Empty where standard input is none. */
    static Optional<Terminal> keys() {
        Optional<String> state = stty("-g");
        if (state.isEmpty() || stty("-icanon", "-echo", "min", "1", "time", "0").isEmpty()) {
            return Optional.empty();
        }
        Terminal terminal = new Terminal(state.get(), System.in);
        Runtime.getRuntime().addShutdownHook(terminal.restoring);
        return Optional.of(terminal);
    }

    @Override
    public boolean next() {
        try {
            int key = in.read();
            // A cursor key sends several bytes.
            in.skipNBytes(Math.max(0, in.available()));
            return key >= 0 && key != 'q' && key != 'Q';
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            stty(before);
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(restoring);
        } catch (IllegalStateException ending) {
            // Then the hook has nothing left to do.
        }
    }

    /** What it prints; empty where it fails, which it does where standard input is no terminal. */
    private static Optional<String> stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(Redirect.INHERIT)
                    .redirectError(Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? Optional.of(said)
                    : Optional.empty();
        } catch (IOException noStty) {
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
