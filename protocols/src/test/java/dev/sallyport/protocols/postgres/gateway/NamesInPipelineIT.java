package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What names mean is asked of the target where they may have moved, and never so that a client's transaction notices. */
class NamesInPipelineIT {
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        PostgresServer.shared().run("""
                CREATE SCHEMA piped; CREATE SCHEMA piped_old;
                CREATE TABLE piped.guests (name text, ssn text);
                CREATE TABLE piped_old.guests (name text, ssn text);
                CREATE TABLE piped.marks (i int);
                INSERT INTO piped.guests VALUES ('new', '123-45-6789');
                INSERT INTO piped_old.guests VALUES ('old', 'none');
                """);
        gateway = new TestGateway(List.of(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .mask("piped", "guests", "ssn", new Mask.Redact())
                .build()));
        PostgresServer.shared()
                .run("GRANT USAGE ON SCHEMA piped, piped_old TO " + Shop.ROLE
                        + "; GRANT ALL ON ALL TABLES IN SCHEMA piped, piped_old TO " + Shop.ROLE);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        PostgresServer.shared().run("DROP SCHEMA piped, piped_old CASCADE");
    }

    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = gateway.raw(gateway.bot("all"));
        client.query("SET search_path = piped");
        client.send(Messages.parse("g", "SELECT name, ssn FROM guests WHERE name <> ''"), Messages.sync())
                .readUntilReady();
    }

    @Test
    void a_prepared_statement_is_bound_again_after_the_search_path_has_moved() throws Exception {
        client.query("SET search_path = piped_old");

        assertThat(rows(client.send(Messages.bind("", "g"), Messages.execute("", 0), Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("old", "none"));
        client.query("SET search_path = piped");
        assertThat(rows(client.send(Messages.bind("", "g"), Messages.execute("", 0), Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("new", "[redacted]"));
        client.close();
    }

    @Test
    void a_statement_is_masked_by_the_tables_it_reads_now_not_by_those_it_was_described_with() throws Exception {
        client.query("SET search_path = piped_old");
        assertThat(rows(client.send(
                                Messages.describeStatement("g"),
                                Messages.bind("", "g"),
                                Messages.describePortal(""),
                                Messages.execute("", 0),
                                Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("old", "none"));
        client.query("SET search_path = piped");
        client.query("SELECT 1");

        assertThat(rows(client.send(Messages.bind("", "g"), Messages.execute("", 0), Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("new", "[redacted]"));
        client.close();
    }

    @Test
    void a_statement_is_closed_and_parsed_anew_after_the_search_path_has_moved() throws Exception {
        client.query("SET search_path = piped_old");

        assertThat(rows(client.send(
                                Messages.closeStatement("g"),
                                Messages.parse("g", "SELECT name, ssn FROM guests WHERE name <> ''"),
                                Messages.bind("", "g"),
                                Messages.execute("", 0),
                                Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("old", "none"));
        client.close();
    }

    @Test
    void a_pipeline_that_moves_the_search_path_stays_one_transaction() throws Exception {
        client.send(
                        run("INSERT INTO piped.marks VALUES (1)"),
                        run("SELECT set_config('search_path', 'piped_old', false)"),
                        Messages.flush())
                .readUntil('C');
        client.readUntil('C');

        List<Message> rest = client.send(run("SELECT 1 / (SELECT count(*) - 1 FROM piped.marks)"), Messages.sync())
                .readUntilReady();

        assertThat(RawClient.tags(rest)).endsWith("EZ");
        assertThat(gateway.server.query("SELECT count(*) FROM piped.marks")).containsExactly(List.of("0"));
        client.close();
    }

    private static byte[] run(String sql) {
        return Messages.concat(Messages.parse("", sql), Messages.bind("", ""), Messages.execute("", 0));
    }

    private static List<List<String>> rows(List<Message> messages) {
        return messages.stream()
                .filter(message -> message.tag() == 'D')
                .map(Message::row)
                .toList();
    }
}
