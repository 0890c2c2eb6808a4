package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.protocols.postgres.canary.Aviary;
import dev.sallyport.protocols.postgres.canary.Probe;
import dev.sallyport.protocols.postgres.canary.Probes;
import dev.sallyport.protocols.postgres.canary.Spotter;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Masked columns hold values that occur nowhere else; whatever a client asks, whose policy forbids it nothing but to see
 * these, no byte that it gets and none that is recorded holds one of them. The questions are random, and the same for the
 * same seed and number: {@code -Dcanaries.seed}, {@code -Dcanaries.from}, {@code -Dcanaries.queries}. The report is in
 * {@code target/canaries.txt}.
 */
class CanariesIT {
    private static final long SEED = Long.getLong("canaries.seed", 20261124);
    private static final long FROM = Long.getLong("canaries.from", 0);
    private static final long QUERIES = Long.getLong("canaries.queries", 2_000);
    private static final int WORKERS = 4;
    private static final int BETWEEN_REPORTS = 500;
    private static final String SEES_ALL = "all";
    private static final String SEES_MASKED = "birdwatchers";

    private static final Probes PROBES = new Probes(SEED);
    private static final Spotter SPOTTER = new Spotter();
    private static final ProbeTally TALLY = new ProbeTally();
    private static final Set<String> MASKED_SESSIONS = new HashSet<>();
    private static TestGateway gateway;

    @BeforeAll
    static void open() throws IOException {
        gateway = new TestGateway(List.of(Policies.ALL, masked()));
        gateway.server.run(Aviary.build(SEED, SPOTTER));
        PROBES.makeViews(CanariesIT::isTaken);
        gateway.server.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + Shop.ROLE);
    }

    @AfterAll
    static void close() {
        gateway.server.run(PROBES.removeViews());
        gateway.server.run(Aviary.remove());
        gateway.close();
    }

    private static boolean isTaken(String sql) {
        try {
            gateway.server.run(sql);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static Policy masked() {
        Policies policies = Policies.forGroup(SEES_MASKED).allow(EnumSet.allOf(Action.class));
        Aviary.MASKS.forEach((name, mask) -> {
            String[] parts = name.split("\\.");
            policies.mask("public", parts[0], parts[1], mask);
        });
        return policies.build();
    }

    @Test
    @Timeout(value = 6, unit = TimeUnit.HOURS)
    void shows_no_masked_value_whatever_is_asked() throws Exception {
        AtomicLong next = new AtomicLong(FROM);
        try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                running.add(workers.submit(() -> {
                    work(next);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            nothingRecorded();
            assertThat(MASKED_SESSIONS).hasSizeGreaterThanOrEqualTo(WORKERS);
        } finally {
            report();
        }
        assertThat(TALLY.leaks()).as(TALLY.report()).isZero();
        assertThat(TALLY.total()).isEqualTo((int) QUERIES);
        // Else nobody could tell what the absence of leaks is worth.
        assertThat(TALLY.shareLeakingWithoutMasks()).as(TALLY.report()).isGreaterThan(0.6);
    }

    private static void work(AtomicLong next) throws IOException {
        Pair clients = new Pair();
        try {
            for (long number = next.getAndIncrement(); number < FROM + QUERIES; number = next.getAndIncrement()) {
                clients = attempt(number, clients);
            }
        } finally {
            clients.close();
        }
    }

    private static Pair attempt(long number, Pair clients) throws IOException {
        Probe probe = PROBES.of(number);
        String name = "seed " + SEED + " number " + number;
        try {
            ProbeReply bare = ProbeReply.of(clients.all, probe);
            ProbeReply masked = ProbeReply.of(clients.masked, probe);
            SPOTTER.find(masked.bytes()).ifPresent(found -> TALLY.leak(name + ": " + found + "\n    " + probe));
            if (probe.touches() && bare.error().isEmpty() && !bare.rows().isEmpty()) {
                TALLY.withoutMasks(SPOTTER.find(bare.bytes()).isPresent());
            }
            TALLY.add(name, probe, masked, bare);
            if (number % BETWEEN_REPORTS == 0) {
                nothingRecorded();
                report();
            }
            return clients;
        } catch (IOException e) {
            TALLY.ended(name, probe, e);
            clients.close();
            return new Pair();
        }
    }

    private static synchronized void report() throws IOException {
        Files.writeString(Path.of("target", "canaries.txt"), "seed " + SEED + ", from " + FROM + ": " + TALLY.report());
    }

    /** What was recorded since this was last asked, of the sessions with masks. */
    private static synchronized void nothingRecorded() {
        for (AuditEvent event : gateway.audit.take()) {
            switch (event) {
                case AuditEvent.SessionOpened opened
                when opened.groups().contains("okta:" + SEES_MASKED) -> MASKED_SESSIONS.add(opened.session());
                case AuditEvent.CommandDecided command
                when MASKED_SESSIONS.contains(command.session()) ->
                    nothingIn(command.session(), command.sequence(), utf8(command.message() + command.parameters()));
                case AuditEvent.Answered answer
                when MASKED_SESSIONS.contains(answer.session()) -> {
                    nothingIn(answer.session(), answer.sequence(), answer.rows());
                    nothingIn(answer.session(), answer.sequence(), utf8(answer.columns() + " " + answer.error()));
                }
                case AuditEvent.Noticed notice
                when MASKED_SESSIONS.contains(notice.session()) ->
                    nothingIn(
                            notice.session(),
                            notice.sequence(),
                            utf8(notice.fields().toString()));
                default -> {}
            }
        }
    }

    private static void nothingIn(String session, long sequence, byte[] bytes) {
        SPOTTER.find(bytes).ifPresent(found -> TALLY.leak("recorded of " + session + "/" + sequence + ": " + found));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One client with masks and one without. */
    private static final class Pair {
        final RawClient masked = open(SEES_MASKED);
        final RawClient all = open(SEES_ALL);

        Pair() throws IOException {}

        private static RawClient open(String group) throws IOException {
            RawClient client = gateway.raw(gateway.bot(group));
            client.query("SET statement_timeout = '4s'");
            return client;
        }

        void close() throws IOException {
            masked.close();
            all.close();
        }
    }
}
