package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.closePortal;
import static dev.sallyport.testkit.postgres.Messages.closeStatement;
import static dev.sallyport.testkit.postgres.Messages.describePortal;
import static dev.sallyport.testkit.postgres.Messages.describeStatement;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name that SQL and the protocol share is masked as what the target runs, not as what it once stood for. */
class MaskedNamesIT {
    private static final String MASKED = "SELECT ssn || '' FROM patron ORDER BY id";
    private static final String PLAIN = "SELECT label FROM region";

    private static Bait bait;
    private RawClient client;
    private int recorded;
    private final List<Message> seen = new ArrayList<>();

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
        client = bait.client(Bait.WRITER);
        recorded = bait.gateway.audit.events().size();
    }

    @AfterEach
    void leakedNothing() throws Exception {
        client.close();
        Bait.nothingLeaked(seen);
        bait.nothingRecordedSince(recorded);
    }

    /** Sends all at once and reads as many answers as there are Syncs and queries. */
    private List<Message> send(byte[]... messages) throws Exception {
        client.send(messages);
        List<Message> answers = new ArrayList<>();
        for (byte[] message : messages) {
            if (message[0] == 'S' || message[0] == 'Q') {
                answers.addAll(client.readUntilReady());
            }
        }
        seen.addAll(answers);
        return answers;
    }

    @Test
    void masks_a_statement_that_sql_prepared_under_a_name_that_parse_had() throws Exception {
        send(parse("s", PLAIN), describeStatement("s"), sync());
        send(query("DEALLOCATE s"), query("PREPARE s AS " + MASKED));

        assertThat(RawClient.tags(send(bind("", "s"), execute("", 0), sync()))).startsWith("2DDD");
    }

    @Test
    void masks_an_execute_whose_statement_was_prepared_anew_after_it_was_described() throws Exception {
        send(query("PREPARE s AS " + PLAIN), parse("e", "EXECUTE s"), describeStatement("e"), sync());
        send(query("DEALLOCATE s"), query("PREPARE s AS SELECT ssn AS label FROM patron"));

        assertThat(RawClient.tags(send(bind("", "e"), execute("", 0), sync()))).startsWith("2DDD");
    }

    @Test
    void masks_what_an_execute_might_have_deallocated_but_did_not() throws Exception {
        send(parse("b", "SELECT 1"), sync(), query("PREPARE x AS " + MASKED));
        send(parse("b", "DEALLOCATE x"), sync());
        send(query("EXECUTE b"));
        send(parse("x", PLAIN), sync());

        assertThat(Bait.rows(send(query("EXECUTE x")))).hasSize(3);
        send(bind("", "x"), execute("", 0), sync());
    }

    @Test
    void masks_it_after_discard_all_too() throws Exception {
        send(parse("s", PLAIN), sync());
        send(query("DISCARD ALL"), query("PREPARE s AS " + MASKED));

        assertThat(RawClient.tags(send(bind("", "s"), describePortal(""), execute("", 0), sync())))
                .startsWith("2TDDD");
    }

    @Test
    void masks_what_was_prepared_anew_in_the_same_message() throws Exception {
        send(query("PREPARE s AS " + PLAIN));
        send(query("DEALLOCATE s; PREPARE s AS " + MASKED));
        send(parse("s", PLAIN), sync());

        send(query("EXECUTE s"), bind("", "s"), execute("", 0), sync());
    }

    @Test
    void masks_what_was_prepared_anew_in_the_same_pipeline() throws Exception {
        send(query("PREPARE s AS " + PLAIN));
        send(
                parse("", "DEALLOCATE s"),
                bind("", ""),
                execute("", 0),
                parse("", "PREPARE s AS " + MASKED),
                bind("", ""),
                execute("", 0),
                sync());
        send(parse("s", PLAIN), sync());

        send(query("EXECUTE s"), bind("", "s"), execute("", 0), sync());
    }

    @Test
    void masks_a_statement_whose_parse_failed_and_left_the_older_one() throws Exception {
        send(parse("s", MASKED), sync());
        send(parse("s", PLAIN), sync());

        send(bind("", "s"), execute("", 0), sync(), query("EXECUTE s"));
    }

    @Test
    void masks_the_older_statement_while_a_parse_that_fails_is_under_way() throws Exception {
        send(parse("s", MASKED), sync());

        send(parse("s", PLAIN), sync(), bind("", "s"), execute("", 0), sync());
    }

    @Test
    void masks_the_older_statement_while_a_close_in_a_failing_pipeline_is_under_way() throws Exception {
        send(parse("s", MASKED), sync());

        send(
                parse("x", "SELECT 1 / 0"),
                bind("", "x"),
                closeStatement("s"),
                parse("s", PLAIN),
                sync(),
                bind("", "s"),
                execute("", 0),
                sync());
    }

    @Test
    void masks_the_older_unnamed_statement_where_the_newer_was_skipped() throws Exception {
        send(parse("", MASKED), sync());

        send(parse("x", "SELECT 1 /"), parse("", PLAIN), sync(), bind("", ""), execute("", 0), sync());
    }

    @Test
    void masks_a_cursor_that_sql_declared_under_a_portal_s_name() throws Exception {
        send(query("BEGIN"), parse("s", PLAIN), describeStatement("s"), bind("c", "s"), execute("c", 1), sync());
        send(query("CLOSE c"), query("DECLARE c CURSOR FOR " + MASKED));

        assertThat(RawClient.tags(send(execute("c", 0), sync()))).startsWith("DDD");
    }

    @Test
    void masks_a_cursor_that_was_declared_anew_before_a_bind_of_its_name_failed() throws Exception {
        send(query("BEGIN"), query("DECLARE c CURSOR FOR " + PLAIN));
        send(query("CLOSE c; DECLARE c CURSOR FOR " + MASKED), query("SAVEPOINT s"));
        send(parse("", PLAIN), bind("c", ""), sync());
        send(query("ROLLBACK TO s"));

        send(query("FETCH ALL c"), query("MOVE ABSOLUTE 0 c"), execute("c", 0), sync());
    }

    @Test
    void masks_a_cursor_that_was_declared_anew_in_a_pipeline() throws Exception {
        send(query("BEGIN"), query("DECLARE c CURSOR FOR " + PLAIN));
        send(
                parse("", "CLOSE c"),
                bind("", ""),
                execute("", 0),
                parse("", "DECLARE c SCROLL CURSOR FOR " + MASKED),
                bind("", ""),
                execute("", 0),
                sync());
        send(query("SAVEPOINT s"), parse("", PLAIN), bind("c", ""), sync(), query("ROLLBACK TO s"));

        send(query("FETCH ALL c"), query("FETCH BACKWARD 2 c"), execute("c", 0), sync());
    }

    @Test
    void masks_a_cursor_that_outlives_its_transaction() throws Exception {
        send(query("BEGIN; DECLARE c SCROLL CURSOR WITH HOLD FOR " + MASKED + "; COMMIT"));

        assertThat(Bait.rows(send(query("FETCH 1 c")))).hasSize(1);
        send(describePortal("c"), execute("c", 1), sync(), query("FETCH ALL c"));
    }

    @Test
    void masks_each_fetch_of_a_portal_with_a_row_limit() throws Exception {
        assertThat(RawClient.tags(send(
                        parse("", MASKED),
                        bind("p", ""),
                        execute("p", 1),
                        execute("p", 1),
                        execute("p", 0),
                        closePortal("p"),
                        sync())))
                .isEqualTo("12DsDsDC3Z");
    }

    @Test
    void masks_a_portal_after_another_statement_was_described() throws Exception {
        send(parse("s", MASKED), parse("t", PLAIN), sync());

        send(bind("p", "s"), bind("q", "t"), describePortal("q"), execute("p", 0), execute("q", 0), sync());
    }

    @Test
    void masks_a_prepared_statement_by_the_tables_that_a_new_search_path_leads_to() throws Exception {
        bait.gateway.server.run("DROP SCHEMA IF EXISTS veiled CASCADE; CREATE SCHEMA veiled;"
                + " CREATE TABLE veiled.region (id int, label text); INSERT INTO veiled.region VALUES (1, 'QZXQZ');"
                + " GRANT ALL ON SCHEMA veiled TO shop_app; GRANT ALL ON veiled.region TO shop_app");
        try (TestGateway gateway = new TestGateway(List.of(Bait.masked(Bait.reading(Policies.forGroup(Bait.WRITER)))
                        .allow(Set.of(Action.READ), "table:veiled.*")
                        .allow(Set.of(Action.SESSION), "setting:search_path")
                        .mask("veiled", "region", "label", new Mask.Redact())
                        .build()));
                RawClient wanderer = gateway.raw(gateway.bot(Bait.WRITER))) {
            wanderer.send(parse("s", PLAIN), describeStatement("s"), sync()).readUntilReady();
            assertThat(Bait.refusal(wanderer.query("SET search_path = veiled, public")))
                    .isEmpty();

            List<Message> answer =
                    wanderer.send(bind("", "s"), execute("", 0), sync()).readUntilReady();

            assertThat(Bait.rows(answer)).as(answer.toString()).hasSize(1);
            Bait.nothingLeaked(answer);
        }
    }
}
