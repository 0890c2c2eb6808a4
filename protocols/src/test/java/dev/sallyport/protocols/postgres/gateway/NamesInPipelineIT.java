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

    @Test
    void a_portal_shows_what_its_names_meant_when_it_was_bound() throws Exception {
        client.query("BEGIN");
        bindComputing("first");
        client.query("SET search_path = piped_old");
        bindComputing("second");

        assertThat(rows(client.send(Messages.execute("first", 0), Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("[redacted]"));
        client.query("SET search_path = piped");
        assertThat(rows(client.send(Messages.execute("second", 0), Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("NONE!"));
        client.query("ROLLBACK");
        client.close();
    }

    private void bindComputing(String portal) throws Exception {
        client.send(
                        Messages.parse(portal, "SELECT upper(ssn || '!') FROM guests"),
                        Messages.bind(portal, portal),
                        Messages.sync())
                .readUntilReady();
    }

    @Test
    void a_portal_bound_behind_what_may_have_moved_the_path_is_judged_so() throws Exception {
        client.query("BEGIN");
        client.send(
                        run("SET search_path = piped_old"),
                        Messages.parse("p", "SELECT upper(ssn) FROM guests"),
                        Messages.bind("p", "p"),
                        Messages.sync())
                .readUntilReady();
        client.query("SET search_path = piped");
        client.query("SELECT 1");

        assertThat(rows(client.send(Messages.execute("p", 0), Messages.sync()).readUntilReady()))
                .containsExactly(List.of("[redacted]"));
        client.query("ROLLBACK");
        client.close();
    }

    @Test
    void a_cursor_shows_what_its_names_meant_when_it_was_declared() throws Exception {
        client.query("BEGIN");
        client.query("DECLARE first CURSOR WITH HOLD FOR SELECT upper(ssn || '!') FROM guests");
        client.query("SET search_path = piped_old");
        client.query("DECLARE second CURSOR WITH HOLD FOR SELECT upper(ssn || '!') FROM guests");

        assertThat(rows(client.query("FETCH first"))).containsExactly(List.of("[redacted]"));
        client.query("MOVE BACKWARD ALL IN first");
        client.query("COMMIT");
        assertThat(rows(client.query("FETCH first"))).containsExactly(List.of("[redacted]"));
        client.query("SET search_path = piped");
        assertThat(rows(client.query("FETCH second"))).containsExactly(List.of("NONE!"));
        client.query("MOVE BACKWARD ALL IN first");
        assertThat(rows(client.send(Messages.execute("first", 0), Messages.sync())
                        .readUntilReady()))
                .containsExactly(List.of("[redacted]"));
        client.close();
    }

    @Test
    void a_cursor_declared_and_moved_away_from_in_one_message_is_of_names_that_are_not_known() throws Exception {
        client.query("BEGIN; DECLARE c CURSOR FOR SELECT upper(ssn) FROM guests; SET search_path = piped_old");

        assertThat(rows(client.query("FETCH c"))).containsExactly(List.of("[redacted]"));
        client.query("ROLLBACK");
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
