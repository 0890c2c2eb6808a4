package dev.sallyport.core.approval;

import static dev.sallyport.core.approval.Asked.ALICE;
import static dev.sallyport.core.approval.Asked.BOB;
import static dev.sallyport.core.approval.Asked.BOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.command.Command;
import dev.sallyport.core.identity.Identity;
import dev.sallyport.core.identity.TestIdentities;
import dev.sallyport.core.policy.Decision;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApprovalsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final Clock clock = new Clock() {
        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    };
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RecordedEvents audit = new RecordedEvents();
    private final Approvals approvals = with(new ApprovalLimits(100, 10, Duration.ofMinutes(1)));
    private final List<Resolution> resolutions = new CopyOnWriteArrayList<>();

    private Approvals with(ApprovalLimits limits) {
        return new Approvals(limits, audit, clock, new SecureRandom(), timer);
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private Pending ask(Identity identity, Command command, int count, Duration hold, String... groups) {
        Request request = Asked.request(identity, command, Asked.hold(Asked.terms(count, hold, groups), 1));
        return ((Held.Waiting) approvals.request(request, resolutions::add)).pending();
    }

    private Pending ask(int count) {
        return ask(BOT, Asked.update(), count, LONG, "oncall");
    }

    private VoteResult approve(Pending pending, Identity approver) {
        return approvals.approve(pending.id(), approver, "").join();
    }

    private Resolution.Approved approved() {
        return (Resolution.Approved) resolutions.getFirst();
    }

    // Votes.

    @Test
    void releases_a_command_that_enough_people_approved() {
        Pending pending = ask(2);

        assertThat(approve(pending, ALICE)).isEqualTo(new VoteResult.Counted(1));
        assertThat(resolutions).isEmpty();
        assertThat(approvals.find(pending.id()).orElseThrow().remaining()).isEqualTo(1);
        assertThat(approve(pending, BOB)).isEqualTo(new VoteResult.Resolved());

        assertThat(approved().decision()).isEqualTo(pending.decision());
        assertThat(approvals.list()).isEmpty();
        assertThat(approve(pending, ALICE)).isEqualTo(new VoteResult.AlreadyResolved("approved"));
        assertThat(audit.all(AuditEvent.ApprovalResolved.class))
                .extracting(AuditEvent.ApprovalResolved::outcome)
                .containsExactly("approved");
    }

    @Test
    void counts_one_person_once_whatever_groups_and_clients_they_have() {
        Pending pending = ask(BOT, Asked.update(), 2, LONG, "oncall", "leads");
        Identity bobAgain = TestIdentities.identity(
                "okta", "bob", Optional.of("phone"), List.of(), Instant.parse("2100-01-01T00:00:00Z"), "leads");

        assertThat(approve(pending, BOB)).isEqualTo(new VoteResult.Counted(1));
        assertThat(approve(pending, bobAgain)).isInstanceOf(VoteResult.NotEligible.class);
        assertThat(resolutions).isEmpty();
        assertThat(audit.all(AuditEvent.ApprovalVoted.class))
                .extracting(AuditEvent.ApprovalVoted::accepted)
                .containsExactly(true, false);
    }

    @Test
    void lets_nobody_approve_what_they_ask_for() {
        Instant end = Instant.parse("2100-01-01T00:00:00Z");
        Identity delegated =
                TestIdentities.identity("okta", "carol", Optional.of("cli"), List.of("bot", "dave"), end, "oncall");
        Pending pending = ask(delegated, Asked.update(), 1, LONG, "oncall");

        Identity sameElsewhere =
                TestIdentities.identity("okta", "carol", Optional.of("other"), List.of(), end, "oncall");
        Identity actor = TestIdentities.okta("dave", "oncall");
        Identity throughTheRequester =
                TestIdentities.identity("okta", "eve", Optional.empty(), List.of("carol"), end, "oncall");
        Identity throughTheSameActor =
                TestIdentities.identity("okta", "eve", Optional.empty(), List.of("bot"), end, "oncall");
        for (Identity approver : List.of(sameElsewhere, actor, throughTheRequester, throughTheSameActor)) {
            assertThat(approve(pending, approver)).as("%s", approver).isInstanceOf(VoteResult.NotEligible.class);
            assertThat(approvals.isEligible(pending, approver)).isFalse();
        }
        assertThat(approve(pending, ALICE)).isEqualTo(new VoteResult.Resolved());
    }

    @Test
    void takes_no_word_from_outside_the_approvers_groups() {
        Pending pending = ask(1);
        Identity stranger = TestIdentities.okta("mallory", "writers");
        Identity otherIssuer = TestIdentities.identity(
                "keycloak", "alice", Optional.empty(), List.of(), Instant.parse("2100-01-01T00:00:00Z"), "oncall");
        Identity late = TestIdentities.identity(
                "okta", "alice", Optional.empty(), List.of(), Instant.parse("2025-01-01T00:00:00Z"), "oncall");

        for (Identity approver : List.of(stranger, otherIssuer, late)) {
            assertThat(approve(pending, approver)).isInstanceOf(VoteResult.NotEligible.class);
            assertThat(approvals.deny(pending.id(), approver, "").join()).isInstanceOf(VoteResult.NotEligible.class);
        }
        assertThat(resolutions).isEmpty();
    }

    @Test
    void ends_with_one_no_even_of_somebody_who_approved() {
        Pending pending = ask(2);

        approve(pending, ALICE);
        assertThat(approvals.deny(pending.id(), ALICE, "not today").join()).isEqualTo(new VoteResult.Resolved());

        assertThat(resolutions).containsExactly(new Resolution.Denied("okta:alice", "not today"));
        assertThat(approve(pending, BOB)).isEqualTo(new VoteResult.AlreadyResolved("denied"));
    }

    @Test
    void counts_a_vote_only_once_it_is_on_disk() {
        Pending pending = ask(1);
        audit.slow = true;

        CompletableFuture<VoteResult> vote = approvals.approve(pending.id(), ALICE, "");
        assertThat(vote).isNotDone();
        assertThat(resolutions).isEmpty();
        audit.answer();

        assertThat(vote).isCompletedWithValue(new VoteResult.Resolved());
        assertThat(audit.synced).hasExactlyElementsOfTypes(AuditEvent.ApprovalVoted.class);
    }

    @Test
    void counts_no_vote_that_the_log_could_not_keep() {
        Pending pending = ask(1);
        audit.slow = true;
        CompletableFuture<VoteResult> vote = approvals.approve(pending.id(), ALICE, "");
        audit.healthy = false;
        audit.answer();

        assertThat(vote.join()).isEqualTo(new VoteResult.NotRecorded());
        assertThat(resolutions).isEmpty();
        assertThat(approvals.request(pending.request(), resolutions::add)).isInstanceOf(Held.Rejected.class);
    }

    @Test
    void counts_two_votes_of_one_person_once_that_wait_for_the_disk_together() {
        Pending pending = ask(2);
        audit.slow = true;
        CompletableFuture<VoteResult> first = approvals.approve(pending.id(), ALICE, "");
        CompletableFuture<VoteResult> second = approvals.approve(pending.id(), ALICE, "");
        audit.answer();

        assertThat(first.join()).isEqualTo(new VoteResult.Counted(1));
        assertThat(second.join()).isInstanceOf(VoteResult.NotEligible.class);
    }

    @Test
    void knows_no_id_that_was_never_given() {
        assertThat(approvals.approve("0000000000", ALICE, "").join()).isEqualTo(new VoteResult.NotFound());
        assertThat(approvals.find("0000000000")).isEmpty();
        assertThat(ask(1).id()).matches("[0-9a-hjkmnp-tv-z]{10}");
    }

    // Ends.

    @Test
    void expires_by_itself() {
        ask(BOT, Asked.update(), 1, Duration.ofMillis(20), "oncall");

        await().until(() -> !resolutions.isEmpty());
        assertThat(resolutions).containsExactly(new Resolution.Expired());
        assertThat(approvals.list()).isEmpty();
    }

    @Test
    void ends_with_the_token_and_sooner_inside_a_transaction() {
        Instant tokenEnd = now.get().plusSeconds(5);
        Identity brief = TestIdentities.identity("okta", "bot", Optional.empty(), List.of(), tokenEnd, "writers");

        assertThat(ask(brief, Asked.update(), 1, LONG, "oncall").expiresAt()).isEqualTo(tokenEnd);
        assertThat(ask(BOT, Asked.update(), 1, LONG, "oncall").expiresAt())
                .isEqualTo(now.get().plus(LONG));
        assertThat(ask(BOT, Asked.command("DELETE", "x", true), 1, LONG, "oncall")
                        .expiresAt())
                .isEqualTo(now.get().plus(LONG.dividedBy(10)));
    }

    @Test
    void takes_no_vote_after_its_time_though_the_timer_is_late() {
        Pending pending = ask(1);
        now.set(pending.expiresAt());

        assertThat(approve(pending, ALICE)).isEqualTo(new VoteResult.AlreadyResolved("expired"));
        assertThat(resolutions).containsExactly(new Resolution.Expired());
    }

    @Test
    void runs_nothing_that_was_withdrawn_before_its_approval() {
        Pending pending = ask(1);

        assertThat(approvals.withdraw(pending.id(), Withdrawal.CLIENT_GONE)).isTrue();
        assertThat(approvals.withdraw(pending.id(), Withdrawal.CLIENT_GONE)).isFalse();
        assertThat(approve(pending, ALICE)).isEqualTo(new VoteResult.AlreadyResolved("withdrawn"));
        assertThat(resolutions).containsExactly(new Resolution.Withdrawn(Withdrawal.CLIENT_GONE));
    }

    @Test
    void withdraws_all_when_the_gateway_stops_and_holds_no_more() {
        Pending pending = ask(1);
        ask(1);

        approvals.stop();

        assertThat(resolutions).hasSize(2).containsOnly(new Resolution.Withdrawn(Withdrawal.STOPPING));
        assertThat(approvals.request(pending.request(), resolutions::add))
                .isEqualTo(new Held.Rejected("the gateway is stopping"));
    }

    @Test
    void bounds_what_waits_in_all_and_for_one_identity() {
        Approvals small = with(new ApprovalLimits(3, 2, Duration.ofMinutes(1)));
        Decision.Hold hold = Asked.hold(Asked.terms(1, LONG, "oncall"), 1);
        Request bots = Asked.request(BOT, Asked.update(), hold);
        Request others = Asked.request(TestIdentities.okta("other"), Asked.update(), hold);

        assertThat(small.request(bots, resolutions::add)).isInstanceOf(Held.Waiting.class);
        Held second = small.request(bots, resolutions::add);
        assertThat(small.request(bots, resolutions::add)).isInstanceOf(Held.Rejected.class);
        assertThat(small.request(others, resolutions::add)).isInstanceOf(Held.Waiting.class);
        assertThat(small.request(others, resolutions::add)).isInstanceOf(Held.Rejected.class);

        small.withdraw(((Held.Waiting) second).pending().id(), Withdrawal.CANCELLED);
        assertThat(small.request(bots, resolutions::add)).isInstanceOf(Held.Waiting.class);
    }

    // A newer policy.

    @Test
    void keeps_its_votes_under_a_newer_policy_of_the_same_terms() {
        Pending pending = ask(2);
        approve(pending, ALICE);

        approvals.redecide(held -> Asked.hold(held.decision().terms(), 2));

        assertThat(approvals.find(pending.id()).orElseThrow().decision().revision())
                .isEqualTo(2);
        assertThat(approve(pending, BOB)).isEqualTo(new VoteResult.Resolved());
        Grant grant = approved().grant();
        assertThat(grant.use(pending.digest(), 2)).isInstanceOf(Grant.Use.Granted.class);
    }

    @Test
    void starts_its_votes_anew_under_other_terms_and_waits_no_longer_than_before() {
        Pending pending = ask(2);
        approve(pending, ALICE);

        approvals.redecide(held -> Asked.hold(Asked.terms(2, Duration.ofMinutes(1), "oncall"), 2));
        Pending shorter = approvals.find(pending.id()).orElseThrow();
        approvals.redecide(held -> Asked.hold(Asked.terms(2, Duration.ofHours(1), "oncall"), 3));
        Pending longer = approvals.find(pending.id()).orElseThrow();

        assertThat(shorter.votes()).isEmpty();
        assertThat(shorter.expiresAt()).isEqualTo(now.get().plus(Duration.ofMinutes(1)));
        assertThat(longer.expiresAt()).isEqualTo(shorter.expiresAt());
        assertThat(approve(pending, ALICE)).isEqualTo(new VoteResult.Counted(1));
    }

    @Test
    void counts_no_vote_that_was_given_on_earlier_terms() {
        Pending pending = ask(1);
        audit.slow = true;
        CompletableFuture<VoteResult> vote = approvals.approve(pending.id(), ALICE, "");
        approvals.redecide(held -> Asked.hold(Asked.terms(1, LONG, "oncall", "leads"), 2));
        audit.answer();

        assertThat(vote.join()).isInstanceOf(VoteResult.NotEligible.class);
        assertThat(resolutions).isEmpty();
    }

    @Test
    void ends_as_a_newer_policy_says() {
        Pending pending = ask(1);
        Decision.Allow allow = new Decision.Allow(pending.decision().obligations(), List.of("p/allow[0]"), 2);
        Decision.Deny deny = new Decision.Deny(Decision.Reason.RULE, "no", "", List.of(), 3);

        approvals.redecide(held -> allow);
        ask(1);
        approvals.redecide(held -> deny);
        ask(1);
        approvals.redecide(held -> {
            throw new IllegalStateException("broken");
        });

        assertThat(resolutions.get(0)).isEqualTo(new Resolution.Allowed(allow));
        assertThat(resolutions.get(1)).isEqualTo(new Resolution.PolicyDenied(deny));
        assertThat(resolutions.get(2))
                .isInstanceOfSatisfying(
                        Resolution.PolicyDenied.class,
                        denied -> assertThat(denied.decision().reason()).isEqualTo(Decision.Reason.FAILURE));
    }

    // Grants.

    @Test
    void grants_one_run_of_the_same_command() {
        Pending pending = ask(1);
        approve(pending, ALICE);
        Grant grant = approved().grant();

        assertThat(grant.use(pending.digest(), 1)).isInstanceOf(Grant.Use.Granted.class);
        assertThat(grant.use(pending.digest(), 1)).isEqualTo(new Grant.Use.Refused("the approval was used before"));
        assertThat(audit.all(AuditEvent.GrantUsed.class))
                .containsExactly(new AuditEvent.GrantUsed(
                        now.get(), pending.id(), "s1", 3, pending.digest().hex()));
    }

    @Test
    void grants_nothing_to_another_command_under_another_policy_or_too_late() {
        Digest other = CommandDigest.of(BOT, Asked.ORDERS, Asked.command("UPDATE t", "y", false));
        for (int round = 0; round < 3; round++) {
            ask(1);
            approve(approvals.list().getFirst(), ALICE);
        }
        Digest same = CommandDigest.of(BOT, Asked.ORDERS, Asked.update());
        List<Grant> grants = resolutions.stream()
                .map(resolution -> ((Resolution.Approved) resolution).grant())
                .toList();

        assertThat(grants.get(0).use(other, 1)).isInstanceOf(Grant.Use.Refused.class);
        assertThat(grants.get(0).use(same, 1)).isInstanceOf(Grant.Use.Refused.class);
        assertThat(grants.get(1).use(same, 2)).isInstanceOf(Grant.Use.Refused.class);
        now.set(now.get().plusSeconds(60));
        assertThat(grants.get(2).use(same, 1)).isInstanceOf(Grant.Use.Refused.class);
        assertThat(audit.all(AuditEvent.GrantUsed.class)).isEmpty();
    }

    // All at once.

    @Test
    void ends_exactly_once_whoever_comes_first() throws Exception {
        for (int round = 0; round < 300; round++) {
            resolutions.clear();
            Pending pending = ask(BOT, Asked.update(), 1, Duration.ofMillis(round % 3 + 1), "oncall");
            together(
                    () -> approve(pending, ALICE),
                    () -> approve(pending, BOB),
                    () -> approvals.deny(pending.id(), BOB, ""),
                    () -> approvals.withdraw(pending.id(), Withdrawal.CLIENT_GONE),
                    () -> approvals.redecide(held -> held.decision()));
            await().pollDelay(Duration.ZERO).until(() -> !resolutions.isEmpty());
            assertThat(resolutions).hasSize(1);
            assertThat(approvals.list()).isEmpty();
        }
        assertThat(audit.all(AuditEvent.ApprovalResolved.class)).hasSize(300);
    }

    @Test
    void uses_a_grant_exactly_once_from_many_threads() throws Exception {
        Pending pending = ask(1);
        approve(pending, ALICE);
        Grant grant = approved().grant();
        List<Grant.Use> uses = new CopyOnWriteArrayList<>();

        together(
                () -> uses.add(grant.use(pending.digest(), 1)),
                () -> uses.add(grant.use(pending.digest(), 1)),
                () -> uses.add(grant.use(pending.digest(), 1)),
                () -> uses.add(grant.use(pending.digest(), 1)));

        assertThat(uses).filteredOn(Grant.Use.Granted.class::isInstance).hasSize(1);
    }

    private static void together(Runnable... actions) throws Exception {
        CyclicBarrier start = new CyclicBarrier(actions.length);
        List<Thread> threads = new ArrayList<>();
        for (Runnable action : actions) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                action.run();
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
