package dev.sallyport.core.audit;

import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import dev.sallyport.core.command.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One event of each kind, with every field filled, and some with fields empty. */
final class SampleEvents {
    static final Instant AT = Instant.parse("2026-03-04T05:06:07.123456Z");

    private SampleEvents() {}

    static AuditEvent command(String session, long sequence, String text) {
        return new AuditEvent.CommandDecided(
                AT,
                session,
                sequence,
                text,
                List.of(
                        new RecordedParameter("23", "text", Optional.of("7".getBytes(StandardCharsets.UTF_8))),
                        new RecordedParameter("", "binary", Optional.empty()),
                        new RecordedParameter("25", "digest", Optional.of(new byte[] {0, -1, 127}))),
                List.of(
                        Effect.of(Action.READ, "table", "public.orders"),
                        new Effect(Action.DELETE, new ObjectRef("table", "public.a:b"), false, "no WHERE"),
                        Effect.of(Action.SESSION, "transaction", "")),
                "allow",
                "",
                "",
                List.of("support/allow[0]"),
                3,
                "",
                17);
    }

    static AuditEvent shortCommand(String session, long sequence) {
        return new AuditEvent.CommandDecided(
                AT,
                session,
                sequence,
                "SELECT " + sequence,
                List.of(),
                List.of(),
                "allow",
                "",
                "",
                List.of(),
                1,
                "",
                0);
    }

    /** A short statement as a driver repeats it, with its effect and the rule that allowed it. */
    static AuditEvent repeatedCommand(String session, long sequence) {
        return new AuditEvent.CommandDecided(
                AT.plusNanos(sequence * 350_000),
                session,
                sequence,
                "SELECT abalance FROM pgbench_accounts WHERE aid = $1;",
                List.of(new RecordedParameter(
                        "23",
                        "text",
                        Optional.of(Long.toString(sequence * 7919 % 100_000).getBytes(StandardCharsets.UTF_8)))),
                List.of(Effect.of(Action.READ, "table", "public.pgbench_accounts")),
                "allow",
                "",
                "",
                List.of("everything/allow[0]"),
                1,
                "",
                60 + sequence % 40);
    }

    /** The answer to it: one row of one small number. */
    static AuditEvent repeatedAnswer(String session, long sequence) {
        return new AuditEvent.Answered(
                AT.plusNanos(sequence * 350_000 + 170_000),
                session,
                sequence,
                0,
                List.of(new RecordedColumn("abalance", "23", false, "")),
                new byte[] {0, 0, 0, 1, 0, 0, 0, 1, '0'},
                1,
                1,
                false,
                "",
                false,
                "SELECT 1",
                List.of(),
                120 + sequence % 30,
                160 + sequence % 45,
                170 + sequence % 50);
    }

    static AuditEvent.SessionOpened opened(String session) {
        return new AuditEvent.SessionOpened(
                AT,
                session,
                "postgres",
                "192.0.2.1:5003",
                "orders",
                "okta",
                "bob",
                Optional.of("client-1"),
                List.of("okta:support"),
                List.of("agent"),
                "bob",
                "psql",
                7,
                AT.plusSeconds(600));
    }

    static List<AuditEvent> all() {
        return List.of(
                new AuditEvent.GatewayStarted(AT, "0.1.0"),
                new AuditEvent.GatewayStopped(AT, "SIGTERM"),
                new AuditEvent.RevisionLoaded(AT, 7, "ab12", true, ""),
                new AuditEvent.RevisionLoaded(AT, 7, "ab13", false, "policy.yaml:3:1: unknown key"),
                new AuditEvent.ConnectionRefused(
                        AT,
                        "inc-1",
                        "postgres",
                        "192.0.2.1:5000",
                        "orders",
                        "bob",
                        Optional.of("okta:bob"),
                        "token-expired",
                        "exp was an hour ago"),
                new AuditEvent.ConnectionRefused(
                        AT, "inc-2", "postgres", "192.0.2.1:5001", "", "", Optional.empty(), "no-token", ""),
                new AuditEvent.SessionOpened(
                        AT,
                        "s1",
                        "postgres",
                        "192.0.2.1:5002",
                        "orders",
                        "okta",
                        "bob",
                        Optional.of("client-1"),
                        List.of("okta:support", "okta:readers"),
                        List.of("agent"),
                        "postgres",
                        "psql",
                        7,
                        AT.plusSeconds(600)),
                new AuditEvent.SessionOpened(
                        AT,
                        "s2",
                        "postgres",
                        "[2001:db8::1]:1",
                        "orders",
                        "okta",
                        "eve",
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        "",
                        "",
                        0,
                        Instant.EPOCH),
                new AuditEvent.SessionContinued(AT.plusSeconds(5), opened("s3")),
                command("s1", 1, "SELECT 'ä\u202e\u0000😀', $1 FROM orders"),
                new AuditEvent.CommandDecided(
                        AT,
                        "s1",
                        2,
                        "DROP TABLE orders",
                        List.of(),
                        List.of(Effect.of(Action.DROP, "table", "public.orders")),
                        "deny",
                        "RULE",
                        "Schema changes go through migrations.",
                        List.of("support/deny[0]"),
                        7,
                        "inc-3",
                        0),
                new AuditEvent.ApprovalRequested(
                        AT, "a1", "s1", 3, "d1", List.of("okta:oncall"), 2, AT.plusSeconds(60), 7),
                new AuditEvent.ApprovalVoted(AT, "a1", "s1", "okta:ann", true, true, "fine"),
                new AuditEvent.ApprovalVoted(AT, "a1", "", "okta:bob", true, false, "own request"),
                new AuditEvent.ApprovalResolved(AT, "a1", "s1", 3, "approved", ""),
                new AuditEvent.ApprovalResolved(AT, "a2", "s1", 4, "withdrawn", "the client left"),
                new AuditEvent.GrantUsed(AT, "a1", "s1", 3, "d1"),
                new AuditEvent.Answered(
                        AT,
                        "s1",
                        1,
                        1,
                        List.of(
                                new RecordedColumn("id", "23", true, ""),
                                new RecordedColumn("email", "25", false, "redact")),
                        new byte[] {0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 7, -1, -1, -1, -1},
                        1,
                        16,
                        true,
                        "ab12",
                        false,
                        "SELECT 1",
                        List.of(),
                        12,
                        34,
                        1234),
                new AuditEvent.Answered(
                        AT,
                        "s1",
                        2,
                        0,
                        List.of(),
                        new byte[0],
                        0,
                        0,
                        false,
                        "",
                        true,
                        "error",
                        List.of("severity=ERROR", "code=42P01"),
                        0,
                        0,
                        0),
                new AuditEvent.Noticed(AT, "s1", 2, "notice", List.of("message=hello", "")),
                new AuditEvent.SessionClosed(AT, "s1", "client closed", 3, 100, 200),
                new AuditEvent.SessionErased(AT, "s1", "okta:ann", "request 17"),
                new AuditEvent.HoldPlaced(AT, "s1", "okta:ann", "case 12"),
                new AuditEvent.HoldReleased(AT, "s1", "okta:ann", "case 12 is closed"),
                new AuditEvent.SegmentsDeleted(AT, 3, 7, 1000, 2400, "maxAge PT8760H"),
                new AuditEvent.TailCut(AT, 4, 100, 17, "ff00"),
                new AuditEvent.LogInterrupted(AT, AT.minusSeconds(5), 99, 3, 12, "No space left on device"));
    }
}
