package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditLogOptions;
import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.seal.LocalKey;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.command.Effect;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SearchCommandTest {
    private static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void record_and_index() throws IOException {
        try (SegmentedAuditLog log = SegmentedAuditLog.open(
                directory, AuditLogOptions.DEFAULT, Clock.fixed(AT, ZoneOffset.UTC), LocalKey.inDirectory(directory))) {
            log.append(opened("aaa", "bob", "orders"));
            log.append(opened("bbb", "eve", "billing"));
            log.append(
                    command("aaa", 1, AT.plusSeconds(2), "SELECT id,\n\temail\u001b[2J FROM customers", "allow", ""));
            log.append(command("bbb", 1, AT.plusSeconds(61), "DROP TABLE \u202eorders", "deny", "inc-1"));
            log.append(new AuditEvent.ConnectionRefused(
                    AT.plusSeconds(70),
                    "inc-9",
                    "postgres",
                    "192.0.2.9:1",
                    "orders",
                    "x",
                    Optional.empty(),
                    "gone",
                    ""));
        }
        assertThat(reindex("--audit-dir", directory.toString())).isZero();
        assertThat(out.toString()).isEqualTo("indexed 5 records, up to 2026-03-04T05:07:17Z\n");
        out.getBuffer().setLength(0);
    }

    @Test
    void shows_what_it_finds_the_newest_first_and_harmless() {
        assertThat(search()).isZero();
        assertThat(out.toString().lines().skip(2))
                .hasSize(3)
                .satisfiesExactly(
                        line -> assertThat(line).contains(" 4 ", "x (claimed)", "orders", "refused", "inc-9", "gone"),
                        line -> assertThat(line)
                                .contains(
                                        " 3 ",
                                        "okta:eve",
                                        "billing",
                                        "bbb #1",
                                        "deny",
                                        "inc-1",
                                        "DROP TABLE \\u{202e}"),
                        line -> assertThat(line)
                                .contains(" 2 ", "okta:bob", "orders", "aaa #1", "allow", "email\\u{1b}[2J"));
        assertThat(out.toString()).doesNotContain("\u001b", "\u202e");
        assertThat(err.toString()).contains("the index is current up to record 5 (2026-03-04T05:07:17Z)");
    }

    @Test
    void finds_by_everything_that_can_be_asked() {
        assertThat(found("--identity", "okta:bob")).containsExactly(2L);
        assertThat(found("--identity", "eve")).containsExactly(3L);
        assertThat(found("--group", "okta:support")).containsExactly(3L, 2L);
        assertThat(found("--client", "cid-1", "--target", "billing")).containsExactly(3L);
        assertThat(found("--action", "read", "--object", "table:public.customers"))
                .containsExactly(3L, 2L);
        assertThat(found("--action", "read", "--action", "drop")).isEmpty();
        assertThat(found("--outcome", "denied")).containsExactly(3L);
        assertThat(found("--outcome", "refused")).containsExactly(4L);
        assertThat(found("--rule", "p/allow[0]", "--session", "aaa")).containsExactly(2L);
        assertThat(found("--incident", "inc-9")).containsExactly(4L);
        assertThat(found("--word", "EMAIL", "--word", "customers")).containsExactly(2L);
        assertThat(found("--word", "email customers")).containsExactly(2L);
        assertThat(found("--since", "2026-03-04T05:07:00Z")).containsExactly(4L, 3L);
        assertThat(found("--since", "1h", "--until", "2026-03-04T05:07:00Z")).containsExactly(2L);
        assertThat(found("--since", "2026-03-05")).isEmpty();
        assertThat(found("--limit", "1")).containsExactly(4L);
        assertThat(err.toString()).contains("there is more");
    }

    @Test
    void prints_json_lines_of_nothing_but_printable_ascii_with_who_and_where() {
        assertThat(search("--json", "--session", "bbb")).isZero();
        assertThat(out.toString().chars()).allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f));
        JsonNode event = JsonMapper.shared().readTree(out.toString());
        assertThat(event.path("type").asString()).isEqualTo("command-decided");
        assertThat(event.path("text").asString()).isEqualTo("DROP TABLE \u202eorders");
        assertThat(event.path("principal").asString()).isEqualTo("okta:eve");
        assertThat(event.path("target").asString()).isEqualTo("billing");
    }

    @Test
    void says_that_nothing_matches() {
        assertThat(search("--identity", "nobody")).isZero();
        assertThat(out.toString()).isEqualTo("Nothing matches.\n");
    }

    @Test
    void what_is_found_and_cannot_be_read_from_the_log_is_told() throws Exception {
        Path segment = directory.resolve("0000000001.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length - 1] ^= 1;
        Files.write(segment, bytes);

        assertThat(search()).isEqualTo(1);
        assertThat(out.toString()).contains("aaa #1", "bbb #1").doesNotContain("inc-9");
        assertThat(err.toString()).contains("1 of what was found cannot be read from the log");
    }

    @Test
    void says_what_it_cannot_do() throws Exception {
        assertThat(search("--action", "eat")).isEqualTo(2);
        assertThat(err.toString()).contains("'eat' (expected: one of read, insert,");
        assertThat(search("--outcome", "odd")).isEqualTo(2);
        assertThat(search("--word", ",")).isEqualTo(2);
        assertThat(search("--limit", "0")).isEqualTo(2);
        assertThat(search("--since", "soon")).isEqualTo(2);
        assertThat(execute(new SearchCommand(new PrintWriter(out, true)), "--word", "x"))
                .isEqualTo(2);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(each -> each.toString().contains("sqlite")).toList()) {
                Files.delete(file);
            }
        }
        assertThat(search()).isEqualTo(1);
        assertThat(err.toString()).contains("there is no search index " + directory.resolve("index.sqlite"));
        assertThat(execute(new SearchCommand(new PrintWriter(out, true)), "--audit-dir", "/does/not/exist"))
                .isEqualTo(1);
    }

    @Test
    void takes_the_store_that_the_configuration_names(@TempDir Path config) throws Exception {
        Path elsewhere = config.resolve("elsewhere.sqlite");
        Files.writeString(config.resolve("gateway.yaml"), """
                kind: Gateway
                name: g
                spec:
                  audit: {directory: %s}
                  store: {sqlite: elsewhere.sqlite}
                """.formatted(directory));
        assertThat(reindex("--config", config.toString())).isZero();
        assertThat(elsewhere).exists();
        assertThat(execute(
                        new SearchCommand(new PrintWriter(out, true)), "--config", config.toString(), "--word", "drop"))
                .isZero();
        assertThat(out.toString()).contains("bbb #1");

        Files.writeString(config.resolve("gateway.yaml"), """
                kind: Gateway
                name: g
                spec:
                  audit: {directory: %s}
                  store: {postgres: {address: "localhost:5432", database: d, username: u, password: {env: NOT_SET_HERE}}}
                """.formatted(directory));
        assertThat(execute(new SearchCommand(new PrintWriter(out, true)), "--config", config.toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("spec.store.postgres.password", "NOT_SET_HERE is not set");
    }

    private List<Long> found(String... arguments) {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        assertThat(search(all.toArray(String[]::new))).isZero();
        return out.toString()
                .lines()
                .map(line -> JsonMapper.shared().readTree(line).path("index").asLong())
                .toList();
    }

    private int search(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--audit-dir", directory.toString()));
        all.addAll(List.of(arguments));
        Clock clock = Clock.fixed(AT.plusSeconds(1800), ZoneOffset.UTC);
        return execute(new SearchCommand(new PrintWriter(out, true), clock), all.toArray(String[]::new));
    }

    private int reindex(String... arguments) {
        return execute(new ReindexCommand(new PrintWriter(out, true)), arguments);
    }

    private int execute(Object command, String... arguments) {
        CommandLine line = new CommandLine(command);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler(new FailureReport());
        return line.execute(arguments);
    }

    private static AuditEvent opened(String session, String subject, String target) {
        return new AuditEvent.SessionOpened(
                AT,
                session,
                "postgres",
                "192.0.2.1:5000",
                target,
                "okta",
                subject,
                Optional.of("cid-1"),
                List.of("okta:support"),
                List.of(),
                "",
                "psql",
                1,
                AT.plusSeconds(3600));
    }

    private static AuditEvent command(
            String session, long sequence, Instant at, String text, String outcome, String incident) {
        return new AuditEvent.CommandDecided(
                at,
                session,
                sequence,
                text,
                List.of(),
                List.of(Effect.of(Action.READ, "table", "public.customers")),
                outcome,
                outcome.equals("deny") ? "RULE" : "",
                "",
                List.of("p/allow[0]"),
                1,
                incident,
                0);
    }
}
