package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.describeStatement;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.int16;
import static dev.sallyport.testkit.postgres.Messages.int32;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.CommandDecided;
import dev.sallyport.core.audit.AuditEvent.RecordedParameter;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.core.masking.MaskRules.ColumnMask;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.policy.Policy.Predicates;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client itself says of masked columns, in a statement's text or its parameters, is masked where it is recorded. */
class RecordedValuesIT {
    private static TestGateway gateway;
    private RawClient client;
    private int first;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .deny(EnumSet.of(Action.DELETE), "Nothing is deleted.", "table:public.recorded")
                .mask(open("ssn", new Mask.KeepLast(4)))
                .mask(open("pin", new Mask.Redact()))
                .build()));
        gateway.server.run("CREATE TABLE recorded (id int, name text, ssn text, pin int);"
                + "GRANT ALL ON recorded TO shop_app; ALTER TABLE recorded OWNER TO shop_app");
    }

    private static Policy.Masking open(String column, Mask with) {
        return new Policy.Masking.OfColumn(new ColumnMask("public", "recorded", column, with), Predicates.ANY, false);
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE recorded");
        gateway.close();
    }

    @BeforeEach
    void connect() throws Exception {
        client = gateway.raw(gateway.bot("all"));
        first = gateway.audit.events().size();
    }

    @AfterEach
    void recordedNothing() throws Exception {
        client.close();
        List<AuditEvent> events = gateway.audit.events();
        Bait.nothingRecorded(events.subList(first, events.size()));
    }

    private CommandDecided last() {
        return gateway.audit.events(CommandDecided.class).getLast();
    }

    private static List<String> parameters(CommandDecided command) {
        return command.parameters().stream().map(RecordedValuesIT::shown).toList();
    }

    private static String shown(RecordedParameter parameter) {
        return parameter.form() + " "
                + parameter
                        .value()
                        .map(value -> new String(value, StandardCharsets.UTF_8))
                        .orElse("-");
    }

    @Test
    void a_constant_is_masked_as_the_column_that_it_is_compared_with() throws Exception {
        for (String end : List.of("0001", "0002")) {
            client.query("SELECT id FROM recorded WHERE ssn = 'QZXQZ-40711-" + end + "' AND name = 'Ada' AND id = 7");
            assertThat(last().text())
                    .isEqualTo("SELECT id FROM recorded WHERE ssn = '************" + end
                            + "' AND name = 'Ada' AND id = 7");
        }
        client.query("SELECT name FROM recorded WHERE pin = 407154071 OR ssn LIKE 'QZXQZ%' OR name = 'Bob'");
        assertThat(last().text())
                .isEqualTo(
                        "SELECT name FROM recorded WHERE pin = '[redacted]' OR ssn LIKE '[redacted]' OR name = 'Bob'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO recorded VALUES (1, 'Ada', 'QZXQZ-40711-0001', 407154071)",
                "INSERT INTO recorded (pin, ssn) SELECT 407154071, upper('QZXQZ-40711-0001')",
                "UPDATE recorded SET (name, ssn) = ('Ada', 'QZXQZ-40711-0001') WHERE pin BETWEEN 1 AND 407154071",
                "MERGE INTO recorded r USING (VALUES (1, 'QZXQZ-40711-0001')) v (i, s) ON r.id = v.i"
                        + " WHEN NOT MATCHED THEN INSERT (id, ssn) VALUES (i, s) WHEN MATCHED THEN UPDATE SET ssn = s",
                "DELETE FROM recorded WHERE ssn = 'QZXQZ-40711-0001'",
                "SELECT id FROM recorded WHERE lower(ssn) = lower(E'QZXQZ-40711-0001')",
                "SELECT id FROM recorded WHERE (id, ssn) IN ((1, 'QZXQZ-40711-0001'), (2, $$QZXQZ-40711-0002$$))",
                "SELECT id FROM recorded JOIN (SELECT 'QZXQZ-40711' || '-0001' AS s) q ON q.s = ssn",
                "SELECT /* QZXQZ-40711-0001 */ id FROM recorded -- 407154071",
                "SELECT id FROM recorded WHERE ssn = 'QZXQZ'\n'-40711'",
                "SELECT id FROM recorded WHERE WHERE ssn = 'QZXQZ-40711-0001' OR pin = 407154071",
                "SELECT id FROM recorded WHERE ssn = 'QZXQZ-40711-0001",
                "EXPLAIN (VERBOSE) INSERT INTO recorded (ssn) VALUES ('QZXQZ-40711-0001')",
                "EXPLAIN (ANALYZE) SELECT id FROM recorded WHERE ssn = 'QZXQZ-40711-0001'",
                "COPY (SELECT id FROM recorded WHERE ssn = 'QZXQZ-40711-0001') TO STDOUT",
                "PREPARE s (text) AS SELECT id FROM recorded WHERE ssn = $1; EXECUTE s('QZXQZ-40711-0001')",
                "PREPARE t AS UPDATE recorded SET ssn = 'QZXQZ-40711-0001'; EXECUTE t",
                "BEGIN; DECLARE c CURSOR FOR SELECT id FROM recorded WHERE ssn = 'QZXQZ-40711-0001'; FETCH 1 FROM c; ABORT",
                "ALTER TABLE recorded ALTER ssn SET DEFAULT 'QZXQZ-40711-0001'",
                "ALTER TABLE recorded ADD CONSTRAINT no CHECK (ssn <> 'QZXQZ-40711-0001') NOT VALID",
                "CREATE VIEW recorded_view AS SELECT id FROM recorded WHERE ssn = 'QZXQZ-40711-0001'; DROP VIEW recorded_view",
                "DO $$ BEGIN PERFORM 1 FROM recorded WHERE ssn = 'QZXQZ-40711-0001'; END $$",
                "SELECT ssn = 'QZXQZ-40711-0001', coalesce(ssn, 'QZXQZ') FROM recorded"
            })
    void no_value_for_a_masked_column_is_recorded(String sql) throws Exception {
        client.query(sql);
        assertThat(last().text()).containsAnyOf("[redacted]", "****");
    }

    @Test
    void an_argument_of_execute_is_masked_as_the_parameter_it_is_given_for() throws Exception {
        client.query("PREPARE find (text, text) AS SELECT id FROM recorded WHERE name = $1 AND ssn = $2");
        client.query("EXECUTE find('Ada', 'QZXQZ-40711-0001')");
        assertThat(last().text()).isEqualTo("EXECUTE find('Ada', '************0001')");
    }

    @Test
    void parameters_are_masked_as_the_columns_they_are_for() throws Exception {
        client.send(
                        parse("", "INSERT INTO recorded (id, name, ssn, pin) VALUES ($1, $2, $3, $4)"),
                        bind("", "", "1", "Ada", "QZXQZ-40711-0001", "407154071"),
                        execute("", 0),
                        sync())
                .readUntilReady();
        assertThat(parameters(last()))
                .containsExactly("text 1", "text Ada", "text ************0001", "text [redacted]");
    }

    @Test
    void parameters_in_binary_are_masked_too() throws Exception {
        client.send(
                        parse("s", "SELECT id FROM recorded WHERE ssn = $1 AND pin = $2 AND id = $3"),
                        describeStatement("s"),
                        sync())
                .readUntilReady();
        client.send(
                        message(
                                'B',
                                texts("", "s"),
                                int16(1),
                                int16(1),
                                int16(3),
                                int32(16),
                                utf8("QZXQZ-40711-0001"),
                                int32(4),
                                int32(407154071),
                                int32(4),
                                int32(7),
                                int16(0)),
                        execute("", 0),
                        sync())
                .readUntilReady();
        List<RecordedParameter> recorded = last().parameters();
        assertThat(shown(recorded.get(0))).isEqualTo("text ************0001");
        assertThat(shown(recorded.get(1))).isEqualTo("text [redacted]");
        assertThat(recorded.get(2).form()).isEqualTo("binary");
        assertThat(recorded.get(2).value()).hasValue(new byte[] {0, 0, 0, 7});
    }

    @Test
    void a_parameter_whose_use_cannot_be_known_is_masked() throws Exception {
        client.send(
                        parse("", "SELECT no_such_function($1), name FROM recorded WHERE id = $2"),
                        bind("", "", "QZXQZ", "7"),
                        execute("", 0),
                        sync())
                .readUntilReady();
        client.send(parse("d", "SELECT id FROM recorded WHERE id = $1"), bind("", "d", "7"), execute("", 0), sync())
                .readUntilReady();
        assertThat(parameters(last())).containsExactly("text 7");
    }

    @Test
    void values_for_other_tables_are_recorded_as_they_are() throws Exception {
        client.query("SELECT 'x' AS y /* why */ WHERE 1 = 2");
        assertThat(last().text()).isEqualTo("SELECT 'x' AS y /* why */ WHERE 1 = 2");
    }
}
