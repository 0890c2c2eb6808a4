package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However much goes through and however slowly one side reads, the gateway keeps a few buffers and no more. */
class FlatMemoryIT {
    /** Rows that end neither where packets do nor where TLS records do: a part of one always waits for the rest. */
    private static final int VALUE_BYTES = 8_000;

    private static final int ROWS = 9_000;
    /** Tag, length, number of columns, and the value's length stand before each value. */
    private static final long ROWS_BYTES = ROWS * (5L + 2 + 4 + VALUE_BYTES);

    private static final int COPIED_ROWS = 9_000;

    /** Most of it is what the allocator keeps for next time; it stays the same however much goes through. */
    private static final long BOUND = 32 << 20;
    /** What the kernel takes on the way: the buffers of four sockets. */
    private static final long ON_THE_WAY = 48 << 20;

    private static TestGateway gateway;

    private final ByteBufAllocatorMetric memory = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    private long before;

    @BeforeAll
    static void start() throws Exception {
        PostgresServer.shared().run("""
                CREATE TABLE poured (i int, filler text);
                CREATE FUNCTION wait_first() RETURNS trigger LANGUAGE plpgsql AS
                  'BEGIN IF NEW.i = 1 THEN PERFORM pg_advisory_xact_lock(4711); END IF; RETURN NULL; END';
                CREATE TRIGGER wait_first BEFORE INSERT ON poured FOR EACH ROW EXECUTE FUNCTION wait_first();
                """);
        gateway = new TestGateway(List.of(
                Policies.ALL,
                Policies.forGroup("masked")
                        .allow(EnumSet.allOf(Action.class))
                        .mask(Detector.EMAIL, new Mask.Redact())
                        .build()));
        PostgresServer.shared().run("GRANT ALL ON poured TO " + Shop.ROLE);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        PostgresServer.shared().run("DROP TABLE poured; DROP FUNCTION wait_first");
    }

    @BeforeEach
    void measure() {
        before = memory.usedDirectMemory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "masked"})
    void a_large_result_waits_at_the_target_for_a_slow_reader(String group) throws Exception {
        try (RawClient client = gateway.raw(gateway.bot(group))) {
            client.send(Messages.query(
                    "SELECT repeat('x', " + VALUE_BYTES + ") FROM generate_series(1, " + ROWS + ") AS slow"));
            await().until(() -> gateway.server
                            .query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'ClientWrite'")
                            .size()
                    == 1);
            long stalled = memory.usedDirectMemory() - before;

            assertThat(client.read().tag()).isEqualTo('T');
            long most = drain(client.socket().getInputStream());

            assertThat(RawClient.tags(client.readUntilReady())).isEqualTo("CZ");
            assertThat(stalled).isLessThan(BOUND);
            assertThat(most).isLessThan(BOUND);
        }
    }

    /** Reads all rows, with a rest now and then. */
    private long drain(InputStream in) throws Exception {
        byte[] buffer = new byte[1 << 16];
        long most = 0;
        long nextRest = 0;
        for (long left = ROWS_BYTES; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            assertThat(read).isPositive();
            left -= read;
            if (ROWS_BYTES - left > nextRest) {
                Thread.sleep(20);
                most = Math.max(most, memory.usedDirectMemory() - before);
                nextRest += ROWS_BYTES / 20;
            }
        }
        return most;
    }

    @Test
    void a_large_copy_waits_at_the_client_for_a_slow_target() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"));
                Connection holder = gateway.server.connect(PostgresServer.DATABASE);
                Statement lock = holder.createStatement()) {
            lock.execute("SELECT pg_advisory_lock(4711)");
            client.send(Messages.query("COPY poured FROM STDIN")).readUntil('G');
            AtomicLong sent = new AtomicLong();
            Thread pouring = Thread.ofVirtual().start(() -> pour(client, sent));

            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> isStill(sent));
            long stalled = memory.usedDirectMemory() - before;
            long onTheWay = sent.get();
            lock.execute("SELECT pg_advisory_unlock(4711)");
            pouring.join();
            long flowed = memory.usedDirectMemory() - before;
            List<Message> end = client.send(Messages.message('c')).readUntilReady();

            assertThat(end.getFirst().text()).startsWith("COPY");
            assertThat(stalled).isLessThan(BOUND);
            assertThat(onTheWay).isLessThan(ON_THE_WAY);
            assertThat(sent.get()).isGreaterThan(2 * BOUND);
            assertThat(flowed).isLessThan(BOUND);
        }
    }

    private static boolean isStill(AtomicLong sent) throws InterruptedException {
        long seen = sent.get();
        Thread.sleep(50);
        return seen > 0 && seen == sent.get();
    }

    private static void pour(RawClient client, AtomicLong sent) {
        byte[] first = Messages.message('d', Messages.utf8("1\tfirst\n"));
        byte[] each = Messages.message('d', Messages.utf8("2\t" + "x".repeat(VALUE_BYTES) + "\n"));
        ByteBuffer pieces = ByteBuffer.allocate(50_000);
        try {
            client.send(first);
            for (int i = 0; i < COPIED_ROWS; i++) {
                for (int at = 0; at < each.length; ) {
                    int length = Math.min(each.length - at, pieces.remaining());
                    pieces.put(each, at, length);
                    at += length;
                    if (!pieces.hasRemaining()) {
                        client.send(pieces.array());
                        sent.addAndGet(pieces.capacity());
                        pieces.clear();
                    }
                }
            }
            client.send(Arrays.copyOf(pieces.array(), pieces.position()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
