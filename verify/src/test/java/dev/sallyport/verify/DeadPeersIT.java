package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sallyport.testkit.issuer.SigningKey;
import dev.sallyport.testkit.issuer.TestIssuer;
import dev.sallyport.testkit.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** A target that goes away, a gateway that goes away, and clients that should never have come. */
class DeadPeersIT {
    @TempDir
    private Path directory;

    private PostgresServer target;
    private Served served;

    @BeforeEach
    void start() {
        target = PostgresServer.start(Scratch.in(directory, "target"));
        target.run("CREATE TABLE items (id integer PRIMARY KEY); GRANT ALL ON items TO PUBLIC");
        // Small enough that a large result which is kept anywhere ends it.
        served = Served.before(target, directory.resolve("gateway"), "-Xmx512m", "-XX:MaxDirectMemorySize=128m");
    }

    @AfterEach
    void stop() {
        served.close();
        target.close();
    }

    @Test
    void a_target_that_dies_ends_the_session_with_an_error_and_new_ones_are_refused_clearly() throws Exception {
        try (Connection connection = served.as("all").jdbc();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO items VALUES (1)");
            CompletableFuture<SQLException> running = CompletableFuture.supplyAsync(
                    () -> catchThrowableOfType(SQLException.class, () -> statement.execute("SELECT pg_sleep(60)")));
            Pause.of(Duration.ofMillis(500));
            target.close();
            SQLException lost = running.get(30, TimeUnit.SECONDS);
            assertThat(lost.getSQLState()).isIn("57P01", "57P02", "08006");
        }
        SQLException refused = catchThrowableOfType(
                SQLException.class, () -> served.as("all").jdbc().close());
        assertThat(refused.getSQLState()).startsWith("08");
        assertThat(refused.getMessage())
                .contains("cannot be reached")
                .doesNotContain("shop_app")
                .doesNotContain(Integer.toString(target.port()));
        assertThat(served.isAlive()).isTrue();
        assertThat(served.auditVerify().status()).isZero();
    }

    @Test
    void a_gateway_that_is_stopped_lets_what_runs_end_and_says_goodbye_to_who_is_idle() throws Exception {
        try (Connection busy = served.as("all").jdbc();
                Connection idle = served.as("all").jdbc();
                Statement statement = busy.createStatement()) {
            CompletableFuture<Integer> running = CompletableFuture.supplyAsync(() -> {
                try {
                    return statement.executeUpdate("INSERT INTO items SELECT 7 FROM pg_sleep(2)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Pause.of(Duration.ofMillis(500));
            assertThat(served.stop()).as(served.log()).isIn(0, 143);
            assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            SQLException told = catchThrowableOfType(
                    SQLException.class, () -> idle.createStatement().execute("SELECT 1"));
            assertThat(told.getSQLState()).isIn("57P01", "08006", "08003");
        }
        assertThat(target.query("SELECT id FROM items")).hasSize(1);
        assertThat(served.auditVerify().status()).isZero();
    }

    @Test
    void bad_tokens_are_all_told_the_same_but_the_expired_one() throws SQLException {
        Door door = served.as("all");
        TestIssuer stranger = TestIssuer.offline("https://issuer.verify.invalid");
        List<String> bad = new ArrayList<>(List.of(
                "no-token-at-all",
                "not.a.token",
                stranger.token().subject("all-bot").groups("all").mint(),
                served.issuer().token().groups("all").audience("somebody-else").mint(),
                served.issuer()
                        .token()
                        .groups("all")
                        .claim("iss", "https://other.invalid")
                        .mint(),
                served.issuer().token().groups("all").claim("exp", null).mint(),
                served.issuer()
                        .token(SigningKey.generate("unknown", "ES256"))
                        .groups("all")
                        .mint(),
                served.issuer()
                        .token()
                        .groups("all")
                        .header("alg", "none")
                        .signature(new byte[0])
                        .mint()));
        List<String> told = new ArrayList<>();
        for (String token : bad) {
            SQLException refused = refusal(door.showing(token));
            assertThat(refused.getSQLState()).startsWith("28");
            told.add(refused.getMessage().replaceAll("Incident \\w+", "Incident #"));
        }
        assertThat(told).containsOnly(told.getFirst());
        SQLException expired = refusal(served.briefly("all", Duration.ofHours(-1)));
        assertThat(expired.getSQLState()).startsWith("28");
        assertThat(expired.getMessage()).containsIgnoringCase("expired");
        SQLException unknown = refusal(served.as("nobody-knows-them"));
        assertThat(unknown.getMessage()).doesNotContain("shop_app");
        try (Connection good = door.jdbc()) {
            assertThat(good.isValid(10)).isTrue();
        }
    }

    @Test
    void a_result_larger_than_its_memory_reaches_a_client_that_stops_reading_for_a_while() throws Exception {
        try (Connection connection = served.as("all").jdbc()) {
            var copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1500000)) TO STDOUT");
            long bytes = 0;
            long rows = 0;
            for (byte[] part = copy.readFromCopy(); part != null; part = copy.readFromCopy()) {
                bytes += part.length;
                rows++;
                if (rows == 1000) {
                    Pause.of(Duration.ofSeconds(3));
                }
            }
            assertThat(rows).isEqualTo(1_500_000);
            assertThat(bytes).isEqualTo(1_501_500_000L);
        }
        assertThat(served.isAlive()).as(served.log()).isTrue();
    }

    @Test
    void a_million_rows_pass_in_one_answer_and_in_portions() throws SQLException {
        String sql = "SELECT i, md5(i::text) FROM generate_series(1, 1000000) i";
        for (int portion : new int[] {0, 10_000}) {
            try (Connection connection = served.as("all").jdbc()) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    statement.setFetchSize(portion);
                    ResultSet result = statement.executeQuery(sql);
                    long sum = 0;
                    while (result.next()) {
                        sum += result.getInt(1);
                    }
                    assertThat(sum).isEqualTo(500_000_500_000L);
                }
            }
        }
        assertThat(served.isAlive()).as(served.log()).isTrue();
    }

    private static SQLException refusal(Door door) {
        SQLException refused =
                catchThrowableOfType(SQLException.class, () -> door.jdbc().close());
        assertThat((Throwable) refused).as("it was let in").isNotNull();
        assertThat(refused.getMessage()).doesNotContain(door.password());
        return refused;
    }
}
