package dev.sallyport.verify;

import dev.sallyport.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The gateway beside HAProxy (TCP), PgBouncer (session mode) and a direct connection, in alternating rounds, with
 * {@code pgbench}. Run by {@code verify/bench.sh}, which says what its arguments are.
 */
public final class Benchmark {
    private static final int ROWS = 1_000_000;

    private final Plan plan;
    private final Path directory;
    private final Pgbench pgbench;
    private final Map<String, Door> doors = new LinkedHashMap<>();

    private Benchmark(Plan plan, Path directory) {
        this.plan = plan;
        this.directory = directory;
        this.pgbench = new Pgbench(directory);
    }

    /**
     * What is measured.
     *
     * @param seconds how long each run of pgbench takes
     * @param rounds how many times each contender has its turn; the median counts
     * @param clients how many at once, one set of figures for each
     * @param modes pgbench's query modes
     * @param tls whether everybody speaks TLS
     * @param results whether large results are measured as well
     */
    private record Plan(
            int seconds, int rounds, List<Integer> clients, List<String> modes, boolean tls, boolean results) {
        static Plan of(String... arguments) {
            Map<String, String> given = given(
                    Map.of(
                            "seconds",
                            "10",
                            "rounds",
                            "3",
                            "clients",
                            "1,16",
                            "modes",
                            "simple,extended,prepared",
                            "tls",
                            "on",
                            "results",
                            "on"),
                    arguments);
            return new Plan(
                    Integer.parseInt(given.get("seconds")),
                    Integer.parseInt(given.get("rounds")),
                    Arrays.stream(given.get("clients").split(","))
                            .map(Integer::valueOf)
                            .toList(),
                    List.of(given.get("modes").split(",")),
                    given.get("tls").equals("on"),
                    given.get("results").equals("on"));
        }
    }

    /** What was given as {@code --KEY=VALUE}, over what holds where nothing was. */
    static Map<String, String> given(Map<String, String> defaults, String... arguments) {
        Map<String, String> given = new LinkedHashMap<>(defaults);
        for (String argument : arguments) {
            String[] parts = argument.replaceFirst("^--", "").split("=", 2);
            if (parts.length != 2 || given.put(parts[0], parts[1]) == null) {
                throw new IllegalArgumentException(argument + " (expected: --KEY=VALUE of " + given.keySet() + ")");
            }
        }
        return given;
    }

    static void main(String[] arguments) throws IOException {
        Plan plan = Plan.of(arguments);
        Path directory = Files.createTempDirectory("sallyport-bench");
        try {
            new Benchmark(plan, directory).run();
        } finally {
            Scratch.delete(directory);
        }
    }

