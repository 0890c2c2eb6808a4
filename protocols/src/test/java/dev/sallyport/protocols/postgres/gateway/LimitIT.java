package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Results that are cut off, clients that read slowly, and identities that want too much at once. */
class LimitIT {
    private static final int NONE = Integer.MAX_VALUE;
    private static TestGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(
                limited("rows", new Limits(10, Long.MAX_VALUE, NONE, NONE)),
                limited("bytes", new Limits(Long.MAX_VALUE, 1000, NONE, NONE)),
                limited("rate", new Limits(Long.MAX_VALUE, Long.MAX_VALUE, 5, NONE)),
                limited("sessions", new Limits(Long.MAX_VALUE, Long.MAX_VALUE, NONE, 2)),
                limited("all", Limits.NONE)));
        gateway.server.run("CREATE TABLE limited (id int); GRANT ALL ON limited TO shop_app");
    }

    private static Policy limited(String group, Limits limits) {
        return Policies.forGroup(group)
                .allow(EnumSet.allOf(Action.class))
                .limits(limits)
                .build();
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE limited");
        gateway.close();
    }

    @Test
    void rows_beyond_the_limit_do_not_come_and_the_next_command_is_not_hit_by_the_cancel() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("rows"))) {
            for (int i = 0; i < 30; i++) {
                // Few rows: the target has long finished when it hears of the cancel.
                client.send(query("SELECT generate_series(1, 12) -- cut"), query("SELECT pg_sleep(0.02)"));
                var cut = client.readUntilReady();
                assertThat(tags(cut)).isEqualTo("TDDDDDDDDDDEZ");
                assertThat(Answers.sqlState(cut)).isEqualTo("53400");
                assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
            }
            assertThat(Answers.endings(gateway, "-- cut")).hasSize(30).containsOnly("cut");
        }
    }

    @Test
    void an_endless_result_is_cancelled_on_the_target() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("rows"))) {
            var cut = client.query("SELECT repeat('x', 9999), generate_series(1, 1000000000) -- endless");
            assertThat(Answers.sqlState(cut)).isEqualTo("53400");
            client.send(
                    parse("", "SELECT repeat('x', 9999), generate_series(1, 1000000000) -- endless"),
                    bind("", ""),
                    execute("", 0),
                    sync());
            assertThat(tags(client.readUntilReady())).isEqualTo("12DDDDDDDDDDEZ");
            assertThat(Answers.endings(gateway, "-- endless")).containsExactly("cut", "cut");
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_result_of_exactly_the_limit_is_whole_and_each_result_of_a_message_counts() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("rows"))) {
            assertThat(tags(client.query("SELECT generate_series(1, 10)"))).isEqualTo("TDDDDDDDDDDCZ");
            assertThat(Answers.sqlState(client.query("SELECT generate_series(1, 6); SELECT generate_series(1, 6)")))
                    .isEqualTo("53400");
        }
    }

    @Test
    void bytes_are_limited_for_rows_and_copies() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("bytes"))) {
            assertThat(Answers.sqlState(client.query("SELECT repeat('x', 2000)")))
                    .isEqualTo("53400");
            assertThat(tags(client.query("COPY (SELECT repeat('x', 400) FROM generate_series(1, 9)) TO STDOUT")))
                    .isEqualTo("HddEZ");
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_write_whose_answer_is_cut_is_not_told_to_have_failed() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("rows"))) {
            client.send(query("INSERT INTO limited SELECT generate_series(1, 50) RETURNING id"));
            List<Message> seen = new ArrayList<>();
            for (Message next = client.readOrEnd(); next != null && next.tag() != 'Z'; next = client.readOrEnd()) {
                seen.add(next);
            }
            boolean ran = !gateway.server.query("SELECT 1 FROM limited").isEmpty();
            String last = seen.getLast().field('C');
            // Either the cancel came in time, and nothing is kept; or the client hears that nobody knows.
            assertThat(last).isEqualTo(ran ? "08007" : "53400");
        }
    }

    @Test
    void a_slow_reader_makes_the_target_wait_rather_than_the_gateway_grow() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            long before = bufferedBytes();
            client.send(query("SELECT repeat('slow', 25000) FROM generate_series(1, 400) -- slowly"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> gateway.server.hasSession("query LIKE '%-- slowly' AND wait_event = 'ClientWrite'"));
            assertThat(bufferedBytes() - before).isLessThan(28L << 20);

            assertThat(client.readUntilReady()).hasSize(403);
        }
    }

    private static long bufferedBytes() {
        var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
        return metric.usedDirectMemory() + metric.usedHeapMemory();
    }

    @Test
    void too_many_commands_a_second_are_refused_without_ending_the_session() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("rate"))) {
            List<String> states = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                client.query("SELECT 'fast'").stream()
                        .filter(m -> m.tag() == 'E')
                        .forEach(m -> states.add(m.field('C')));
            }
            assertThat(states).isNotEmpty().containsOnly("53400");
        }
    }

    @Test
    void too_many_sessions_of_one_identity_are_refused_and_others_are_not() throws Exception {
        try (RawClient one = gateway.raw(gateway.bot("sessions"));
                RawClient two = gateway.raw(gateway.bot("sessions"));
                RawClient three = RawClient.connectTls(gateway.port(), gateway.certificates.authority())) {
            Message refused =
                    three.login("bot", "shop", gateway.bot("sessions").mint()).getLast();
            assertThat(refused.field('S')).isEqualTo("FATAL");
            assertThat(refused.field('C')).isEqualTo("53400");
            assertThat(tags(one.query("SELECT 1"))).isEqualTo("TDCZ");
            assertThat(tags(two.query("SELECT 1"))).isEqualTo("TDCZ");
            gateway.raw(gateway.bot("sessions").subject("another")).close();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreException(IOException.class)
                .until(() -> {
                    gateway.raw(gateway.bot("sessions")).close();
                    return true;
                });
    }

    @Test
    void a_message_above_the_maximum_ends_the_session_before_it_is_read() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.send(new byte[] {'Q', 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});
            Message error = client.read();
            assertThat(error.field('S')).isEqualTo("FATAL");
            assertThat(error.field('C')).isEqualTo("08P01");
            assertThatThrownBy(client::read).isInstanceOf(EOFException.class);
        }
    }
}
