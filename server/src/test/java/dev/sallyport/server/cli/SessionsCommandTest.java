package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.audit.AuditLogOptions;
import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SessionsCommandTest {
    private static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Duration> waits = new ArrayList<>();
    private int columns;
    private Optional<Steps> steps = Optional.empty();

    @BeforeEach
    void record_two_sessions() throws IOException {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(
                directory, AuditLogOptions.DEFAULT, Clock.fixed(AT, ZoneOffset.UTC), LocalKey.inDirectory(directory))) {
            log.append(new AuditEvent.GatewayStarted(AT, "0"));
            log.append(new AuditEvent.ConnectionRefused(
                    AT, "inc-9", "postgres", "192.0.2.9:1", "orders", "x", Optional.empty(), "token-expired", ""));
            log.append(opened("aaa", "bob", "orders", AT));
            log.append(opened("bbb", "eve", "billing", AT.plusSeconds(60)));
            log.append(
                    command("aaa", 1, AT.plusSeconds(2), "SELECT id,\n\temail\u001b[2J FROM customers", "allow", ""));
            log.append(answered("aaa", 1, AT.plusSeconds(2)));
            log.append(command("bbb", 1, AT.plusSeconds(61), "DROP TABLE orders", "deny", "inc-1"));
            log.append(command("aaa", 2, AT.plusSeconds(3), "UPDATE customers SET email = $1", "hold", ""));
            log.append(new AuditEvent.ApprovalRequested(
                    AT.plusSeconds(3), "app1", "aaa", 2, "d", List.of("okta:oncall"), 1, AT.plusSeconds(603), 1));
            log.append(new AuditEvent.ApprovalVoted(AT.plusSeconds(30), "other", "s9", "okta:zoe", true, true, ""));
            log.append(
                    new AuditEvent.ApprovalVoted(AT.plusSeconds(33), "app1", "aaa", "okta:ann", true, true, "CHG-1"));
            log.append(new AuditEvent.ApprovalResolved(AT.plusSeconds(33), "app1", "aaa", 2, "approved", ""));
            log.append(new AuditEvent.GrantUsed(AT.plusSeconds(33), "app1", "aaa", 2, "d"));
            log.append(new AuditEvent.SessionClosed(AT.plusSeconds(40), "aaa", "client closed", 2, 10, 20));
        }
    }

    @Test
    void lists_who_did_how_much() {
        assertThat(run("list", "--audit-dir", directory.toString())).isZero();
        assertThat(out.toString().lines())
                .hasSize(4)
                .anyMatch(line -> line.matches(" aaa .*okta:bob .*orders .*2 +\\| 0 +\\| 1 +\\| 0 +\\|.*client closed"))
                .anyMatch(line -> line.matches(" bbb .*okta:eve .*billing .*1 +\\| 1 +\\| 0 +\\| 0 +\\| -"));
    }

    @Test
    void a_damaged_log_is_shown_as_far_as_it_goes_and_is_no_success() throws Exception {
        SegmentedAuditLog.open(directory, AuditLogOptions.DEFAULT, Clock.systemUTC(), LocalKey.inDirectory(directory))
                .close();
        Path segment = directory.resolve("0000000001.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);

        assertThat(run("list", "--audit-dir", directory.toString())).isEqualTo(1);

        assertThat(out.toString()).contains(" aaa ");
        assertThat(err.toString()).contains("the log is damaged (", "segment 1", "audit verify says more");
    }

    @Test
    void filters_what_it_lists() {
        assertThat(listed("--identity", "okta:bob")).containsExactly("aaa");
        assertThat(listed("--identity", "eve")).containsExactly("bbb");
        assertThat(listed("--target", "billing")).containsExactly("bbb");
        assertThat(listed("--outcome", "denied")).containsExactly("bbb");
        assertThat(listed("--outcome", "held")).containsExactly("aaa");
        assertThat(listed("--since", "2026-03-04T05:07:00Z")).containsExactly("bbb");
        assertThat(listed("--until", "2026-03-04T05:07:00Z")).containsExactly("aaa");
        assertThat(listed("--since", "1h")).containsExactly("aaa", "bbb");
        assertThat(listed("--since", "2026-03-05")).isEmpty();
    }

    @Test
    void lists_refused_connections() {
        assertThat(run("list", "--audit-dir", directory.toString(), "--refused"))
                .isZero();
        assertThat(out.toString()).contains("inc-9", "token-expired", "x (claimed)");
    }

    @Test
    void replays_a_session_as_it_was_seen() {
        assertThat(run("replay", "--audit-dir", directory.toString(), "aaa")).isZero();
        assertThat(out.toString())
                .contains("who      okta:bob, client cid-1, through agent")
                .contains("  2.000  orders=> SELECT id,")
                .contains("email\\u{1b}[2J FROM customers")
                .contains("$1 = '7'")
                .contains("allowed by p/allow[0]")
                .contains(" id | email [redact]")
                .contains(" 42 | \\u{202e}x")
                .contains(" 7  | NULL")
                .contains("(SELECT 2; 2 rows, 30 bytes; 1.5 ms)")
                .contains("okta:ann says yes (CHG-1)")
                .contains("#2 runs, on approval app1")
                .contains("closed: client closed")
                .doesNotContain("DROP TABLE", "okta:zoe", "\u001b", "\u202e");
        assertThat(waits).contains(Duration.ofSeconds(2), Duration.ofSeconds(30));
    }

    @Test
    void replays_faster_or_at_once() {
        run("replay", "--audit-dir", directory.toString(), "aaa", "--speed", "10", "--max-wait", "1");
        assertThat(waits)
                .contains(Duration.ofMillis(200), Duration.ofSeconds(1))
                .allMatch(w -> w.toMillis() <= 1000);
        waits.clear();
        run("replay", "--audit-dir", directory.toString(), "aaa", "--speed", "0");
        assertThat(waits).isEmpty();
    }

    @Test
    void steps_from_command_to_command_until_told_to_end() {
        assertThat(run("replay", "--audit-dir", directory.toString(), "aaa", "--step"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("standard input is no terminal");
        Keys keys = new Keys(1);
        steps = Optional.of(keys);

        assertThat(run("replay", "--audit-dir", directory.toString(), "aaa", "--step"))
                .isZero();

        assertThat(out.toString()).contains("SELECT id,", "(SELECT 2; 2 rows").doesNotContain("UPDATE customers");
        assertThat(waits).isEmpty();
        assertThat(keys.closed).isTrue();
        assertThat(run("replay", "--audit-dir", directory.toString(), "aaa", "--step", "--speed", "2"))
                .isEqualTo(2);
    }

    /** Says go on so many times. */
    private static final class Keys implements Steps {
        private int left;
        private boolean closed;

        Keys(int count) {
            this.left = count;
        }

        @Override
        public boolean next() {
            return left-- > 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void says_where_the_log_ends_before_the_session() {
        run("replay", "--audit-dir", directory.toString(), "bbb", "--speed", "0");
        assertThat(out.toString()).contains("The log has no end of this session");
    }

    @Test
    void shows_every_event_of_a_session() {
        assertThat(run("show", "--audit-dir", directory.toString(), "bbb")).isZero();
        assertThat(out.toString())
                .contains("session-opened", "command-decided", "text         DROP TABLE orders", "inc-1")
                .doesNotContain("approval");
    }

    @Test
    void prints_json_lines_of_nothing_but_printable_ascii() {
        assertThat(run("show", "--audit-dir", directory.toString(), "aaa", "--json"))
                .isZero();
        List<JsonNode> events = out.toString()
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        assertThat(events).hasSize(9);
        assertThat(out.toString().chars()).allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f));
        JsonNode answered = events.get(2);
        assertThat(answered.path("type").asString()).isEqualTo("answered");
        assertThat(answered.path("rows").toString()).isEqualTo("[[\"42\",\"\u202ex\"],[\"7\",null]]");
        assertThat(events.get(1).path("at").asString()).isEqualTo("2026-03-04T05:06:09Z");
    }

    @Test
    void says_what_it_cannot_do() {
        assertThat(run("show", "--audit-dir", directory.toString(), "zzz")).isEqualTo(1);
        assertThat(err.toString()).contains("no session zzz");
        assertThat(run("list", "--audit-dir", directory.resolve("none").toString()))
                .isEqualTo(1);
        assertThat(run("list")).isEqualTo(2);
        assertThat(run("list", "--audit-dir", "a", "--outcome", "odd")).isEqualTo(2);
        assertThat(run("list", "--audit-dir", "a", "--config", "b")).isEqualTo(2);
        assertThat(run("list", "--audit-dir", directory.toString(), "--since", "soon"))
                .isEqualTo(2);
        assertThat(run("replay", "--audit-dir", directory.toString(), "aaa", "--speed", "-1"))
                .isEqualTo(2);
    }

    @Test
    void verify_says_whether_the_log_is_whole() throws IOException {
        assertThat(audit("verify", "--audit-dir", directory.toString())).isZero();
        assertThat(out.toString()).contains(": whole (records 14, segments 1)", "vouched for up to record 14");

        Path file = directory.resolve("0000000001.log");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        assertThat(audit("verify", "--audit-dir", directory.toString())).isEqualTo(1);
        assertThat(out.toString()).contains("NOT WHOLE", "FAULT 0000000001.log offset", "record 13: wrong checksum");
        assertThat(audit("verify")).isEqualTo(2);
    }

    @Test
    void a_torn_end_is_told_beside_what_can_be_read() throws IOException {
        Path file = directory.resolve("0000000001.log");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));

        assertThat(run("list", "--audit-dir", directory.toString())).isZero();
        assertThat(out.toString()).contains(" aaa ");
        assertThat(err.toString()).contains("cannot be read").contains("cut short");
    }

    private List<String> listed(String... filter) {
        out.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of("list", "--json", "--audit-dir", directory.toString()));
        arguments.addAll(List.of(filter));
        assertThat(run(arguments.toArray(String[]::new))).isZero();
        return out.toString()
                .lines()
                .map(line -> JsonMapper.shared().readTree(line).path("session").asString())
                .toList();
    }

    private int run(String... arguments) {
        PrintWriter writer = new PrintWriter(out, true);
        Clock clock = Clock.fixed(AT.plusSeconds(1800), ZoneOffset.UTC);
        SessionsReplay replay = new SessionsReplay(writer, waits::add, () -> columns, () -> steps);
        return execute(new CommandLine(new SessionsCommand(writer, clock)).addSubcommand(replay), arguments);
    }

    private int audit(String... arguments) {
        return execute(AuditCommand.line(new PrintWriter(out, true)), arguments);
    }

    private int execute(CommandLine line, String... arguments) {
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler(new FailureReport());
        return line.execute(arguments);
    }

    private static AuditEvent opened(String session, String subject, String target, Instant at) {
        return new AuditEvent.SessionOpened(
                at,
                session,
                "postgres",
                "192.0.2.1:5000",
                target,
                "okta",
                subject,
                Optional.of("cid-1"),
                List.of("okta:support"),
                List.of("agent"),
                "",
                "psql",
                1,
                at.plusSeconds(3600));
    }

    private static AuditEvent command(
            String session, long sequence, Instant at, String text, String outcome, String incident) {
        return new AuditEvent.CommandDecided(
                at,
                session,
                sequence,
                text,
                List.of(new RecordedParameter("23", "text", Optional.of("7".getBytes(StandardCharsets.UTF_8)))),
                List.of(Effect.of(Action.READ, "table", "public.customers")),
                outcome,
                outcome.equals("deny") ? "RULE" : "",
                "",
                List.of("p/allow[0]"),
                1,
                incident,
                250);
    }

    private static AuditEvent answered(String session, long sequence, Instant at) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        rows.writeBytes(new byte[] {0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 42, 0, 0, 0, 4});
        rows.writeBytes("\u202ex".getBytes(StandardCharsets.UTF_8));
        rows.writeBytes(new byte[] {0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 7, -1, -1, -1, -1});
        return new AuditEvent.Answered(
                at,
                session,
                sequence,
                0,
                List.of(new RecordedColumn("id", "23", true, ""), new RecordedColumn("email", "25", false, "redact")),
                rows.toByteArray(),
                2,
                30,
                false,
                "",
                false,
                "SELECT 2",
                List.of(),
                20,
                900,
                1500);
    }
}
