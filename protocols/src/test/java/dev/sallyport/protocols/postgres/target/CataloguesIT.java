package dev.sallyport.protocols.postgres.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.target.TlsMode;
import dev.sallyport.net.Transport;
import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.testkit.postgres.FakeTarget;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CataloguesIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static Transport transport;
    private static PostgresServer server;
    private static TargetConnector connector;

    @BeforeAll
    static void start() throws Exception {
        transport = Transport.open();
        server = PostgresServer.shared();
        server.createUser("catalogue_reader", "secret");
        connector = Targets.at(server.port())
                .user("catalogue_reader")
                .tls(TlsMode.VERIFY_FULL, server.certificates())
                .connector(transport);
    }

    @AfterAll
    static void stop() {
        server.run("DROP SCHEMA IF EXISTS catalogue_test CASCADE; DROP ROLE catalogue_reader");
        transport.close();
    }

    @Test
    void reads_the_catalogue_and_sees_a_change_once_told() throws Exception {
        server.run("DROP SCHEMA IF EXISTS catalogue_test CASCADE; CREATE SCHEMA catalogue_test");
        try (Catalogues catalogues = new Catalogues(connector, transport, HOUR, InstantSource.system(), read -> {})) {
            assertThat(catalogues.stale()).isTrue();
            Catalogue first = read(catalogues.refresh());
            assertThat(first.relation("catalogue_test", "t")).isEmpty();
            assertThat(catalogues.stale()).isFalse();
            long version = catalogues.version();

            server.run("CREATE TABLE catalogue_test.t (id int, ssn text)");
            CompletableFuture<Catalogue> after = catalogues.changed();
            assertThat(catalogues.stale()).isTrue();

            assertThat(read(after).relation("catalogue_test", "t")).isPresent();
            assertThat(catalogues.stale()).isFalse();
            assertThat(catalogues.version()).isGreaterThan(version);
        }
    }

    @Test
    void keeps_the_version_where_nothing_changed() throws Exception {
        try (Catalogues catalogues = new Catalogues(connector, transport, HOUR, InstantSource.system(), read -> {})) {
            Catalogue first = read(catalogues.refresh());

            Catalogue second = read(catalogues.refresh());

            assertThat(second).isSameAs(first);
            assertThat(catalogues.version()).isEqualTo(1);
        }
    }

    @Test
    void who_asks_while_it_is_read_gets_the_reading_behind() throws Exception {
        try (Catalogues catalogues = new Catalogues(connector, transport, HOUR, InstantSource.system(), read -> {})) {
            CompletableFuture<Catalogue> running = catalogues.refresh();
            CompletableFuture<Catalogue> behind = catalogues.refresh();
            CompletableFuture<Catalogue> sameBehind = catalogues.refresh();

            assertThat(behind).isNotSameAs(running).isSameAs(sameBehind);
            read(behind);
            assertThat(running).isDone();
        }
    }

    @Test
    void who_waits_for_a_change_waits_for_one_reading() throws Exception {
        try (Catalogues catalogues = new Catalogues(connector, transport, HOUR, InstantSource.system(), read -> {})) {
            CompletableFuture<Catalogue> before = catalogues.refresh();
            CompletableFuture<Catalogue> afterChange = catalogues.changed();
            assertThat(catalogues.fresh()).isSameAs(afterChange).isNotSameAs(before);
            read(afterChange);

            CompletableFuture<Catalogue> next = catalogues.changed();
            assertThat(catalogues.fresh()).isSameAs(next);
            read(next);
            assertThat(catalogues.stale()).isFalse();
        }
    }

    @Test
    void changes_that_follow_each_other_are_read_on_one_connection_until_the_target_ends_it() throws Exception {
        await().untilAsserted(() -> assertThat(readers()).isEmpty());
        try (Catalogues catalogues = new Catalogues(connector, transport, HOUR, InstantSource.system(), read -> {})) {
            read(catalogues.refresh());
            String first = readers();
            assertThat(first).matches("[0-9]+");
            read(catalogues.changed());
            assertThat(readers()).isEqualTo(first);

            server.run("SELECT pg_terminate_backend(" + first + ")");
            server.run("CREATE SCHEMA IF NOT EXISTS catalogue_test; CREATE TABLE catalogue_test.later (id int)");

            assertThat(read(catalogues.changed()).relation("catalogue_test", "later"))
                    .isPresent();
            assertThat(readers()).matches("[0-9]+").isNotEqualTo(first);
        }
        await().untilAsserted(() -> assertThat(readers()).isEmpty());
    }

    /** The processes that serve the reader's connections. */
    private static String readers() {
        return server.query("SELECT coalesce(string_agg(pid::text, ','), '') FROM pg_stat_activity"
                        + " WHERE usename = 'catalogue_reader'")
                .getFirst()
                .getFirst();
    }

    @Test
    void polls_while_somebody_watches_and_not_otherwise() throws Exception {
        Duration poll = Duration.ofMillis(200);
        try (Catalogues catalogues = new Catalogues(connector, transport, poll, InstantSource.system(), read -> {})) {
            try (Catalogues.Watch watching = catalogues.watch()) {
                assertThat(watching).isNotNull();
                await().until(() -> !catalogues.stale());
                server.run("CREATE SCHEMA IF NOT EXISTS catalogue_test; CREATE TABLE catalogue_test.polled (id int)");
                await().until(() -> catalogues
                        .current()
                        .relation("catalogue_test", "polled")
                        .isPresent());
            }

            await().until(catalogues::stale);
            await().until(() -> connector.budget().inUse() == 0);
        }
    }

    @Test
    void a_failure_leaves_what_was_known_and_says_why() throws Exception {
        TargetConnector wrong = Targets.at(server.port())
                .user("catalogue_reader")
                .password("wrong")
                .connector(transport);
        try (Catalogues catalogues = new Catalogues(wrong, transport, HOUR, InstantSource.system(), read -> {})) {
            assertThatThrownBy(() -> read(catalogues.refresh()))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TargetException.class);
            assertThat(catalogues.stale()).isTrue();
            assertThat(catalogues.current()).isSameAs(Catalogue.EMPTY);
        }
    }

    @Test
    void an_answer_without_end_is_cut() throws Exception {
        byte[] row = Messages.message('D', Messages.int16(1), Messages.int32(500_000), new byte[500_000]);
        try (FakeTarget target = FakeTarget.playing(peer -> {
            peer.readUntagged();
            peer.welcome();
            while (true) {
                peer.send(row);
            }
        })) {
            TargetConnector endless = Targets.at(target.port()).connector(transport);

            TargetFailure failure =
                    Targets.failureOf(new CatalogueReader(endless).read(transport.nextLoop(), List.of("SELECT 1")));

            assertThat(failure).isInstanceOf(TargetFailure.ProtocolViolation.class);
        }
    }

    private static Catalogue read(CompletableFuture<Catalogue> reading) throws Exception {
        return reading.get(20, TimeUnit.SECONDS);
    }
}
