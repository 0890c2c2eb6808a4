package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.closeStatement;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.approval.Pending;
import dev.sallyport.core.approval.VoteResult;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.policy.Limits;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.PolicySet;
import dev.sallyport.testkit.issuer.TokenBuilder;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A person's yes is good for one run of the one command that they saw. */
class ApprovalMisuseIT {
    private static Bait bait;
    private RawClient client;

    @BeforeAll
    static void open() throws Exception {
        bait = new Bait();
    }

    @AfterAll
    static void close() {
        bait.close();
    }

    @BeforeEach
    void connect() throws Exception {
        client = bait.client(Bait.MODEST);
    }

    @AfterEach
    void disconnect() throws Exception {
        client.close();
    }

    private static TokenBuilder oncall() {
        return bait.gateway.issuer.token().subject("ann").groups(Bait.ONCALL);
    }

    private static String memo(int parcel) {
        return String.valueOf(bait.gateway
                .server
                .query("SELECT memo FROM parcel WHERE id = " + parcel)
                .getFirst()
                .getFirst());
    }

    /** Sends, and gives the command that waits then. */
    private static Pending held(RawClient client, byte[]... messages) throws IOException {
        client.send(messages);
        Message notice = client.readUntil('N', 'E').getLast();
        assertThat(notice.tag()).as(notice.toString()).isEqualTo('N');
        String[] words = notice.field('M').split(" ");
        return bait.gateway.approvals.find(words[words.length - 1]).orElseThrow();
    }

    private static VoteResult approve(Pending pending, TokenBuilder approver) throws Exception {
        return bait.gateway
                .approvals
                .approve(pending.id(), bait.gateway.identity(approver), "")
                .get(5, TimeUnit.SECONDS);
    }

    @Test
    void runs_once_what_was_approved_and_asks_again_for_the_same() throws Exception {
        String sql = "UPDATE parcel SET memo = memo || '+' WHERE id = 1";
        String before = memo(1);

        assertThat(approve(held(client, query(sql)), oncall())).isInstanceOf(VoteResult.Resolved.class);
        assertThat(RawClient.tags(client.readUntilReady())).isEqualTo("CZ");
        Pending again = held(client, query(sql));

        assertThat(memo(1)).isEqualTo(before + "+");
        bait.gateway
                .approvals
                .deny(again.id(), bait.gateway.identity(oncall()), "")
                .join();
        assertThat(Bait.refusal(client.readUntilReady())).isEqualTo("42501");
    }

    @Test
    void asks_anew_for_each_execute_with_its_own_values() throws Exception {
        client.send(parse("u", "UPDATE parcel SET memo = $1 WHERE id = $2::int"), sync())
                .readUntilReady();
        Pending first = held(client, bind("", "u", "one", "2"), execute("", 0), sync());
        assertThat(first.request().command().text()).startsWith("UPDATE parcel");
        approve(first, oncall());
        assertThat(RawClient.tags(client.readUntilReady())).isEqualTo("2CZ");

        Pending second = held(client, bind("", "u", "two", "2"), execute("", 0), sync());

        assertThat(second.digest()).isNotEqualTo(first.digest());
        assertThat(memo(2)).isEqualTo("one");
        approve(second, oncall());
        client.readUntilReady();
        assertThat(memo(2)).isEqualTo("two");
    }

    @Test
    void shows_the_statement_that_will_run_where_its_name_was_given_anew_in_the_pipeline() throws Exception {
        client.send(parse("u", "UPDATE parcel SET memo = 'harmless' WHERE id = 3"), sync())
                .readUntilReady();

        Pending pending = held(
                client,
                closeStatement("u"),
                parse("u", "UPDATE parcel SET memo = 'everywhere'"),
                bind("", "u"),
                execute("", 0),
                sync());

        assertThat(pending.request().command().text()).contains("everywhere");
    }

    @Test
    void asks_for_every_execute_of_what_sql_prepared() throws Exception {
        Pending preparing = held(client, query("PREPARE u(text) AS UPDATE parcel SET memo = $1 WHERE id = 4"));
        approve(preparing, oncall());
        client.readUntilReady();

        Pending bySql = held(client, query("EXECUTE u('sql')"));
        assertThat(memo(4)).isNotEqualTo("sql");
        approve(bySql, oncall());
        client.readUntilReady();
        Pending byProtocol = held(client, bind("", "u", "protocol"), execute("", 0), sync());

        assertThat(byProtocol.request().command().text()).isNotBlank();
        assertThat(memo(4)).isEqualTo("sql");
    }

    @Test
    void does_not_take_a_portal_that_ran_for_one_that_was_bound_anew() throws Exception {
        client.send(query("BEGIN")).readUntilReady();
        client.send(parse("r", "SELECT id FROM parcel"), bind("p", "r"), execute("p", 1), sync())
                .readUntilReady();

        Pending pending = held(
                client,
                Messages.closePortal("p"),
                parse("", "UPDATE parcel SET memo = 'bound anew' WHERE id = 5"),
                bind("p", ""),
                execute("p", 0),
                sync());

        assertThat(pending.request().command().inTransaction()).isTrue();
        assertThat(memo(5)).isNotEqualTo("bound anew");
    }

    @Test
    void holds_inside_a_transaction_for_a_shorter_time() throws Exception {
        client.send(query("BEGIN")).readUntilReady();

        Pending pending = held(client, query("UPDATE parcel SET memo = 'x' WHERE id = 6"));

        assertThat(pending.request().command().inTransaction()).isTrue();
        assertThat(pending.decision().terms().hold())
                .isGreaterThanOrEqualTo(pending.decision().terms().holdInTransaction());
    }