    private void run() throws IOException {
        Map<String, String> quiet =
                Map.of("log_statement", "none", "log_connections", "off", "shared_buffers", "512MB");
        try (PostgresServer target = PostgresServer.start(Scratch.in(directory, "target"), quiet);
                Peers peers = new Peers(directory.resolve("peers"));
                Served gateway = plan.tls()
                        ? Served.before(target, directory.resolve("gateway"))
                        : Served.plain(target, directory.resolve("gateway"))) {
            // The directory is made for its owner alone; PgBouncer has to come through it as somebody else.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            Door direct = new Door(
                    "localhost",
                    target.port(),
                    PostgresServer.DATABASE,
                    Served.USER,
                    Served.PASSWORD,
                    target.certificates().authority(),
                    plan.tls());
            doors.put("direct", direct);
            doors.put("haproxy", peers.haproxy(direct));
            doors.put("pgbouncer", peers.pgbouncer(direct, target.certificates()));
            doors.put("gateway", gateway.as("all"));
            prepare(direct);
            say("%s, TLS %s, %d rounds of %d s each in turn, the median counts"
                    .formatted(cpus(), plan.tls() ? "on" : "off", plan.rounds(), plan.seconds()));
            warmUp();
            selects();
            if (plan.results()) {
                doors.put("gateway, two columns masked", gateway.as("masked"));
                results();
            }
        }
    }

    private void prepare(Door direct) {
        pgbench.run(direct, "-i", "-s", "10", "-q");
        Run made = new Psql(direct).script("""
                CREATE TABLE people (id integer, name text, email text, ssn text, note text);
                INSERT INTO people SELECT i, 'name ' || i, i || '@example.com', '123-45-' || lpad((i %% 10000)::text, 4, '0'),
                    md5(i::text) FROM generate_series(1, %d) i;
                VACUUM ANALYZE people;
                """.formatted(ROWS));
        Pgbench.required(made);
    }

    /** A compiler that has not seen a path yet says nothing of how fast it is. */
    private void warmUp() {
        for (String mode : plan.modes()) {
            pgbench.run(doors.get("gateway"), Pgbench.timed("select-only", mode, 8, 5));
        }
    }

    private void selects() {
        say("%n%-10s %7s  %s".formatted("pgbench -S", "clients", header()));
        for (String mode : plan.modes()) {
            for (int clients : plan.clients()) {
                Map<String, List<Double>> figures =
                        rounds(Pgbench.TPS, Pgbench.timed("select-only", mode, clients, plan.seconds()));
                say("%-10s %7d  %s".formatted(mode, clients, line(figures, "tps")));
            }
        }
    }

    /** Megabytes a second of DataRows, as the server sends them: what its table holds and the frames around it. */
    private void results() throws IOException {
        Path script = Files.writeString(directory.resolve("people.sql"), "SELECT * FROM people;\n");
        Path count = directory.resolve("bytes");
        Pgbench.required(new Psql(doors.get("direct"))
                .run(
                        "",
                        "-o",
                        count.toString(),
                        "-c",
                        "SELECT sum(7 + 5 * 4 + length(id::text) + length(name) + length(email) + length(ssn) + length(note))"
                                + " FROM people"));
        double megabytes = Double.parseDouble(Files.readString(count).strip()) / 1e6;
        String[] run = {"-n", "-M", "simple", "-f", script.toString(), "-c", "1", "-t", "3"};
        pgbench.run(doors.get("gateway"), run);
        pgbench.run(doors.get("gateway, two columns masked"), run);
        Map<String, List<Double>> latencies = rounds(Pgbench.LATENCY, run);
        Map<String, List<Double>> speeds = new LinkedHashMap<>();
        latencies.forEach((name, all) ->
                speeds.put(name, all.stream().map(ms -> megabytes / (ms / 1000)).toList()));
        say("%n%d rows, %.0f MB  %s".formatted(ROWS, megabytes, header()));
        say("%-18s  %s".formatted("one SELECT", line(speeds, "MB/s")));
    }

    private Map<String, List<Double>> rounds(Pattern figure, String... options) {
        Map<String, List<Double>> figures = new LinkedHashMap<>();
        doors.keySet().forEach(name -> figures.put(name, new ArrayList<>()));
        List<String> order = new ArrayList<>(doors.keySet());
        for (int round = 0; round < plan.rounds(); round++) {
            for (String name : order) {
                figures.get(name).add(Pgbench.figure(pgbench.run(doors.get(name), options), figure));
            }
            order.add(order.removeFirst());
        }
        return figures;
    }

    private String header() {
        StringBuilder text = new StringBuilder();
        doors.keySet().forEach(name -> text.append(String.format(Locale.ROOT, "%-28s", name)));
        return text.append("gateway to the faster peer").toString();
    }

    private static String line(Map<String, List<Double>> figures, String unit) {
        double direct = Pgbench.median(figures.get("direct"));
        StringBuilder text = new StringBuilder();
        figures.forEach((name, all) -> text.append(String.format(
                Locale.ROOT,
                "%-28s",
                String.format(
                        Locale.ROOT, "%.2f (%.0f %s)", Pgbench.median(all) / direct, Pgbench.median(all), unit))));
        double peer = Math.max(Pgbench.median(figures.get("haproxy")), Pgbench.median(figures.get("pgbouncer")));
        return text.append(String.format(Locale.ROOT, "%.2f", Pgbench.median(figures.get("gateway")) / peer))
                .toString();
    }

    static String cpus() {
        return Runtime.getRuntime().availableProcessors() + " CPUs, " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }

    static void say(String line) {
        System.out.println(line.stripTrailing());
    }
}
