package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.int16;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What drivers were seen to do, with an identity that may do everything: they have to fare as they do with a server. */
class DriverHabitsIT {
    private static final byte[] LATIN1 = "SELECT 'é'\0".getBytes(StandardCharsets.ISO_8859_1);

    @AutoClose
    private static final TestGateway gateway = TestGateway.allowingAll();

    @AutoClose
    private RawClient client;

    @BeforeEach
    void connect() throws Exception {
        client = gateway.raw(gateway.bot("all"));
    }

    /** Libraries whose strings are bytes (PHP's, Perl's, Ruby's) send what their program read from a file. */
    @Test
    void a_query_that_is_not_utf8_fails_as_it_does_on_a_server() throws Exception {
        client.send(message('Q', LATIN1));
        List<Message> answer = client.readUntilReady();
        assertThat(tags(answer)).isEqualTo("EZ");
        assertThat(Answers.sqlState(answer)).isEqualTo("22021");
        assertThat(Answers.firstColumn(client.query("SELECT 1"))).containsExactly("1");
    }

    @Test
    void a_text_that_is_not_utf8_fails_its_transaction_on_the_target_too() throws Exception {
        client.query("BEGIN");
        client.send(message('Q', LATIN1));
        assertThat(Answers.status(client.readUntilReady())).isEqualTo('E');
        assertThat(Answers.sqlState(client.query("SELECT 1"))).isEqualTo("25P02");
        assertThat(Answers.status(client.query("ROLLBACK"))).isEqualTo('I');
    }

    @Test
    void a_parse_that_is_not_utf8_fails_up_to_its_sync() throws Exception {
        client.send(
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                message('P', texts("s"), LATIN1, int16(0)),
                bind("", "s"),
                execute("", 0),
                sync(),
                query("SELECT 2"));
        List<Message> answer = client.readUntilReady();
        assertThat(tags(answer)).isEqualTo("12DCEZ");
        assertThat(Answers.sqlState(answer)).isEqualTo("22021");
        assertThat(Answers.firstColumn(client.readUntilReady())).containsExactly("2");
    }

    /** The session could not go on with it, so that it is refused although every rule would let it through. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET client_encoding TO 'LATIN1'",
                "SET NAMES 'SQL_ASCII'",
                "SELECT set_config('client_encoding', 'WIN1252', false)",
                "SET standard_conforming_strings = off"
            })
    void a_setting_in_which_no_text_could_be_read_is_refused_and_the_session_goes_on(String sql) throws Exception {
        assertThat(Answers.sqlState(client.query(sql))).isEqualTo("0A000");
        client.send(parse("", sql), bind("", ""), execute("", 0), sync());
        assertThat(Answers.sqlState(client.readUntilReady())).isEqualTo("0A000");
        assertThat(Answers.firstColumn(client.query("SHOW client_encoding"))).containsExactly("UTF8");
        assertThat(Answers.decided(gateway, sql))
                .allMatch(each -> each.outcome().equals("deny"));
    }
}
