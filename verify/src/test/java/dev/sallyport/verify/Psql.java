package dev.sallyport.verify;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** psql as Debian packages it, without anybody's settings. */
record Psql(Door door) {
    private static final Duration MOST = Duration.ofMinutes(2);

    Psql {
        assumeTrue(Run.present("psql"), "psql is not on the PATH (Debian: apt install postgresql-client)");
    }

    /** Runs commands that come on standard input; stops at the first error. */
    Run script(String input) {
        return run(input, "-v", "ON_ERROR_STOP=1");
    }

    /** Runs one {@code -c}. */
    Run command(String sql) {
        return run("", "-c", sql);
    }

    Run run(String input, String... options) {
        return Run.of(Path.of("").toAbsolutePath(), MOST, environment(), input, line(options));
    }

    /** Starts it, for what has to be interrupted. */
    Process start(Path out, String... options) {
        ProcessBuilder builder =
                new ProcessBuilder(line(options)).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(environment());
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("PGPASSWORD", door.password());
        environment.put("PGCLIENTENCODING", "UTF8");
        return environment;
    }

    private List<String> line(String... options) {
        List<String> line = new ArrayList<>(List.of("psql", "-X", "-A", "-t", "-w", "-d", door.conninfo()));
        line.addAll(List.of(options));
        return line;
    }
}
