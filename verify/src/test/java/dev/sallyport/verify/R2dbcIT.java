package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlException;
import io.r2dbc.postgresql.client.SSLMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The R2DBC driver: extended queries in binary, with back-pressure of its own. */
class R2dbcIT {
    private static final Duration MOST = Duration.ofSeconds(60);

    @BeforeAll
    static void make_a_table() {
        as(
                "admin",
                connection -> execute(connection, "DROP TABLE IF EXISTS r2dbc_items")
                        .then(execute(
                                connection, "CREATE TABLE r2dbc_items (id serial PRIMARY KEY, name text, n bigint)")));
    }

    @Test
    void reads_and_writes_with_parameters() {
        as(
                "admin",
                connection -> Flux.from(connection
                                .createStatement("INSERT INTO r2dbc_items (name, n) VALUES ($1, $2)")
                                .returnGeneratedValues("id")
                                .bind(0, "Grüße 🚀")
                                .bind(1, Long.MAX_VALUE)
                                .execute())
                        .flatMap(result -> result.map((row, data) -> row.get("id", Integer.class)))
                        .doOnNext(id -> assertThat(id).isPositive()));
        List<Long> values = list(
                "admin",
                connection -> Flux.from(connection
                                .createStatement("SELECT n FROM r2dbc_items WHERE name = $1")
                                .bind("$1", "Grüße 🚀")
                                .execute())
                        .flatMap(result -> result.map((row, data) -> row.get(0, Long.class))));
        assertThat(values).containsOnly(Long.MAX_VALUE);
    }

    @Test
    void rolls_back() {
        as(
                "admin",
                connection -> Mono.from(connection.beginTransaction())
                        .then(execute(connection, "INSERT INTO r2dbc_items (name) VALUES ('undone')"))
                        .then(Mono.from(connection.rollbackTransaction())));
        assertThat(texts("admin", "SELECT count(*)::text FROM r2dbc_items WHERE name = 'undone'"))
                .containsExactly("0");
    }

    @Test
    void an_error_leaves_the_session_usable() {
        List<String> seen = list(
                "admin",
                connection -> execute(connection, "SELECT 1/0")
                        .then(Mono.just("no error"))
                        .onErrorResume(
                                PostgresqlException.class::isInstance,
                                e -> Mono.just(((PostgresqlException) e)
                                        .getErrorDetails()
                                        .getCode()))
                        .concatWith(strings(connection, "SELECT 'still here'")));
        assertThat(seen).containsExactly("22012", "still here");
    }

    @Test
    void a_large_result_is_read_at_the_pace_of_its_reader() {
        Long rows = Flux.usingWhen(
                        factory("admin").create(),
                        connection -> Flux.from(connection
                                        .createStatement("SELECT i FROM generate_series(1, 200000) i WHERE i > $1")
                                        .bind(0, 0)
                                        .fetchSize(1000)
                                        .execute())
                                .concatMap(result -> result.map((row, data) -> row.get(0, Integer.class)))
                                .limitRate(500),
                        PostgresqlConnection::close)
                .count()
                .block(MOST);
        assertThat(rows).isEqualTo(200_000);
    }

    @Test
    void leaving_a_large_result_half_way_leaves_the_session_usable() {
        List<String> seen = list(
                "admin",
                connection -> Flux.from(connection
                                .createStatement("SELECT i::text FROM generate_series(1, 1000000) i")
                                .fetchSize(100)
                                .execute())
                        .concatMap(result -> result.map((row, data) -> row.get(0, String.class)))
                        .take(3)
                        .concatWith(strings(connection, "SELECT 'still here'")));
        assertThat(seen).containsExactly("1", "2", "3", "still here");
    }

    @Test
    void copies_in() {
        Long rows = Mono.usingWhen(
                        factory("admin").create(),
                        connection -> connection
                                .copyIn("COPY r2dbc_items (name, n) FROM STDIN")
                                .from(Unpooled.copiedBuffer("copied\t1\ncopied\t2\n", StandardCharsets.UTF_8))
                                .build(),
                        PostgresqlConnection::close)
                .block(MOST);
        assertThat(rows).isEqualTo(2);
    }

    @Test
    void masked_columns_arrive_masked() {
        assertThat(texts("reader", "SELECT email FROM customers")).hasSize(500).noneMatch(email -> email.contains("@"));
        assertThat(texts("reader", "SELECT ssn FROM customers")).noneMatch(ssn -> ssn.matches("\\d{3}-\\d{2}-\\d{4}"));
    }

    @Test
    void a_denial_is_a_permission_denied_exception() {
        assertThatThrownBy(() -> as("reader", connection -> execute(connection, "DROP TABLE customers")))
                .isInstanceOfSatisfying(PostgresqlException.class, e -> {
                    assertThat(e.getErrorDetails().getCode()).isEqualTo("42501");
                    assertThat(e.getErrorDetails().getMessage()).isEqualTo("Schema changes go through migrations.");
                });
    }

    @Test
    void a_held_update_runs_when_it_is_approved() throws Exception {
        Demo demo = Demo.shared();
        try (Approvers approvers = new Approvers(demo.admin(), demo.token("approver"), demo.caFile())) {
            CompletableFuture<Void> held = CompletableFuture.runAsync(() -> as(
                    "writer", connection -> execute(connection, "UPDATE orders SET note = 'r2dbc' WHERE id = 4960")));
            String id = approvers.await("'r2dbc'");
            assertThat(held).isNotDone();
            approvers.approve(id);
            held.get(30, TimeUnit.SECONDS);
        }
        assertThat(texts("admin", "SELECT note FROM orders WHERE id = 4960")).containsExactly("r2dbc");
    }

    private static PostgresqlConnectionFactory factory(String role) {
        Door door = Demo.shared().as(role);
        return new PostgresqlConnectionFactory(PostgresqlConnectionConfiguration.builder()
                .host(door.host())
                .port(door.port())
                .database(door.database())
                .username(door.user())
                .password(door.password())
                .sslMode(SSLMode.VERIFY_FULL)
                .sslRootCert(door.caFile().toString())
                .connectTimeout(Duration.ofSeconds(20))
                .build());
    }

    private static void as(String role, Function<PostgresqlConnection, Publisher<?>> work) {
        Flux.usingWhen(factory(role).create(), work, PostgresqlConnection::close)
                .blockLast(MOST);
    }

    private static <T> List<T> list(String role, Function<PostgresqlConnection, Flux<T>> work) {
        List<T> all = Flux.usingWhen(factory(role).create(), work, PostgresqlConnection::close)
                .collectList()
                .block(MOST);
        assertThat(all).isNotNull();
        return all;
    }

    private static List<String> texts(String role, String sql) {
        return list(role, connection -> strings(connection, sql));
    }

    private static Flux<String> strings(PostgresqlConnection connection, String sql) {
        return connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.map((row, data) -> String.valueOf(row.get(0, String.class))));
    }

    private static Mono<Void> execute(PostgresqlConnection connection, String sql) {
        return connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.getRowsUpdated())
                .then();
    }
}
