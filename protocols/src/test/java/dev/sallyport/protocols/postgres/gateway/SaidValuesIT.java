package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.closePortal;
import static dev.sallyport.testkit.postgres.Messages.describePortal;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Predicates;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.RawClient;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No masked value comes beside an answer: in errors, notices and notifications, whenever they come, or in their record. */
class SaidValuesIT {
    private static final String TABLES = """
            CREATE TABLE said (
                id int PRIMARY KEY, ssn text, pin int NOT NULL CONSTRAINT high CHECK (pin > 100), note text,
                CONSTRAINT said_ssn UNIQUE (ssn));
            CREATE TABLE said_late (id int PRIMARY KEY, ssn text UNIQUE DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE watched_late (id int);
            CREATE TABLE calling (id int);
            CREATE TABLE plain (id int);
            INSERT INTO said VALUES (1, 'QZXQZ-40711-0001', 407154071), (2, 'QZXQZ-40711-0002', 407154071);
            INSERT INTO said_late VALUES (1, 'QZXQZ-40711-0001'), (2, 'QZXQZ-40711-0002');
            CREATE FUNCTION said_ssn() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT ssn FROM said WHERE id = 1';
            CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN RAISE NOTICE 'is %', said_ssn() USING DETAIL = said_ssn(), HINT = said_ssn();
                RAISE EXCEPTION 'no %', said_ssn() USING DETAIL = said_ssn(), HINT = said_ssn(), ERRCODE = 'QZXQZ',
                    COLUMN = said_ssn(), CONSTRAINT = said_ssn(), DATATYPE = said_ssn(), TABLE = said_ssn(),
                    SCHEMA = said_ssn(); END$$;
            CREATE FUNCTION say_early() RETURNS int IMMUTABLE LANGUAGE plpgsql AS
                $$BEGIN RAISE NOTICE 'is %', said_ssn(); RETURN 1; END$$;
            CREATE FUNCTION fail_early() RETURNS int IMMUTABLE LANGUAGE plpgsql AS
                $$BEGIN RAISE EXCEPTION 'no %', said_ssn() USING CONSTRAINT = said_ssn(); END$$;
            CREATE FUNCTION tell(i int) RETURNS boolean LANGUAGE plpgsql AS
                $$BEGIN RAISE NOTICE 'is %', said_ssn(); RETURN i > 0; END$$;
            CREATE DOMAIN telling AS int CHECK (tell(value));
            CREATE FUNCTION call_out() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN PERFORM pg_notify('outcry', said_ssn()); RETURN new; END$$;
            CREATE CONSTRAINT TRIGGER late AFTER INSERT ON watched_late DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION say();
            CREATE TRIGGER calls BEFORE INSERT ON calling FOR EACH ROW EXECUTE FUNCTION call_out();
            GRANT ALL ON said, said_late, watched_late, calling, plain TO shop_app;
            """;
    private static TestGateway gateway;
    private RawClient client;
    private int first;
    private final List<Message> seen = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .mask(open("said", "ssn"))
                .mask(open("said", "pin"))
                .mask(open("said_late", "ssn"))
                .build()));
        gateway.server.run(TABLES);
    }

    private static Policy.Masking open(String table, String column) {
        return new Policy.Masking.OfColumn(
                new ColumnMask("public", table, column, new Mask.Redact()), Predicates.ANY, false);
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP DOMAIN telling; DROP FUNCTION tell;"
                + "DROP TABLE said, said_late, watched_late, calling, plain;"
                + "DROP FUNCTION said_ssn, say, say_early, fail_early, call_out");
        gateway.close();
    }

    @BeforeEach
    void connect() throws Exception {
        client = gateway.raw(gateway.bot("all"));
        first = gateway.audit.events().size();
    }

    @AfterEach
    void saidNothing() throws Exception {
        client.close();
        Bait.nothingLeaked(seen);
        List<AuditEvent> events = gateway.audit.events();
        Bait.nothingRecorded(events.subList(first, events.size()));
    }

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

    /** With those of what nobody asked for. */
    private static String tags(List<Message> messages) {
        return messages.stream().map(each -> Character.toString(each.tag())).collect(Collectors.joining());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO said VALUES (3, 'QZXQZ-40711-0001', 407154071)",
                "INSERT INTO said VALUES (3, 'QZXQZ-40711-0003', NULL)",
                "INSERT INTO said VALUES (3, 'QZXQZ-40711-0003', 7)",
                "UPDATE said SET pin = NULL",
                "UPDATE said SET pin = id",
                "UPDATE said SET ssn = 'QZXQZ-40711-0001'",
                "SELECT ssn::int FROM said",
                "SELECT ssn::date FROM said",
                "SELECT 1 / (pin - 407154071), ssn FROM said",
                "SELECT to_date(ssn, 'YYYY') FROM said",
                "SELECT (ssn::json) ->> 'x' FROM said",
                "SELECT 'x' ~ ('(' || ssn) FROM said",
                "SELECT xmlparse(DOCUMENT ssn) FROM said"
            })
    void an_error_tells_no_value(String sql) throws Exception {
        for (String level : List.of("notice", "debug5", "log")) {
            send(query("SET client_min_messages = " + level));
            List<Message> answer = send(query(sql));
            assertThat(Bait.refusal(answer)).isNotEmpty();
            assertThat(Answers.error(answer).field('M')).doesNotContain("sallyport: ");
            assertThat(Bait.refusal(send(parse("", sql), bind("", ""), describePortal(""), execute("", 0), sync())))
                    .isNotEmpty();
        }
    }

    @Test
    void the_error_of_a_deferred_constraint_tells_no_value_at_the_commit() throws Exception {
        send(query("BEGIN"), query("UPDATE said_late SET ssn = 'QZXQZ-40711-0001'"));
        assertThat(Answers.error(send(query("COMMIT"))).field('n')).isEqualTo("said_late_ssn_key");

        send(query("BEGIN"), query("INSERT INTO watched_late VALUES (1)"));
        Message raised = Answers.error(send(query("COMMIT")));
        assertThat(raised.field('C')).isEqualTo("P0001");

        send(parse("", "INSERT INTO said_late VALUES (3, 'QZXQZ-40711-0001')"), bind("", ""), execute("", 0), sync());
        send(query("BEGIN"), query("UPDATE said_late SET ssn = 'QZXQZ-40711-0001'"));
        send(query("SET CONSTRAINTS ALL IMMEDIATE"), query("ROLLBACK"));
    }

    @Test
    void an_error_while_a_cursor_or_a_portal_is_fetched_tells_no_value() throws Exception {
        send(query("BEGIN"), query("DECLARE c CURSOR FOR SELECT ssn::int FROM said"));
        assertThat(Bait.refusal(send(query("FETCH 1 FROM c")))).isEqualTo("22P02");
        send(query("ROLLBACK"));

        send(
                parse("a", "SELECT 1"),
                parse("b", "SELECT ssn::int FROM said"),
                bind("a", "a"),
                bind("b", "b"),
                execute("a", 0),
                execute("b", 0),
                sync());
        send(
                bind("a", "a"),
                bind("b", "b"),
                execute("a", 0),
                closePortal("a"),
                execute("b", 1),
                closePortal("b"),
                sync());
    }

    @Test
    void what_a_trigger_raises_tells_no_value_in_any_field() throws Exception {
        Message raised = Answers.error(send(query("INSERT INTO watched_late VALUES (1)")));
        assertThat(raised.field('C')).isEqualTo("P0001");
        assertThat(raised.field('M')).isEqualTo("error");
    }

    @Test
    void what_is_run_while_a_statement_is_planned_tells_no_value() throws Exception {
        for (String function : List.of("say_early()", "fail_early()")) {
            send(parse("", "SELECT " + function), sync());
            assertThat(tags(send(bind("", ""), sync()))).isEqualTo(function.equals("say_early()") ? "N2Z" : "EZ");
            send(query("EXPLAIN SELECT " + function), query("PREPARE p AS SELECT " + function), query("EXECUTE p"));
            send(query("DEALLOCATE ALL"));
        }
    }

    @Test
    void what_is_run_while_a_statement_is_read_tells_no_value() throws Exception {
        assertThat(tags(send(parse("", "SELECT '{7}'::telling[]"), sync()))).isEqualTo("N1Z");
        assertThat(tags(send(parse("", "SELECT '{-7}'::telling[]"), sync()))).isEqualTo("NEZ");
    }

    @Test
    void the_context_of_a_copy_tells_no_value() throws Exception {
        for (String row : List.of("x\tQZXQZ-40711\t7\tn\n", "5\tQZXQZ-40711\t7\tn\n", "1\tQZXQZ-40711-0001\n")) {
            client.send(query("COPY said FROM STDIN"));
            client.readUntil('G');
            assertThat(Bait.refusal(send(message('d', utf8(row)), message('c'), query("SELECT 1"))))
                    .isNotEmpty();
            seen.addAll(client.readUntilReady());
        }
    }

    @Test
    void a_notification_that_a_trigger_sends_tells_no_value() throws Exception {
        send(query("LISTEN outcry"));
        List<Message> answer = send(query("INSERT INTO calling VALUES (1)"));
        assertThat(tags(answer)).contains("A");
        assertThat(tags(send(query("BEGIN"), query("INSERT INTO calling VALUES (1)"), query("COMMIT"))))
                .contains("A");
    }

    @Test
    void errors_of_other_statements_stay_as_they_are() throws Exception {
        Message error = Answers.error(send(query("SELECT 'seven'::int")));
        assertThat(error.field('M')).isEqualTo("invalid input syntax for type integer: \"seven\"");
        send(query("INSERT INTO plain VALUES (1)"));
        Message missing = Answers.error(send(parse("", "SELECT nothing FROM said"), sync()));
        assertThat(missing.field('M')).isEqualTo("column \"nothing\" does not exist");
    }
}
