package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.concat;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.int16;
import static dev.sallyport.testkit.postgres.Messages.int32;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.query;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.audit.AuditEvent;
import dev.sallyport.core.audit.AuditEvent.Answered;
import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.testkit.postgres.FakeTarget.Script;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A target that turns on the gateway in the middle of a session, or lies from its first byte: the client hears an error,
 * never a masked value, and everybody else goes on.
 */
class HostileSessionIT {
    private static final String SECRET = "QZXQZ-40711";
    private static final byte[] READY = message('Z', utf8("I"));
    private static final byte[] DONE = message('C', texts("SELECT 1"));
    private static final byte[] SAID_BEFORE_A_ROW = message('1');

    @AutoClose
    private static final Turncoat target = new Turncoat(PostgresServer.shared());

    @AutoClose
    private static TestGateway gateway;

    private static int table;

    @BeforeAll
    static void open() throws Exception {
        gateway = target.gateway(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .mask("public", "traitor", "ssn", new Mask.Redact())
                .build());
        gateway.server.run("CREATE TABLE traitor (id int, ssn text); GRANT ALL ON traitor TO shop_app");
        table = Integer.parseInt(gateway.server
                .query("SELECT 'traitor'::regclass::oid::int")
                .getFirst()
                .getFirst());
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE traitor");
    }

    @AfterEach
    void everybodyElseIsServed() throws Exception {
        target.greets(null);
        try (RawClient other = gateway.raw(gateway.bot("all").subject("other"))) {
            assertThat(Answers.firstColumn(other.query("SELECT 'served'"))).containsExactly("served");
        }
    }

    // ---- what it says --------------------------------------------------------------------------------------------

    /** A column of a RowDescription: an int4 where the name is {@code id}, else text. */
    private static byte[] column(String name, int oid, int attribute) {
        int type = name.equals("id") ? 23 : 25;
        return concat(texts(name), int32(oid), int16(attribute), int32(type), int16(-1), int32(-1), int16(0));
    }

    private static byte[] columns(byte[]... each) {
        return message('T', int16(each.length), concat(each));
    }

    private static byte[] bothColumns() {
        return columns(column("id", table, 1), column("ssn", table, 2));
    }

