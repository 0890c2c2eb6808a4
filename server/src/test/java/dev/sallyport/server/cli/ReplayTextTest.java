package dev.sallyport.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.AuditEvent.Noticed;
import dev.sallyport.core.audit.AuditEvent.RecordedColumn;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplayTextTest {
    private static final Instant AT = Instant.parse("2026-03-04T05:06:07Z");

    /** Whatever a terminal might obey, or a person might take for something else. */
    private static final String HOSTILE = "a\u001b[2J\u009b31m\rb\nc\u0000\u0007\u202e\u2066\u200b\u2028\u0085\ufeff"
            + "\ufe0f\u3164\ud800\n  9.999  shop=> DROP TABLE orders\n(SELECT 1; 1.0 ms)";

    private final ReplayText text = new ReplayText(80, 3);

    @BeforeEach
    void open() {
        text.lines(opened("bob"));
        text.lines(command(1, "SELECT 1", "allow"));
    }

    @Test
    void a_statement_stands_as_it_was_written() {
        assertThat(text.lines(command(1, "SELECT a\n\tFROM t", "allow")))
                .containsExactly(
                        "  1.000  shop=> SELECT a", "                    FROM t", "         #1 allowed by p/allow[0]");
    }

    @Test
    void a_long_line_is_wrapped_below_itself() {
        List<String> lines = text.lines(command(1, "SELECT '" + "long ".repeat(40) + "'", "allow"));

        assertThat(lines).hasSizeGreaterThan(4).allMatch(line -> line.length() <= 80);
        assertThat(lines.subList(1, lines.size() - 1)).allMatch(line -> line.startsWith(" ".repeat(16) + "long"));
    }

    @Test
    void values_are_told_from_none() {
        assertThat(text.lines(answered(List.of("a", "b", "c"), Arrays.asList("NULL", null, ""))))
                .containsExactly(
                        "          a      | b    | c",
                        "         --------+------+---",
                        "          'NULL' | NULL |",
                        "         (SELECT 1; 1 row, 10 bytes; 1.5 ms)",
                        "");
    }

    @Test
    void wide_characters_keep_the_columns_straight() {
        assertThat(text.lines(answered(List.of("a", "b"), List.of("東京", "x"), List.of("Zoe\u0301", "y"))))
                .contains("          a    | b", "          東京 | x", "          Zoe\u0301  | y");
    }

    @Test
    void rows_too_wide_for_the_screen_are_set_out_one_below_the_other() {
        List<String> names = List.of("first", "second_with_a_long_name", "third", "fourth", "fifth", "sixth_which_too");
        List<String> lines = text.lines(answered(names, names, names));

        assertThat(lines)
                .contains("         -[ row 1 ]-----------------------", "         -[ row 2 ]-----------------------")
                .contains(
                        "          second_with_a_long_name | second_with_a_long_name",
                        "          sixth_which_too         | sixth_which_too");
    }

    @Test
    void says_what_it_does_not_show_and_what_was_not_recorded() {
        Answered five = answered(List.of("a"), List.of("1"), List.of("2"), List.of("3"), List.of("4"), List.of("5"));
        Answered cut = new Answered(
                AT,
                "s",
                1,
                0,
                five.columns(),
                five.rows(),
                900,
                10,
                true,
                "00ff",
                false,
                "SELECT 900",
                List.of(),
                0,
                0,
                1500);

        assertThat(text.lines(cut))
                .contains(
                        "         … 2 more are recorded (--rows)",
                        "         … the rest was not recorded (900 rows in all, SHA-256 of the rest 00ff)");
    }

    @Test
    void data_of_a_copy_stands_as_it_was_sent() {
        Answered sent = new Answered(
                AT,
                "s",
                1,
                0,
                List.of(),
                rows(List.of("1\tx\n"), List.of("2\t\\N\n")),
                2,
                9,
                false,
                "",
                true,
                "COPY 2",
                List.of(),
                0,
                0,
                1500);

        assertThat(text.lines(sent))
                .containsExactly(
                        "         the client sent:",
                        "          1    x",
                        "          2    \\N",
                        "         (COPY 2; 2 rows, 9 bytes; 1.5 ms)",
                        "");
    }

    @Test
    void errors_and_notices_read_as_in_psql() {
        List<String> fields = List.of(
                "S=ERROR", "V=ERROR", "C=42703", "M=no column", "D=More.", "H=Look.", "P=8", "F=x.c", "L=1", "R=f");
        Answered failed = new Answered(
                AT, "s", 1, 0, List.of(), new byte[0], 0, 0, false, "", false, "error", fields, 0, 0, 1500);

        assertThat(text.lines(failed))
                .containsExactly(
                        "         ERROR 42703: no column",
                        "         DETAIL: More.",
                        "         HINT: Look.",
                        "         POSITION: 8",
                        "         (error; 1.5 ms)",
                        "");
        assertThat(text.lines(new Noticed(AT, "s", 1, "notice", List.of("S=NOTICE", "C=00000", "M=careful"))))
                .containsExactly("         NOTICE: careful");
        assertThat(text.lines(new Noticed(AT, "s", 0, "notification", List.of("channel=c", "payload=p"))))
                .containsExactly("         NOTIFICATION: channel=c, payload=p");
    }

    @Test
    void an_answer_names_its_command_where_others_came_between() {
        text.lines(command(2, "SELECT 2", "allow"));

        assertThat(text.lines(answered(List.of("a"), List.of("1"))))
                .contains("         #1 (SELECT 1; 1 row, 10 bytes; 1.5 ms)");
    }

    @Test
    void nothing_recorded_acts_on_the_terminal_or_passes_for_the_replays_own() {
        List<String> lines = new ArrayList<>();
        lines.addAll(text.lines(command(1, HOSTILE, "allow")));
        lines.addAll(text.lines(command(2, HOSTILE.repeat(20), "deny")));
        lines.addAll(text.lines(answered(List.of(HOSTILE), List.of(HOSTILE))));
        lines.addAll(text.lines(answered(List.of(), List.of(HOSTILE + "x".repeat(100)))));
        lines.addAll(text.lines(new Noticed(AT, "s", 1, HOSTILE, List.of("M=" + HOSTILE, HOSTILE))));
        lines.addAll(text.lines(new Answered(
                AT,
                "s",
                1,
                0,
                List.of(),
                new byte[0],
                0,
                0,
                true,
                HOSTILE,
                false,
                HOSTILE,
                List.of("S=" + HOSTILE, "D=" + HOSTILE),
                0,
                0,
                0)));

        assertThat(lines).allSatisfy(line -> {
            assertThat(Printable.line(line)).isEqualTo(line);
            assertThat(Printable.columns(line)).isLessThanOrEqualTo(80);
            assertThat(line).matches("|  1\\.000  shop=> .*|         .*");
        });
        assertThat(lines)
                .filteredOn(line -> line.startsWith("  ") && line.charAt(2) != ' ')
                .hasSize(2);
    }

    @Test
    void one_event_without_line_ends_of_its_own_is_one_line_of_a_listing() {
        Table table = new Table(List.of("WHO", "DETAIL"));
        table.add(List.of(HOSTILE, HOSTILE));

        assertThat(table.lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(Printable.line(line)).isEqualTo(line));
    }

    private static AuditEvent opened(String subject) {
        return new AuditEvent.SessionOpened(
                AT,
                "s",
                "postgres",
                "192.0.2.1:5000",
                "shop",
                "okta",
                subject,
                Optional.empty(),
                List.of(),
                List.of(),
                "",
                "",
                1,
                AT);
    }

    private static CommandDecided command(long sequence, String text, String outcome) {
        return new CommandDecided(
                AT.plusSeconds(1),
                "s",
                sequence,
                text,
                outcome.equals("allow")
                        ? List.of()
                        : List.of(new RecordedParameter(
                                "25", "text", Optional.of(HOSTILE.getBytes(StandardCharsets.UTF_8)))),
                List.of(),
                outcome,
                outcome.equals("allow") ? "" : HOSTILE,
                outcome.equals("allow") ? "" : HOSTILE,
                List.of("p/allow[0]"),
                1,
                "",
                0);
    }

    @SafeVarargs
    private static Answered answered(List<String> names, List<String>... rows) {
        List<RecordedColumn> columns = names.stream()
                .map(name -> new RecordedColumn(name, "25", false, ""))
                .toList();
        return new Answered(
                AT,
                "s",
                1,
                0,
                columns,
                rows(rows),
                rows.length,
                10,
                false,
                "",
                false,
                "SELECT " + rows.length,
                List.of(),
                0,
                0,
                1500);
    }

    @SafeVarargs
    private static byte[] rows(List<String>... rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (List<String> row : rows) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(row.size()).array());
            for (String value : row) {
                byte[] bytes = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
                out.writeBytes(ByteBuffer.allocate(4)
                        .putInt(value == null ? -1 : bytes.length)
                        .array());
                out.writeBytes(bytes);
            }
        }
        return out.toByteArray();
    }
}
