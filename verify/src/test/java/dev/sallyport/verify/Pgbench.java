package dev.sallyport.verify;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's own load generator, for measurements. */
record Pgbench(Path directory) {
    /** Transactions in a second. */
    static final Pattern TPS = Pattern.compile("tps = ([0-9.]+) \\(without");

    /** Milliseconds of one transaction. */
    static final Pattern LATENCY = Pattern.compile("latency average = ([0-9.]+) ms");

    /** How many transactions there were. */
    static final Pattern COUNT = Pattern.compile("number of transactions actually processed: ([0-9]+)");

    private static final Duration MOST = Duration.ofMinutes(10);

    /** Runs it to its end; anything but success is an exception. */
    Run run(Door door, String... options) {
        List<String> line = new ArrayList<>(List.of("pgbench"));
        line.addAll(List.of(options));
        return required(Run.of(directory, MOST, door.environment(), "", line));
    }

    /** The options of one of its own scripts, run for some time by so many clients. */
    static String[] timed(String script, String mode, int clients, int seconds) {
        return new String[] {
            "-n",
            "-b",
            script,
            "-M",
            mode,
            "-c",
            Integer.toString(clients),
            "-j",
            Integer.toString(Math.min(clients, 2)),
            "-T",
            Integer.toString(seconds)
        };
    }

    /** What a run says it measured. */
    static double figure(Run run, Pattern what) {
        Matcher matcher = what.matcher(run.out());
        if (!matcher.find()) {
            throw new IllegalStateException("pgbench does not say what it measured:\n" + run.all());
        }
        return Double.parseDouble(matcher.group(1));
    }

    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    static Run required(Run run) {
        if (run.status() != 0) {
            throw new IllegalStateException(run.all());
        }
        return run;
    }
}
