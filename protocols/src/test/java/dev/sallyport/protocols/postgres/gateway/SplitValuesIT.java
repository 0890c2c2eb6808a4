package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.Messages.bind;
import static dev.sallyport.testkit.postgres.Messages.execute;
import static dev.sallyport.testkit.postgres.Messages.message;
import static dev.sallyport.testkit.postgres.Messages.parse;
import static dev.sallyport.testkit.postgres.Messages.sync;
import static dev.sallyport.testkit.postgres.Messages.texts;
import static dev.sallyport.testkit.postgres.Messages.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Detector;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that come in pieces, by packets or by messages, are masked as if they came whole. */
class SplitValuesIT {
    private static final String CARD = "4111 1111 1111 1111";

    @AutoClose
    private static final Turncoat target = new Turncoat(PostgresServer.shared());

    @AutoClose
    private static TestGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = target.gateway(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .mask("public", "pieces", "ssn", new Mask.KeepLast(4))
                .mask(Detector.CREDIT_CARD, new Mask.Redact())
                .build());
        gateway.server.run("CREATE TABLE pieces (id int, ssn text, note text); GRANT ALL ON pieces TO shop_app;"
                + "INSERT INTO pieces VALUES (1, 'QZXQZ-40711-0001', 'paid with " + CARD + ", thanks')");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE pieces");
    }

    private static String text(List<Message> heard) {
        return heard.stream()
                .map(each -> new String(each.body(), StandardCharsets.ISO_8859_1))
                .collect(Collectors.joining());
    }

    private static void masked(List<Message> heard) {
        assertThat(text(heard))
                .contains("************0001", "paid with [redacted], thanks")
                .doesNotContain("QZXQZ", "40711", CARD);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 64})
    void split_over_packets_in_rows_and_copies(int bytes) throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            target.splits(bytes);

            masked(client.query("SELECT * FROM pieces"));
            masked(client.query("COPY pieces TO STDOUT"));
            masked(client.query("COPY pieces TO STDOUT (FORMAT csv)"));
            client.send(parse("", "SELECT id, ssn, note FROM pieces"), bind("", ""), execute("", 0), sync());
            masked(client.readUntilReady());
        } finally {
            target.splits(Integer.MAX_VALUE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 17})
    void split_over_the_messages_of_a_copy(int bytes) throws Exception {
        byte[] row = utf8("1\tQZXQZ-40711-0001\tpaid with " + CARD + ", thanks\n");
        target.turns(peer -> {
            peer.send('H', new byte[] {0, 0, 3, 0, 0, 0, 0, 0, 0});
            for (int at = 0; at < row.length; at += bytes) {
                peer.send('d', Arrays.copyOfRange(row, at, Math.min(row.length, at + bytes)));
            }
            peer.send(message('c')).send('C', texts("COPY 1")).send('Z', utf8("I"));
            peer.readMessage();
        });
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            masked(client.query("COPY pieces TO STDOUT " + Turncoat.WORD));
        }
    }
}
