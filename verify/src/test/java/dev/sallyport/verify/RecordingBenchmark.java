package dev.sallyport.verify;

import dev.sallyport.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What recording costs: {@code pgbench} through a gateway that records, {@code strict} and {@code buffered}, beside the
 * same gateway with a log that keeps nothing, in alternating rounds. Run by {@code verify/bench.sh recording}.
 */
public final class RecordingBenchmark {
    private static final String NULL_LOG = "null log";
    /** How many statements a transaction has. */
    private static final Map<String, Integer> SCRIPTS = Map.of("select-only", 1, "tpcb-like", 7);

    private static final Map<String, String> DEFAULTS = Map.of(
            "seconds",
            "10",
            "rounds",
            "5",
            "clients",
            "1,16",
            "modes",
            "prepared",
            "tls",
            "on",
            "fsync",
            "off",
            "logs",
            "strict,buffered");

    private final Map<String, String> plan;
    private final Pgbench pgbench;
    private final Path directory;
    private final Map<String, Served> gateways = new LinkedHashMap<>();

    private RecordingBenchmark(Map<String, String> plan, Path directory) {
        this.plan = plan;
        this.directory = directory;
        this.pgbench = new Pgbench(directory);
    }

    /** One run: transactions in a second, milliseconds of one, and bytes that one statement took in the audit log. */
    private record Figures(double tps, double millis, double bytes) {}

    static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("sallyport-bench");
        try {
            new RecordingBenchmark(Benchmark.given(DEFAULTS, arguments), directory).run();
        } finally {
            Scratch.delete(directory);
        }
    }

    private void run() throws IOException {
        Map<String, String> settings = Map.of(
                "log_statement",
                "none",
                "log_connections",
                "off",
                "shared_buffers",
                "512MB",
                "fsync",
                plan.get("fsync"));
        try (PostgresServer target = PostgresServer.start(Scratch.in(directory, "target"), settings)) {
            try {
                start(target);
                measure();
            } finally {
                gateways.values().forEach(Served::close);
            }
        }
    }

    /** The first that records says how they are all run. */
    private void start(PostgresServer target) {
        boolean tls = plan.get("tls").equals("on");
        for (String log : plan.get("logs").split(",")) {
            String durability = log.equals("buffered") ? "durability: {buffered: 20ms}" : "";
            gateways.put(log, Served.withTarget(target, directory.resolve(log), tls, durability));
        }
        Served first = gateways.values().iterator().next();
        gateways.put(NULL_LOG, Served.unrecorded(target, directory.resolve("null"), first));
    }

    private void measure() throws IOException {
        Door door = gateways.get(NULL_LOG).as("all");
        pgbench.run(door, "-i", "-s", "10", "-q");
        Benchmark.say("%s, TLS %s, fsync of the target %s, %s rounds of %s s each in turn, medians"
                .formatted(
                        Benchmark.cpus(), plan.get("tls"), plan.get("fsync"), plan.get("rounds"), plan.get("seconds")));
        for (Served each : gateways.values()) {
            for (String script : scripts()) {
                pgbench.run(
                        each.as("all"), Pgbench.timed(script, plan.get("modes").split(",")[0], 8, 5));
            }
        }
        Benchmark.say("write over zeros and fdatasync in the log's place: %.3f ms".formatted(sync()));
        for (String script : scripts()) {
            for (String mode : plan.get("modes").split(",")) {
                for (String clients : plan.get("clients").split(",")) {
                    print(script, mode, clients, rounds(script, mode, Integer.parseInt(clients)));
                }
            }
        }
        Benchmark.say("write over zeros and fdatasync in the log's place: %.3f ms".formatted(sync()));
    }

    private static List<String> scripts() {
        return SCRIPTS.keySet().stream().sorted().toList();
    }

    private Map<String, List<Figures>> rounds(String script, String mode, int clients) throws IOException {
        Map<String, List<Figures>> figures = new LinkedHashMap<>();
        gateways.keySet().forEach(name -> figures.put(name, new ArrayList<>()));
        List<String> order = new ArrayList<>(gateways.keySet());
        String[] options = Pgbench.timed(script, mode, clients, Integer.parseInt(plan.get("seconds")));
        for (int round = 0; round < Integer.parseInt(plan.get("rounds")); round++) {
            for (String name : order) {
                figures.get(name).add(one(gateways.get(name), SCRIPTS.get(script), options));
            }
            order.add(order.removeFirst());
        }
        return figures;
    }

    private Figures one(Served gateway, int statements, String... options) throws IOException {
        long before = written(gateway.auditDir());
        Run run = pgbench.run(gateway.as("all"), options);
        double commands = Pgbench.figure(run, Pgbench.COUNT) * statements;
        return new Figures(
                Pgbench.figure(run, Pgbench.TPS),
                Pgbench.figure(run, Pgbench.LATENCY),
                (written(gateway.auditDir()) - before) / commands);
    }

    private static void print(String script, String mode, String clients, Map<String, List<Figures>> figures) {
        Benchmark.say("%n%s, %s, %s client(s)".formatted(script, mode, clients));
        double tps =
                Pgbench.median(figures.get(NULL_LOG).stream().map(Figures::tps).toList());
        double millis = Pgbench.median(
                figures.get(NULL_LOG).stream().map(Figures::millis).toList());
        figures.forEach((name, all) -> {
            double itsTps = Pgbench.median(all.stream().map(Figures::tps).toList());
            double itsMillis = Pgbench.median(all.stream().map(Figures::millis).toList());
            Benchmark.say(String.format(
                    Locale.ROOT,
                    "  %-10s %8.0f tps  %5.3f of the null log's  %7.3f ms  %+7.3f ms  %6.1f bytes a command",
                    name,
                    itsTps,
                    itsTps / tps,
                    itsMillis,
                    itsMillis - millis,
                    Pgbench.median(all.stream().map(Figures::bytes).toList())));
        });
    }

    /** How many bytes a log has, without the zeros behind the last record. */
    private static long written(Path audit) throws IOException {
        long bytes = 0;
        try (var files = Files.walk(audit)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += withoutRoom(file);
            }
        }
        return bytes;
    }

    private static long withoutRoom(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer chunk = ByteBuffer.allocate(64 << 10);
            long end = channel.size();
            while (end > 0) {
                int count = (int) Math.min(chunk.capacity(), end);
                channel.read(chunk.clear().limit(count), end - count);
                int last = count;
                while (last > 0 && chunk.get(last - 1) == 0) {
                    last--;
                }
                if (last > 0) {
                    return end - count + last;
                }
                end -= count;
            }
            return 0;
        }
    }

    /** The median of as many syncs as take a second or so, each of a small write into a file that has its size. */
    private double sync() throws IOException {
        Path file = directory.resolve("sync");
        Files.write(file, new byte[1 << 20]);
        double[] millis = new double[500];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.wrap(new byte[200]), i * 200L);
                channel.force(false);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }
}
