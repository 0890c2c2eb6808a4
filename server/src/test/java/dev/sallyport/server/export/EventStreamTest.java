package dev.sallyport.server.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLogOptions;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.seal.LocalKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class EventStreamTest {
    private static final AuditLogOptions OPTIONS =
            new AuditLogOptions(4_000, 0, 1 << 20, Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(20));

    @TempDir
    Path directory;

    private final Sink sink = new Sink();
    private SegmentedAuditLog log;

    @BeforeEach
    void open() throws IOException {
        log = SegmentedAuditLog.open(directory, OPTIONS, Clock.systemUTC(), LocalKey.inDirectory(directory));
    }

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Test
    void sends_what_is_there_and_what_comes() throws Exception {
        append(5);
        try (EventStream stream = start(sink)) {
            await().until(() -> sink.synced().size() == 5);
            append(100);
            await().until(() -> sink.synced().size() == 105);
        }
        assertThat(sink.synced()).containsExactlyElementsOf(range(0, 105));
        JsonNode first = sink.lines().getFirst();
        assertThat(first.path("type").asString()).isEqualTo("stream-opened");
        assertThat(first.path("from").asLong()).isZero();
        assertThat(first.path("log").asString()).matches("[0-9a-f]{32}");
        assertThat(sink.lines().get(1).path("reason").asString()).isEqualTo("number 0");
    }

    @Test
    void goes_on_after_a_restart_where_it_was() throws Exception {
        append(10);
        start(sink).close();
        log.close();
        log = SegmentedAuditLog.open(directory, OPTIONS, Clock.systemUTC(), LocalKey.inDirectory(directory));
        append(10);
        Sink next = new Sink();
        start(next).close();

        assertThat(sink.synced()).containsExactlyElementsOf(range(0, 10));
        assertThat(next.synced()).containsExactlyElementsOf(range(10, 20));
    }

    @Test
    void sends_again_what_the_sink_did_not_make_safe() throws Exception {
        append(3);
        try (EventStream stream = start(sink)) {
            await().until(() -> sink.synced().size() == 3);
            sink.failing = true;
            append(20);
            await().until(() -> sink.attempts > 5);
            append(20);
            sink.failing = false;
            await().until(() -> sink.synced().contains(42L));
        }
        assertThat(sink.synced().stream().distinct()).containsExactlyElementsOf(range(0, 43));
    }

    @Test
    void a_sink_that_hangs_holds_up_nothing_but_its_stream() throws Exception {
        Sink other = new Sink();
        CountDownLatch never = new CountDownLatch(1);
        sink.hanging = never;
        EventStream stuck = start("stuck", sink);
        try (EventStream stream = start("free", other)) {
            append(200);
            await().until(() -> other.synced().size() == 200);
        }
        assertThat(sink.synced()).isEmpty();
        long before = System.nanoTime();
        stuck.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void says_what_was_deleted_before_it_could_be_sent() throws Exception {
        append(10);
        start(sink).close();
        append(200);
        deleteAllSegmentsButTheLast();
        Sink next = new Sink();
        start(next).close();

        JsonNode gap = next.lines().get(1);
        assertThat(gap.path("type").asString()).isEqualTo("gap");
        assertThat(gap.path("from").asLong()).isEqualTo(10);
        assertThat(gap.path("cause").asString()).isEqualTo("deleted");
        long until = gap.path("until").asLong();
        assertThat(until).isBetween(11L, 200L);
        assertThat(next.synced()).containsExactlyElementsOf(range(until, 210));
    }

    @Test
    void begins_anew_with_another_log_and_says_so() throws Exception {
        append(10);
        new StreamPlace("0".repeat(32), 7).save(StreamPlace.file(directory, "siem"));
        start(sink).close();

        assertThat(sink.lines().getFirst().path("from").asLong()).isZero();
        assertThat(sink.synced()).containsExactlyElementsOf(range(0, 10));
    }

    @Test
    void a_place_that_cannot_be_read_loses_nothing() throws Exception {
        append(3);
        Files.writeString(StreamPlace.file(directory, "siem"), "nonsense");
        start(sink).close();

        assertThat(sink.synced()).containsExactly(0L, 1L, 2L);
        assertThat(StreamPlace.load(StreamPlace.file(directory, "siem")))
                .hasValueSatisfying(place -> assertThat(place.next()).isEqualTo(3));
    }

    @Test
    void a_place_that_cannot_be_kept_does_not_hold_up_the_stream() throws Exception {
        Files.createDirectory(directory.resolve("stream-siem.place.new"));
        append(3);
        try (EventStream stream = start(sink)) {
            await().until(() -> sink.synced().size() == 3);
            append(3);
            await().until(() -> sink.synced().size() == 6);
        }
    }

    private void deleteAllSegmentsButTheLast() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> segments = files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList();
            for (Path each : segments.subList(0, segments.size() - 1)) {
                Files.delete(each);
            }
        }
    }

    private EventStream start(Sink to) throws IOException {
        return start("siem", to);
    }

    private EventStream start(String name, Sink to) throws IOException {
        EventStream stream = new EventStream(
                name, LogPlace.of(directory), log::syncedRecords, to, Clock.systemUTC(), Duration.ofMillis(5));
        stream.start();
        return stream;
    }

    private void append(int count) {
        IntStream.range(0, count).forEach(i -> {
            AuditEvent event = new AuditEvent.GatewayStopped(Instant.now(), "number " + i);
            if (i % 10 == 9 || i == count - 1) {
                CompletableFuture<Boolean> synced = new CompletableFuture<>();
                log.appendSynced(event).whenSynced(synced::complete);
                assertThat(synced.join()).isTrue();
            } else {
                log.append(event);
            }
        });
    }

    private static List<Long> range(long from, long until) {
        return LongStream.range(from, until).boxed().toList();
    }

    /** Keeps what it was given; the synced lines apart. */
    private static final class Sink implements EventSink {
        private final List<JsonNode> written = new ArrayList<>();
        private final List<JsonNode> synced = new CopyOnWriteArrayList<>();
        private volatile boolean failing;
        private volatile CountDownLatch hanging = new CountDownLatch(0);
        private volatile int attempts;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread
        public void write(ByteBuffer lines) throws IOException {
            attempts++;
            try {
                hanging.await();
            } catch (InterruptedException stop) {
                throw new IOException(stop);
            }
            String text = StandardCharsets.UTF_8.decode(lines).toString();
            assertThat(text).endsWith("\n");
            text.lines().map(JsonMapper.shared()::readTree).forEach(written::add);
            // Half of the time it fails when they are written, else when they are to be synced.
            if (failing && attempts % 2 == 0) {
                written.clear();
                throw new IOException("down");
            }
        }

        @Override
        public void sync() throws IOException {
            if (failing) {
                written.clear();
                throw new IOException("down");
            }
            synced.addAll(written);
            written.clear();
        }

        List<JsonNode> lines() {
            return List.copyOf(synced);
        }

        List<Long> synced() {
            return synced.stream()
                    .filter(line -> line.has("index"))
                    .map(line -> line.path("index").asLong())
                    .toList();
        }

        @Override
        public void close() {}
    }
}
