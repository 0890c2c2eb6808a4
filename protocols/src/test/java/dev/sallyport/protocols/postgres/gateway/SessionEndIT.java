package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.terminate;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.SessionClosed;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicySet;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How sessions end, and what they do not take along: by goodbye, by either side's death, by policy, by a broken disk. */
class SessionEndIT {
    private static TestGateway gateway;

    private static Policy policy(String group) {
        return Policies.forGroup(group).allow(EnumSet.allOf(Action.class)).build();
    }

    @BeforeAll
    static void open() throws Exception {
        gateway = TestGateway.allowingAll();
        gateway.server.run("CREATE TABLE ending (id int); GRANT ALL ON ending TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE ending");
        gateway.close();
    }

    private static @Nullable Message last(RawClient client) throws Exception {
        Message last = null;
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            last = next;
        }
        return last;
    }

    @Test
    void a_goodbye_right_behind_a_query_lets_it_run() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.send(query("INSERT INTO ending VALUES (1)"), terminate());
            last(client);
        }
        assertThat(gateway.server.query("SELECT 1 FROM ending WHERE id = 1")).hasSize(1);
        assertThat(Answers.endings(gateway, "ending VALUES (1)")).containsExactly("INSERT 0 1");
    }

    @Test
    void a_backend_that_is_terminated_from_outside_ends_the_session_with_its_own_error() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.query("BEGIN");
            String pid =
                    Answers.firstColumn(client.query("SELECT pg_backend_pid()")).getFirst();
            gateway.server.query("SELECT pg_terminate_backend(" + pid + ")");
            Message error = last(client);
            assertThat(error).isNotNull();
            assertThat(error.field('C')).isEqualTo("57P01");
        }
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_client_that_vanishes_in_a_transaction_has_it_rolled_back() throws Exception {
        RawClient client = gateway.raw(gateway.bot("all"));
        client.query("BEGIN");
        client.query("INSERT INTO ending VALUES (2)");
        String pid =
                Answers.firstColumn(client.query("SELECT pg_backend_pid()")).getFirst();
        client.close();

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !gateway.server.hasSession("pid = " + pid));
        assertThat(gateway.server.query("SELECT 1 FROM ending WHERE id = 2")).isEmpty();
        assertThat(gateway.audit.events(SessionClosed.class).getLast().reason()).isEqualTo("client-gone");
    }

    @Test
    void a_client_that_never_stops_sending_is_ended_between_two_commands() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        client.send(query("SELECT pg_sleep(0.02)"));
                        Thread.sleep(10);
                    }
                } catch (Exception closed) {
                    // The session has ended, as it should.
                }
            });
            client.readUntilReady();

            gateway.sessions.drain();

            // What was taken before still runs; the grace, which would end it all the same, is 30 seconds.
            long begun = System.nanoTime();
            Message error = last(client);
            assertThat(error).isNotNull();
            assertThat(error.field('C')).isEqualTo("57P01");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
            sender.interrupt();
        }
    }

    @Test
    void an_idle_session_ends_when_its_token_does() throws Exception {
        // The leeway of 30 seconds counts: this one has five seconds left of it.
        try (RawClient client = gateway.raw(gateway.bot("all").expiresIn(Duration.ofSeconds(-25)))) {
            client.query("BEGIN");
            Message error = last(client);
            assertThat(error).isNotNull();
            assertThat(error.field('S')).isEqualTo("FATAL");
            assertThat(error.field('M')).contains("expired");
        }
    }

    @Test
    void a_policy_that_admits_no_more_ends_open_sessions_between_commands() throws Exception {
        try (RawClient idle = gateway.raw(gateway.bot("all"));
                RawClient busy = gateway.raw(gateway.bot("all"))) {
            busy.send(query("SELECT 'busy' FROM pg_sleep(1)"));
            awaitAtTarget("busy");
            try {
                gateway.gate.replace(PolicySet.of(List.of(gateway.shop()), List.of(policy("others"))));
                Message error = last(idle);
                assertThat(error).isNotNull();
                assertThat(error.field('S')).isEqualTo("FATAL");
                assertThat(tags(busy.readUntilReady())).isEqualTo("TDCZ");
                assertThat(last(busy)).isNotNull();
            } finally {
                gateway.gate.replace(PolicySet.of(List.of(gateway.shop()), List.of(Policies.ALL)));
            }
        }
    }

    @Test
    void nothing_is_forwarded_while_the_audit_log_cannot_be_written() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            gateway.audit.breakDisk();
            try {
                String log = gateway.server.logDuring(() -> {
                    assertThat(Answers.sqlState(client.query("INSERT INTO ending VALUES (3)")))
                            .isEqualTo("58030");
                    assertThat(Answers.sqlState(client.query("SELECT 'unrecorded'")))
                            .isEqualTo("58030");
                });
                assertThat(log).doesNotContain("VALUES (3)").doesNotContain("'unrecorded'");
            } finally {
                gateway.audit.mendDisk();
            }
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_write_waits_for_its_evidence_and_a_reads_answer_for_its_own() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            gateway.audit.holdSyncs();
            String log = gateway.server.logDuring(() -> {
                client.send(query("INSERT INTO ending VALUES (4)"));
                Thread.sleep(300);
            });
            assertThat(log).doesNotContain("VALUES (4)");
            gateway.audit.releaseSyncs();
            assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
            gateway.audit.holdSyncs();
            client.send(query("SELECT 'released'"));
            Thread.sleep(300);
            assertThat(client.socket().getInputStream().available()).isZero();
            gateway.audit.releaseSyncs();
            assertThat(tags(client.readUntilReady())).isEqualTo("TDCZ");
        }
    }

    @Test
    void a_client_whose_commit_may_stand_hears_that_the_outcome_is_unknown() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.query("BEGIN");
            client.query("INSERT INTO ending VALUES (5)");
            gateway.audit.holdSyncs();
            try {
                client.send(query("COMMIT"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> !gateway.server
                                .query("SELECT 1 FROM ending WHERE id = 5")
                                .isEmpty());
                gateway.audit.breakDisk();

                List<Message> heard = new ArrayList<>();
                for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
                    heard.add(next);
                }

                assertThat(tags(heard)).isEqualTo("E");
                assertThat(heard.getFirst().field('S')).isEqualTo("FATAL");
                assertThat(heard.getFirst().field('C')).isEqualTo("58030");
                assertThat(heard.getFirst().field('M')).contains("outcome is unknown");
            } finally {
                gateway.audit.mendDisk();
            }
        }
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    /** Waits until a statement with this word in it runs there, or has run. */
    private static void awaitAtTarget(String word) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> gateway.server.hasSession("query LIKE '%" + word + "%'"));
    }

    @Test
    void a_read_whose_evidence_is_lost_is_not_answered() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            gateway.audit.holdSyncs();
            try {
                client.send(query("SELECT 'withheld' FROM generate_series(1, 10000)"));
                awaitAtTarget("withheld");
                gateway.audit.breakDisk();

                Message only = client.read();

                assertThat(only.field('S')).isEqualTo("FATAL");
                assertThat(only.field('C')).isEqualTo("58030");
                assertThat(client.readOrEnd()).isNull();
            } finally {
                gateway.audit.mendDisk();
            }
        }
    }

    @Test
    void a_write_that_was_not_recorded_in_time_is_refused_without_having_run() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            gateway.audit.holdSyncs();
            try {
                client.send(query("INSERT INTO ending VALUES (6)"));
                Thread.sleep(300);
                gateway.audit.breakDisk();

                List<Message> heard = client.readUntilReady();

                assertThat(Answers.sqlState(heard)).isEqualTo("58030");
                assertThat(Answers.error(heard).field('S')).isEqualTo("ERROR");
            } finally {
                gateway.audit.mendDisk();
            }
            assertThat(gateway.server.query("SELECT 1 FROM ending WHERE id = 6"))
                    .isEmpty();
            assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }
}
