package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sallyport.testkit.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PostgreSQL's own load generator, from initialisation on. */
class PgbenchIT {
    private static final Duration MOST = Duration.ofMinutes(3);

    @TempDir
    private static Path directory;

    private static Served served;

    @BeforeAll
    static void initialise() {
        assumeTrue(Run.present("pgbench"), "pgbench is not on the PATH (Debian: apt install postgresql-contrib)");
        served = Served.before(PostgresServer.shared(), directory);
        Run run = pgbench("-i", "-s", "1", "-q");
        assertThat(run.status()).as(run.all()).isZero();
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
            PostgresServer.shared().run("DROP OWNED BY shop_app CASCADE");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "simple, select-only, 1", "simple, select-only, 8", "simple, tpcb-like, 1", "simple, tpcb-like, 8",
        "extended, select-only, 1", "extended, select-only, 8", "extended, tpcb-like, 1", "extended, tpcb-like, 8",
        "prepared, select-only, 1", "prepared, select-only, 8", "prepared, tpcb-like, 1", "prepared, tpcb-like, 8",
    })
    void no_transaction_fails(String mode, String script, int clients) {
        assertAllRan(
                clients * 100, "-M", mode, "-b", script, "-c", Integer.toString(clients), "-j", "2", "-t", "100", "-n");
    }

    @Test
    void no_transaction_fails_when_each_has_a_connection_of_its_own() {
        assertAllRan(40, "-C", "-S", "-c", "4", "-t", "10", "-n");
    }

    @Test
    void no_transaction_fails_in_a_pipeline() throws IOException {
        Path script = Files.writeString(directory.resolve("pipeline.sql"), """
                \\set aid random(1, 100000)
                \\startpipeline
                BEGIN;
                UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid;
                SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
                END;
                SELECT count(*) FROM pgbench_branches;
                \\endpipeline
                """);
        for (String mode : List.of("extended", "prepared")) {
            assertAllRan(400, "-M", mode, "-c", "4", "-t", "100", "-n", "-f", script.toString());
        }
    }

    private static void assertAllRan(int transactions, String... options) {
        Run run = pgbench(options);
        assertThat(run.status()).as(run.all()).isZero();
        assertThat(run.out())
                .contains("number of transactions actually processed: " + transactions)
                .contains("number of failed transactions: 0");
    }

    private static Run pgbench(String... options) {
        List<String> line = new ArrayList<>(List.of("pgbench"));
        line.addAll(List.of(options));
        return Run.of(directory, MOST, served.as("all").environment(), "", line);
    }
}