    @Test
    void takes_no_vote_of_who_asked_or_has_a_part_in_it() throws Exception {
        TokenBuilder through = bait.gateway.bot(Bait.MODEST).claim("act", Map.of("sub", "carol"));
        try (RawClient delegated = bait.gateway.raw(through)) {
            Pending pending = held(delegated, query("UPDATE parcel SET memo = 'own' WHERE id = 7"));

            List<TokenBuilder> impostors = List.of(
                    bait.gateway.bot(Bait.MODEST, Bait.ONCALL),
                    bait.gateway.bot(Bait.ONCALL).claim("client_id", "another-client"),
                    bait.gateway.issuer.token().subject("carol").groups(Bait.ONCALL),
                    oncall().claim("act", Map.of("sub", "bot")),
                    oncall().claim("act", Map.of("sub", "dora", "act", Map.of("sub", "carol"))),
                    bait.gateway.issuer.token().subject("eve").groups("someone"));
            for (TokenBuilder impostor : impostors) {
                assertThat(approve(pending, impostor)).isInstanceOf(VoteResult.NotEligible.class);
            }
        }
        assertThat(memo(7)).isNotEqualTo("own");
    }

    @Test
    void runs_nothing_that_is_approved_after_its_client_left() throws Exception {
        Pending pending;
        try (RawClient leaving = bait.client(Bait.MODEST)) {
            pending = held(leaving, query("UPDATE parcel SET memo = 'left' WHERE id = 8"));
        }
        while (bait.gateway.approvals.find(pending.id()).isPresent()) {
            Thread.onSpinWait();
        }

        assertThat(approve(pending, oncall())).isInstanceOf(VoteResult.AlreadyResolved.class);
        assertThat(memo(8)).isNotEqualTo("left");
    }

    @Test
    void runs_nothing_that_a_newer_policy_denies_while_it_waits() throws Exception {
        Pending pending = held(client, query("UPDATE parcel SET memo = 'denied by now' WHERE id = 9"));

        List<Policy> stricter = new ArrayList<>(Bait.policies());
        stricter.add(Policies.forGroup(Bait.MODEST)
                .deny(Set.of(Action.UPDATE), "Not today.")
                .build());
        bait.gateway.gate.replace(PolicySet.of(List.of(bait.gateway.shop()), stricter));
        try {
            assertThat(Bait.refusal(client.readUntilReady())).isEqualTo("42501");
            assertThat(approve(pending, oncall())).isInstanceOf(VoteResult.AlreadyResolved.class);
            assertThat(memo(9)).isNotEqualTo("denied by now");
        } finally {
            bait.gateway.gate.replace(PolicySet.of(List.of(bait.gateway.shop()), Bait.policies()));
        }
    }

    @Test
    void judges_a_statement_that_was_parsed_earlier_by_the_policy_of_now() throws Exception {
        client.send(parse("r", "SELECT id FROM parcel"), sync()).readUntilReady();
        List<Policy> stricter = new ArrayList<>(Bait.policies());
        stricter.add(Policies.forGroup(Bait.MODEST)
                .deny(Set.of(Action.READ), "Not today.", "table:public.parcel")
                .build());
        bait.gateway.gate.replace(PolicySet.of(List.of(bait.gateway.shop()), stricter));
        try {
            List<Message> answer =
                    client.send(bind("", "r"), execute("", 0), sync()).readUntilReady();

            assertThat(Bait.refusal(answer)).isEqualTo("42501");
        } finally {
            bait.gateway.gate.replace(PolicySet.of(List.of(bait.gateway.shop()), Bait.policies()));
        }
    }

    @Test
    void stops_an_identity_at_its_own_limits_without_others_noticing() throws Exception {
        Policy limited = Bait.reading(Policies.forGroup("limited"))
                .limits(new Limits(5, 10_000, 3, 2))
                .build();
        try (TestGateway gateway = new TestGateway(List.of(limited));
                RawClient one = gateway.raw(gateway.bot("limited"));
                RawClient two = gateway.raw(gateway.bot("limited"));
                RawClient other =
                        gateway.raw(gateway.issuer.token().subject("other").groups("limited"))) {
            RawClient third = RawClient.connectTls(gateway.port(), gateway.certificates.authority());
            assertThat(third.login("bot", "shop", gateway.bot("limited").mint())
                            .getLast()
                            .tag())
                    .isEqualTo('E');
            List<String> refusals = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                refusals.add(Bait.refusal((i % 2 == 0 ? one : two).query("SELECT 1")));
            }
            assertThat(refusals).contains("53400");
            assertThat(Bait.refusal(other.query("SELECT id FROM parcel LIMIT 5")))
                    .isEmpty();
            List<Message> cut = other.query("SELECT id FROM parcel");
            assertThat(Bait.rows(cut)).hasSize(5);
            assertThat(Bait.refusal(cut)).isEqualTo("53400");
            third.close();
        }
    }

    @Test
    void holds_no_more_of_one_identity_than_its_share() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            String last = "";
            for (int i = 0; i < 22 && last.isEmpty(); i++) {
                RawClient one = bait.client(Bait.MODEST);
                clients.add(one);
                one.send(query("UPDATE parcel SET memo = 'flood' WHERE id = 10"));
                Message first = one.readUntil('N', 'E').getLast();
                last = first.tag() == 'E' ? first.field('C') : "";
            }
            assertThat(last).isNotEmpty();
            try (RawClient other = bait.gateway.raw(
                    bait.gateway.issuer.token().subject("another").groups(Bait.MODEST))) {
                assertThat(held(other, query("UPDATE parcel SET memo = 'x' WHERE id = 11"))
                                .id())
                        .isNotEmpty();
            }
        } finally {
            for (RawClient one : clients) {
                one.close();
            }
        }
        assertThat(memo(10)).isNotEqualTo("flood");
    }
}