    private static byte[] row(String... values) {
        byte[][] each = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            each[i] = concat(int32(utf8(values[i]).length), utf8(values[i]));
        }
        return message('D', int16(values.length), concat(each));
    }

    private static byte[] lies(char tag, int length, byte[] body) {
        return concat(new byte[] {(byte) tag}, int32(length), body);
    }

    private static byte[] error(String... fields) {
        return message('E', texts(fields), new byte[1]);
    }

    private static Map<String, byte[]> broken() {
        byte[] one = columns(column("id", table, 1));
        Map<String, byte[]> said = new LinkedHashMap<>();
        said.put("a row that was never described", concat(row(SECRET), DONE, READY));
        said.put("more columns than told", concat(bothColumns(), row("1", "x", SECRET), DONE, READY));
        said.put("fewer columns than told", concat(bothColumns(), row(SECRET), DONE, READY));
        said.put("more columns than told, none masked", concat(one, row("1", SECRET), DONE, READY));
        said.put("no column where one was told", concat(one, row(), DONE, READY));
        said.put("a row without a count", concat(one, message('D'), DONE, READY));
        said.put("a row behind the end", concat(one, DONE, READY, row(SECRET)));
        said.put("a value longer than its row", concat(bothColumns(), overlong(), DONE, READY));
        said.put("a value of length -2", concat(bothColumns(), message('D', int16(2), int32(-2), utf8(SECRET))));
        said.put("bytes behind the last value", concat(bothColumns(), trailing(), DONE, READY));
        said.put("half a description", concat(message('T', int16(2), column("id", table, 1)), row(SECRET)));
        said.put("a tag nobody knows", message('q', utf8(SECRET)));
        said.put("a tag beyond ASCII", message((char) 0xd4, utf8(SECRET)));
        said.put("a request for a password", message('R', int32(3)));
        said.put("a key for cancelling", message('K', int32(1), int32(2)));
        said.put("a COPY instead of rows", concat(copyOut(), message('d', utf8("1\t" + SECRET + "\n"))));
        said.put("COPY data without a COPY", message('d', utf8(SECRET)));
        said.put("a COPY in both directions", message('W', new byte[] {0}, int16(0)));
        said.put("a function's result", message('V', int32(SECRET.length()), utf8(SECRET)));
        said.put("an answer to a Parse that nobody sent", concat(SAID_BEFORE_A_ROW, READY));
        said.put("a status nobody knows", concat(one, DONE, message('Z', utf8("?"))));
        said.put("ready twice", concat(one, DONE, READY, READY));
        said.put("an error without an end", message('E', utf8("M" + SECRET)));
        said.put("an encoding that cannot be read", message('S', texts("client_encoding", "SQL_ASCII")));
        said.put("a setting without a value", message('S', texts("x")));
        said.put("a message of 2 GiB", lies('D', Integer.MAX_VALUE, utf8(SECRET)));
        said.put("a message of length 3", lies('D', 3, utf8(SECRET)));
        said.put("a message of negative length", lies('T', -5, utf8(SECRET)));
        said.put("a row that breaks off", concat(bothColumns(), lies('D', 100, utf8("\0\2" + SECRET))));
        said.put("nothing at all", new byte[0]);
        return said;
    }

    private static byte[] overlong() {
        return message('D', int16(2), int32(1), utf8("1"), int32(1 << 20), utf8(SECRET));
    }

    private static byte[] trailing() {
        return message('D', int16(2), int32(1), utf8("1"), int32(1), utf8("x"), utf8(SECRET));
    }

    private static byte[] copyOut() {
        return message('H', new byte[] {0}, int16(2), int16(0), int16(0));
    }

    private static Map<String, byte[]> odd() {
        Map<String, byte[]> said = new LinkedHashMap<>();
        said.put("an error without SQLSTATE or severity", concat(error("M" + SECRET), READY));
        said.put("an error without any field", concat(error(), READY));
        said.put(
                "an error in another encoding",
                concat(message('E', utf8("SERROR"), new byte[] {0, 'M', (byte) 0xff, 0, 0}), READY));
        said.put(
                "an error with the value in every field",
                concat(
                        error(
                                "SERROR",
                                "VERROR",
                                "CXX000",
                                "M" + SECRET,
                                "D" + SECRET,
                                "H" + SECRET,
                                "W" + SECRET,
                                "q" + SECRET),
                        READY));
        said.put(
                "a notice with the value",
                concat(message('N', texts("SNOTICE", "C00000", "M" + SECRET), new byte[1]), DONE, READY));
        said.put("a table that nobody knows", concat(columns(column("x", 999_999, 1)), row(SECRET), DONE, READY));
        said.put("a column that the table has not", concat(columns(column("x", table, 9)), row(SECRET), DONE, READY));
        said.put("a column of no table", concat(columns(column("x", 0, 0)), row(SECRET), DONE, READY));
        said.put(
                "the masked column by another name", concat(columns(column("id", table, 2)), row(SECRET), DONE, READY));
        return said;
    }

    static Stream<String> brokenOnes() {
        return broken().keySet().stream();
    }

    static Stream<String> oddOnes() {
        return odd().keySet().stream();
    }

    // ---- tests ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("brokenOnes")
    void what_breaks_the_protocol_ends_the_session_with_an_error_and_shows_nothing(String what) throws Exception {
        target.turns(peer -> {
            byte[] said = broken().getOrDefault(what, new byte[0]);
            peer.send(said);
            if (!what.equals("a row that breaks off") && said.length > 0) {
                peer.readMessage();
            }
        });
        int before = gateway.audit.events().size();
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            List<Message> heard = toTheEnd(client.send(query("SELECT id, ssn FROM traitor " + Turncoat.WORD)));

            Message last = heard.getLast();
            assertThat(last.tag()).as("%s", heard).isEqualTo('E');
            assertThat(last.field('S')).isEqualTo("FATAL");
            assertThat(last.field('C')).isIn("08P01", "08006", "0A000");
            nothingShown(heard);
            nothingRecordedSince(before);
        }
    }

    @ParameterizedTest
    @MethodSource("oddOnes")
    void what_is_only_odd_is_masked_and_the_session_goes_on(String what) throws Exception {
        target.turns(peer -> {
            peer.send(odd().getOrDefault(what, READY));
            peer.readMessage();
            peer.send(concat(DONE, READY));
            peer.readMessage();
        });
        int before = gateway.audit.events().size();
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            List<Message> heard = client.query("SELECT id, ssn FROM traitor " + Turncoat.WORD);

            nothingShown(heard);
            nothingRecordedSince(before);
            assertThat(tags(client.query("SELECT 'on'"))).isEqualTo("CZ");
        }
    }

    @Test
    void in_the_extended_protocol_rows_need_a_description_that_fits() throws Exception {
        byte[] prepared = concat(message('1'), message('2'));
        List<byte[]> lies = List.of(
                concat(prepared, message('n'), row(SECRET), DONE, READY),
                concat(prepared, bothColumns(), row("1", "x", SECRET), DONE, READY),
                concat(prepared, columns(column("id", table, 1)), row("1", SECRET), DONE, READY),
                concat(prepared, row(SECRET), DONE, READY),
                concat(prepared, bothColumns(), bothColumns(), row("1", SECRET), DONE, READY),
                concat(message('1'), bothColumns(), row("1", SECRET), DONE, READY),
                concat(prepared, message('t', int16(0)), bothColumns(), row("1", SECRET), DONE, READY));
        for (byte[] said : lies) {
            target.turns(peer -> {
                while (peer.read().tag() != 'S') {
                    // The rest of the pipeline.
                }
                peer.send(said);
                peer.readMessage();
            });
            try (RawClient client = gateway.raw(gateway.bot("all"))) {
                client.send(
                        parse("", "SELECT id, ssn FROM traitor " + Turncoat.WORD),
                        bind("", ""),
                        execute("", 0),
                        sync());
                List<Message> heard = toTheEnd(client);

                assertThat(heard.getLast().field('C')).isEqualTo("08P01");
                nothingShown(heard);
            }
        }
    }

    @Test
    void settings_without_end_wait_for_the_client_that_has_to_read_them() throws Exception {
        AtomicLong sent = new AtomicLong();
        byte[] setting = message('S', texts("noise", "x".repeat(1000)));
        target.turns(peer -> {
            while (true) {
                peer.send(setting);
                sent.addAndGet(setting.length);
            }
        });
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.send(query("SELECT 1 " + Turncoat.WORD));

            // Sockets' buffers fill, and then nothing more goes out.
            Awaitility.await()
                    .during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        long seen = sent.get();
                        Thread.sleep(50);
                        return seen > 0 && seen == sent.get();
                    });
            assertThat(sent.get()).isLessThan(48L << 20);
        }
    }

    @Test
    void a_wrong_proof_at_the_start_lets_nobody_in_and_is_not_explained_to_the_client() throws Exception {
        target.greets(peer -> {
            peer.readUntagged();
            peer.authentication(10, concat(texts("SCRAM-SHA-256"), new byte[1]));
            String first = new String(peer.readMessage(), StandardCharsets.UTF_8);
            String nonce = first.substring(first.lastIndexOf("r=") + 2);
            peer.authentication(11, utf8("r=" + nonce + "more,s=c2FsdA==,i=4096"));
            peer.readMessage();
            peer.authentication(12, utf8("v=" + "A".repeat(43) + "="));
            peer.welcome();
        });

        Message heard = gateway.knock(gateway.bot("all"));

        assertThat(heard.field('S')).isEqualTo("FATAL");
        assertThat(heard.field('C')).isEqualTo("08004");
        assertThat(heard.toString()).doesNotContain("SCRAM", "shop_app", "localhost");
    }

    @Test
    void a_greeting_that_never_ends_or_breaks_off_is_an_error() throws Exception {
        Map<String, Script> greetings = new LinkedHashMap<>();
        greetings.put("08P01", peer -> {
            peer.readUntagged();
            peer.authentication(0, new byte[0]);
            while (true) {
                peer.parameter("noise", "x".repeat(1000));
            }
        });
        greetings.put("XX000", peer -> {
            peer.readUntagged();
            peer.error("M" + SECRET);
        });
        for (Map.Entry<String, Script> each : greetings.entrySet()) {
            target.greets(each.getValue());

            Message heard = gateway.knock(gateway.bot("all"));

            assertThat(heard.field('S')).isEqualTo("FATAL");
            assertThat(heard.field('C')).isEqualTo(each.getKey());
            nothingShown(List.of(heard));
        }
    }

    private static List<Message> toTheEnd(RawClient client) throws IOException {
        List<Message> heard = new ArrayList<>();
        for (Message next = client.readOrEnd(); next != null; next = client.readOrEnd()) {
            heard.add(next);
        }
        return heard;
    }

    private static void nothingShown(List<Message> heard) {
        for (Message each : heard) {
            assertThat(new String(each.body(), StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
        }
    }

    private static void nothingRecordedSince(int first) {
        List<AuditEvent> events = gateway.audit.events();
        for (AuditEvent event : events.subList(first, events.size())) {
            assertThat(event.toString()).doesNotContain(SECRET);
            if (event instanceof Answered answered) {
                assertThat(new String(answered.rows(), StandardCharsets.ISO_8859_1))
                        .doesNotContain(SECRET);
            }
        }
    }
}
