package dev.sallyport.protocols.postgres.gateway;

import static dev.sallyport.testkit.postgres.RawClient.tags;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A target that can bear three connections: two for sessions, and one for the gateway's own look at the catalogue. */
class BudgetIT {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private TestGateway gateway;

    @BeforeEach
    void open() throws Exception {
        PostgresServer server = PostgresServer.shared();
        gateway =
                new TestGateway(server, Shop.budget(Shop.on(server), 3, Duration.ofSeconds(3)), List.of(Policies.ALL));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        gateway.close();
    }

    private RawClient client() throws Exception {
        return gateway.raw(gateway.bot("all"));
    }

    @Test
    void who_finds_all_connections_taken_is_told_so_and_the_others_do_not_notice() throws Exception {
        try (RawClient one = client();
                RawClient two = client()) {
            Message told = gateway.knock(gateway.bot("all").subject("third"));

            assertThat(told.field('S')).isEqualTo("FATAL");
            // too_many_connections
            assertThat(told.field('C')).isEqualTo("53300");
            assertThat(tags(one.query("SELECT 1"))).isEqualTo("TDCZ");
            assertThat(tags(two.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void who_waits_is_let_in_when_another_leaves() throws Exception {
        try (RawClient one = client();
                RawClient two = client()) {
            CompletableFuture<RawClient> waiting = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return client();
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    threads);
            Thread.sleep(500);
            assertThat(waiting).isNotDone();

            one.close();

            try (RawClient third = waiting.get(5, TimeUnit.SECONDS)) {
                assertThat(tags(third.query("SELECT 1"))).isEqualTo("TDCZ");
            }
            assertThat(tags(two.query("SELECT 1"))).isEqualTo("TDCZ");
        }
    }

    @Test
    void sessions_that_take_all_connections_still_have_the_catalogue_read() throws Exception {
        List<RawClient> all = new ArrayList<>();
        try {
            for (Message heard = gateway.knock(gateway.bot("all")); heard.tag() == 'Z'; ) {
                all.add(client());
                heard = gateway.knock(gateway.bot("all"));
            }
            for (RawClient each : all) {
                assertThat(tags(each.query("CREATE TABLE budgeted (id int)"))).isEqualTo("CZ");
                assertThat(tags(each.query("SELECT id FROM budgeted"))).isEqualTo("TCZ");
                assertThat(tags(each.query("DROP TABLE budgeted"))).isEqualTo("CZ");
            }
            assertThat(all).hasSize(2);
        } finally {
            for (RawClient each : all) {
                each.close();
            }
        }
    }
}
