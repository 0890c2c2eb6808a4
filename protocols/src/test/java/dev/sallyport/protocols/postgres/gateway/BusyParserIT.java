package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.sql.postgres.parser.ParserLimits;
import dev.sallyport.sql.postgres.parser.PostgresParser;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.RawClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A statement that nobody had the time to look at is refused as such, so that a client sends it again. */
class BusyParserIT {
    private static final ParserLimits ONE_WAITS =
            new ParserLimits(1, 1, 1 << 20, 16 << 20, 4_000_000, 1_000, Duration.ofSeconds(60));

    @Test
    void what_finds_the_parser_busy_is_to_be_sent_again() throws Exception {
        PostgresParser parser = new PostgresParser(ONE_WAITS);
        PostgresAnalyzer analyzer = new PostgresAnalyzer(parser);
        try (analyzer;
                TestGateway gateway = new TestGateway(List.of(Policies.ALL), analyzer);
                RawClient client = gateway.raw(gateway.bot("all"))) {
            CompletableFuture<?> busy = occupy(parser);
            List<Message> simple = client.query("SELECT 'busy ' || 1");
            List<Message> extended = client.send(Messages.parse("", "SELECT 'busy ' || 2"), Messages.sync())
                    .readUntilReady();
            assertThat(busy).isNotDone();
            busy.join();

            for (List<Message> refused : List.of(simple, extended)) {
                assertThat(RawClient.tags(refused)).isEqualTo("EZ");
                assertThat(new String(refused.getFirst().body(), StandardCharsets.UTF_8))
                        .contains("C53000", "Send it again");
            }
            assertThat(Answers.firstColumn(client.query("SELECT 'busy ' || 1"))).containsExactly("busy 1");
        }
    }

    /** One text keeps the parser busy for a while, and another waits. */
    private static CompletableFuture<?> occupy(PostgresParser parser) throws InterruptedException {
        String text = "SELECT 1" + ", a + b".repeat(10_000);
        CompletableFuture<?> running = parser.parseAsync(text);
        // By then it is no longer among those that wait.
        TimeUnit.MILLISECONDS.sleep(300);
        return CompletableFuture.allOf(running, parser.parseAsync(text));
    }
}
