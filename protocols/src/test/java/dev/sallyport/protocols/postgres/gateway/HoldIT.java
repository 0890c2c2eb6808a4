package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.flush;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.terminate;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.approval.VoteResult;
import dev.sallyport.core.audit.AuditEvent.ApprovalResolved;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicySet;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that wait for a person: nothing of them reaches the target before, and nothing ever where nobody says yes. */
class HoldIT {
    private static TestGateway gateway;
    private RawClient client;

    private static Policy policy(Duration hold) {
        return Policies.forGroup("held")
                .allow(EnumSet.of(Action.READ, Action.INSERT), "table:public.*")
                .approve(EnumSet.of(Action.UPDATE), "oncall", hold, "table:public.*")
                .build();
    }

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(policy(Duration.ofMinutes(1))));
        gateway.server.run("CREATE TABLE held (id int PRIMARY KEY, n int); GRANT ALL ON held TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE held");
        gateway.close();
    }

    @BeforeEach
    void login() throws Exception {
        gateway.server.run("INSERT INTO held VALUES (1, 0)");
        client = gateway.raw(gateway.bot("held"));
    }

    @AfterEach
    void leave() throws Exception {
        client.close();
        gateway.gate.replace(PolicySet.of(List.of(gateway.shop()), List.of(policy(Duration.ofMinutes(1)))));
        Awaitility.await().until(() -> gateway.approvals.list().isEmpty());
        gateway.server.run("TRUNCATE held");
    }

    private static Pending pending() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> !gateway.approvals.list().isEmpty());
        return gateway.approvals.list().getFirst();
    }

    private static void nobodyWaits() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> gateway.approvals.list().isEmpty());
    }

    private static VoteResult approve(Pending held) {
        return gateway.approvals
                .approve(held.id(), gateway.identity(gateway.bot("oncall").subject("boss")), "fine")
                .join();
    }

    private static VoteResult deny(Pending held) {
        return gateway.approvals
                .deny(held.id(), gateway.identity(gateway.bot("oncall").subject("boss")), "not today")
                .join();
    }

    private static String n() {
        return gateway.server
                .query("SELECT n FROM held WHERE id = 1")
                .getFirst()
                .getFirst();
    }

    private static ApprovalResolved resolved(Pending held) {
        return gateway.audit.events(ApprovalResolved.class).stream()
                .filter(event -> event.approval().equals(held.id()))
                .findFirst()
                .orElseThrow();
    }

    private Message hear() throws Exception {
        Message notice = client.read();
        assertThat(notice.tag()).isEqualTo('N');
        return notice;
    }

    @Test
    void the_client_hears_at_once_and_the_target_nothing_until_the_approval() throws Exception {
        String before = gateway.server.logDuring(() -> {
            client.send(query("UPDATE held SET n = 1 -- approved"));
            Message notice = hear();
            Pending held = pending();
            assertThat(notice.field('M')).contains(held.id());
            assertThat(notice.field('D')).contains("okta:oncall");
        });
        assertThat(before).doesNotContain("-- approved");
        assertThat(n()).isEqualTo("0");

        assertThat(approve(pending())).isInstanceOf(VoteResult.Resolved.class);

        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(n()).isEqualTo("1");
        assertThat(Answers.outcomes(gateway, "-- approved")).containsExactly("hold");
        assertThat(Answers.endings(gateway, "-- approved")).containsExactly("UPDATE 1");
    }

    @Test
    void nothing_of_its_pipeline_is_forwarded_while_it_waits() throws Exception {
        String before = gateway.server.logDuring(() -> {
            client.send(
                    parse("", "INSERT INTO held VALUES (2, 2)"),
                    bind("", ""),
                    execute("", 0),
                    parse("", "UPDATE held SET n = $1"),
                    bind("", "", "7"),
                    execute("", 0),
                    sync());
            hear();
        });
        assertThat(before).doesNotContain("INSERT INTO held VALUES (2, 2)").doesNotContain("UPDATE held");
        Pending held = pending();
        assertThat(held.request().command().text()).isEqualTo("UPDATE held SET n = $1");
        assertThat(held.request().command().parameters()).hasSize(1);
        assertThat(held.request().command().inTransaction()).isFalse();
        approve(held);

        assertThat(tags(client.readUntilReady())).isEqualTo("12C12CZ");
        assertThat(n()).isEqualTo("7");
    }

    @Test
    void a_flush_sent_ahead_does_not_keep_the_hold_from_beginning() throws Exception {
        client.send(parse("ahead", "UPDATE held SET n = 17"), flush(), bind("", "ahead"), execute("", 0), sync());
        client.readUntil('N');
        approve(pending());

        assertThat(tags(client.readUntilReady())).isEqualTo("2CZ");
        assertThat(n()).isEqualTo("17");
    }

    @Test
    void what_the_target_skips_is_not_held() throws Exception {
        client.send(
                parse("", "SELECT no_such_column FROM held"),
                flush(),
                parse("", "UPDATE held SET n = 18 -- skipped"),
                bind("", ""),
                execute("", 0),
                sync());

        assertThat(tags(client.readUntilReady())).isEqualTo("EZ");
        assertThat(Answers.outcomes(gateway, "-- skipped")).isEmpty();
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void a_no_is_told_with_its_reason_and_takes_the_pipeline_along() throws Exception {
        client.send(
                parse("", "INSERT INTO held VALUES (3, 3)"),
                bind("", ""),
                execute("", 0),
                parse("", "UPDATE held SET n = 8"),
                bind("", ""),
                execute("", 0),
                sync());
        hear();
        deny(pending());

        var seen = client.readUntilReady();

        assertThat(tags(seen)).isEqualTo("12C12EZ");
        assertThat(Answers.sqlState(seen)).isEqualTo("42501");
        assertThat(Answers.error(seen).field('M')).contains("not today");
        assertThat(gateway.server.query("SELECT count(*) FROM held")).containsExactly(List.of("1"));
    }

    @Test
    void in_a_transaction_a_refusal_fails_it_and_the_approver_sees_that_it_is_inside_one() throws Exception {
        client.query("BEGIN");
        client.query("INSERT INTO held VALUES (4, 4)");
        client.send(query("UPDATE held SET n = 9"));
        hear();
        Pending held = pending();
        assertThat(held.request().command().inTransaction()).isTrue();
        deny(held);

        assertThat(Answers.status(client.readUntilReady())).isEqualTo('E');
        client.query("COMMIT");
        assertThat(gateway.server.query("SELECT count(*) FROM held")).containsExactly(List.of("1"));
    }

    @Test
    void in_a_transaction_it_waits_less_long_and_lets_go_of_the_locks() throws Exception {
        Duration inside = Duration.ofMillis(500);
        gateway.gate.replace(new PolicySet(
                Map.of(TestGateway.SHOP, gateway.shop()), List.of(policy(Duration.ofMinutes(1))), true, inside));
        client.query("BEGIN");
        client.query("INSERT INTO held VALUES (5, 5)");
        client.send(query("UPDATE held SET n = 21"));

        assertThat(hear().field('D')).contains("okta:oncall");
        Pending held = pending();
        assertThat(held.expiresAt()).isEqualTo(held.requestedAt().plus(inside));
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("57014");
        client.query("ROLLBACK");
        assertThat(gateway.server.query("SELECT n FROM held")).containsExactly(List.of("0"));
    }

    @Test
    void what_a_flush_has_run_ahead_of_the_sync_counts_as_a_transaction() throws Exception {
        client.send(parse("", "INSERT INTO held VALUES (6, 6)"), bind("", ""), execute("", 0), flush());
        assertThat(tags(client.readUntil('C'))).isEqualTo("12C");
        client.send(parse("", "UPDATE held SET n = 22"), bind("", ""), execute("", 0), sync());
        hear();
        Pending held = pending();
        assertThat(held.request().command().inTransaction()).isTrue();
        deny(held);
        client.readUntilReady();

        client.send(query("UPDATE held SET n = 23"));
        hear();
        Pending next = pending();
        assertThat(next.request().command().inTransaction()).isFalse();
        deny(next);
        client.readUntilReady();
        assertThat(gateway.server.query("SELECT n FROM held")).containsExactly(List.of("0"));
    }

    @Test
    void a_hold_ends_with_the_token_and_a_later_yes_runs_nothing() throws Exception {
        try (RawClient expiring = gateway.raw(gateway.bot("held").expiresIn(Duration.ofSeconds(4)))) {
            expiring.send(query("UPDATE held SET n = 24"));
            assertThat(expiring.read().tag()).isEqualTo('N');
            Pending held = pending();
            assertThat(held.expiresAt()).isBeforeOrEqualTo(Instant.now().plusSeconds(4));

            List<Message> seen = expiring.readUntilReady();

            assertThat(Answers.sqlState(seen)).isEqualTo("57014");
            assertThat(resolved(held).outcome()).isEqualTo("expired");
            assertThat(approve(held)).isInstanceOf(VoteResult.AlreadyResolved.class);
            // Up to the leeway behind its end the token is good for what needs no approval.
            assertThat(tags(expiring.query("SELECT 1"))).isEqualTo("TDCZ");
        }
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void nobody_in_time_means_no() throws Exception {
        gateway.gate.replace(PolicySet.of(List.of(gateway.shop()), List.of(policy(Duration.ofMillis(300)))));
        client.send(query("UPDATE held SET n = 10"));

        var seen = client.readUntilReady();

        assertThat(Answers.sqlState(seen)).isEqualTo("57014");
        assertThat(tags(client.query("SELECT 1"))).isEqualTo("TDCZ");
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void a_client_that_vanishes_withdraws_and_a_late_yes_runs_nothing() throws Exception {
        client.send(query("UPDATE held SET n = 11"));
        hear();
        Pending held = pending();
        client.close();
        nobodyWaits();

        assertThat(resolved(held).outcome()).isEqualTo("withdrawn");
        assertThat(approve(held)).isInstanceOf(VoteResult.AlreadyResolved.class);
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void a_goodbye_withdraws_whether_it_comes_later_or_right_behind() throws Exception {
        client.send(query("UPDATE held SET n = 12 -- goodbye later"));
        hear();
        client.send(terminate());
        nobodyWaits();
        try (RawClient other = gateway.raw(gateway.bot("held"))) {
            // A text that was never seen before: the goodbye is there before the hold begins.
            other.send(query("UPDATE held SET n = 13 -- goodbye " + System.nanoTime()), terminate());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> Answers.outcomes(gateway, "n = 13").contains("hold"));
            nobodyWaits();
        }
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void a_cancel_withdraws_and_the_session_goes_on() throws Exception {
        try (RawClient cancelled = RawClient.connectTls(gateway.port(), gateway.certificates.authority())) {
            byte[] key = cancelled.login("bot", "shop", gateway.bot("held").mint()).stream()
                    .filter(m -> m.tag() == 'K')
                    .findFirst()
                    .orElseThrow()
                    .body();
            cancelled.send(query("UPDATE held SET n = 14"));
            assertThat(cancelled.read().tag()).isEqualTo('N');
            CancelIT.cancel(gateway, key);

            assertThat(Answers.sqlState(cancelled.readUntilReady())).isEqualTo("57014");
            assertThat(tags(cancelled.query("SELECT 1"))).isEqualTo("TDCZ");
        }
        nobodyWaits();
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void what_is_sent_behind_a_held_command_waits_its_turn() throws Exception {
        client.send(query("UPDATE held SET n = 15"), query("SELECT n FROM held"), query("SELECT 'last'"));
        hear();
        approve(pending());

        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("15");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("last");
    }

    @Test
    void a_client_that_flushes_is_held_too() throws Exception {
        client.send(parse("u", "UPDATE held SET n = $1"), flush());
        assertThat(client.read().tag()).isEqualTo('1');
        client.send(bind("", "u", "16"), execute("", 0), flush());
        hear();
        approve(pending());
        assertThat(tags(client.readUntil('C'))).isEqualTo("2C");
        client.send(sync());
        assertThat(tags(client.readUntilReady())).isEqualTo("Z");
        assertThat(n()).isEqualTo("16");
    }

    @Test
    void a_new_policy_decides_what_is_held_again() throws Exception {
        client.send(query("UPDATE held SET n = 17"));
        hear();
        gateway.gate.replace(PolicySet.of(
                List.of(gateway.shop()),
                List.of(Policies.forGroup("held")
                        .allow(EnumSet.of(Action.READ), "table:public.*")
                        .build())));
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("42501");

        gateway.gate.replace(PolicySet.of(List.of(gateway.shop()), List.of(policy(Duration.ofMinutes(1)))));
        client.send(query("UPDATE held SET n = 18"));
        hear();
        gateway.gate.replace(PolicySet.of(
                List.of(gateway.shop()),
                List.of(Policies.forGroup("held")
                        .allow(EnumSet.of(Action.UPDATE, Action.READ), "table:public.*")
                        .build())));
        assertThat(tags(client.readUntilReady())).isEqualTo("CZ");
        assertThat(n()).isEqualTo("18");
    }

    @Test
    void one_approval_lets_one_run_through() throws Exception {
        client.send(parse("u", "UPDATE held SET n = n + 1"), sync());
        client.readUntilReady();
        for (int i = 1; i <= 2; i++) {
            client.send(bind("", "u"), execute("", 0), sync());
            hear();
            approve(pending());
            assertThat(tags(client.readUntilReady())).isEqualTo("2CZ");
            assertThat(n()).isEqualTo(String.valueOf(i));
        }
    }

    @Test
    void the_requester_cannot_approve() throws Exception {
        client.send(query("UPDATE held SET n = 19"));
        hear();
        Pending held = pending();
        assertThat(gateway.approvals
                        .approve(held.id(), gateway.identity(gateway.bot("oncall", "held")), "myself")
                        .join())
                .isInstanceOf(VoteResult.NotEligible.class);
        deny(held);
        client.readUntilReady();
        assertThat(n()).isEqualTo("0");
    }

    @Test
    void a_gateway_that_stops_says_so_to_who_waits() throws Exception {
        client.send(query("UPDATE held SET n = 20"));
        hear();
        gateway.sessions.drain();

        Message last = null;
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            last = next;
        }
        assertThat(last).isNotNull();
        assertThat(last.field('C')).isEqualTo("57P01");
        nobodyWaits();
        assertThat(n()).isEqualTo("0");
    }
}
