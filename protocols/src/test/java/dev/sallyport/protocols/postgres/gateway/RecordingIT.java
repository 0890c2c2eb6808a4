package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.RecordedRows;
import dev.sallyport.protocols.postgres.session.Settings;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is on record of each command: its times, the rows that the client saw, and a digest of those that were too many. */
class RecordingIT {
    private static final int COMMAND_BYTES = 120;
    private static final int SESSION_BYTES = 200;
    private static TestGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(
                List.of(Policies.ALL),
                new Settings(1 << 20, 1 << 20, COMMAND_BYTES, SESSION_BYTES, 100, Duration.ofSeconds(5)),
                terms -> terms);
    }

    @AfterAll
    static void close() {
        gateway.close();
    }

    private static CommandDecided decided(String part) {
        return Answers.decided(gateway, part).getLast();
    }

    private static Answered answer(CommandDecided command) {
        return gateway.audit.events(Answered.class).stream()
                .filter(each -> each.session().equals(command.session()) && each.sequence() == command.sequence())
                .findFirst()
                .orElseThrow();
    }

    /** SHA-256 over these rows of one column as they would be recorded. */
    private static String digest(int from, int to) throws Exception {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(rows);
        for (int i = from; i <= to; i++) {
            byte[] value = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
            out.writeInt(1);
            out.writeInt(value.length);
            out.write(value);
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(rows.toByteArray()));
    }

    @Test
    void the_times_of_a_command_are_on_record() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.query("SELECT 'timed' FROM pg_sleep(0.05)");
        }

        CommandDecided command = decided("'timed'");
        Answered answer = answer(command);
        assertThat(command.received()).isPositive();
        assertThat(answer.forwarded()).isPositive();
        assertThat(answer.firstByte()).isGreaterThan(50_000).isLessThanOrEqualTo(answer.micros());
    }

    @Test
    void rows_beyond_the_commands_limit_are_counted_and_digested() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            assertThat(tags(client.query("SELECT i FROM generate_series(101, 150) i -- many")))
                    .endsWith("CZ");
        }

        Answered answer = answer(decided("-- many"));
        int kept = RecordedRows.of(answer).size();
        assertThat(kept).isEqualTo(COMMAND_BYTES / 11);
        assertThat(answer.truncated()).isTrue();
        assertThat(answer.rowCount()).isEqualTo(50);
        assertThat(answer.rest()).isEqualTo(digest(101 + kept, 150));
    }

    @Test
    void a_session_records_no_more_rows_than_its_limit() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            for (int i = 0; i < 3; i++) {
                client.query("SELECT i FROM generate_series(101, 110) i -- session " + i);
            }
        }

        Answered first = answer(decided("-- session 0"));
        Answered second = answer(decided("-- session 1"));
        Answered third = answer(decided("-- session 2"));
        assertThat(first.truncated()).isFalse();
        assertThat(first.rest()).isEmpty();
        assertThat(RecordedRows.of(second)).hasSize((SESSION_BYTES - 110) / 11);
        assertThat(third.rows()).isEmpty();
        assertThat(third.rest()).isEqualTo(digest(101, 110));
    }
}
