package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The client of Vert.x: several commands in flight at once, each with a Sync of its own. */
class VertxIT {
    private static final Vertx VERTX = Vertx.vertx();

    @BeforeAll
    static void make_a_table() throws Exception {
        PgConnection connection = connect("admin");
        done(connection.query("DROP TABLE IF EXISTS vertx_items").execute());
        done(connection
                .query("CREATE TABLE vertx_items (id serial PRIMARY KEY, name text NOT NULL, n integer)")
                .execute());
        done(connection.close());
    }

    @AfterAll
    static void stop() throws Exception {
        done(VERTX.close());
    }

    @Test
    void pipelined_commands_are_answered_in_order() throws Exception {
        PgConnection connection = connect("admin");
        List<Future<RowSet<Row>>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(connection.preparedQuery("SELECT $1::int4").execute(Tuple.of(i)));
        }
        for (int i = 0; i < 500; i++) {
            assertThat(done(answers.get(i)).iterator().next().getInteger(0)).isEqualTo(i);
        }
        done(connection.close());
    }

    @Test
    void a_failed_command_in_a_pipeline_fails_alone() throws Exception {
        PgConnection connection = connect("admin");
        var before = connection.preparedQuery("SELECT 1").execute();
        var failing = connection.preparedQuery("SELECT 1 / $1::int4").execute(Tuple.of(0));
        var denied = connection.query("COPY vertx_items TO '/nowhere'").execute();
        var after = connection.preparedQuery("SELECT 2").execute();
        assertThat(done(before).iterator().next().getInteger(0)).isEqualTo(1);
        assertThatThrownBy(() -> done(failing)).rootCause().hasMessageContaining("division by zero");
        assertThatThrownBy(() -> done(denied)).rootCause().isInstanceOf(PgException.class);
        assertThat(done(after).iterator().next().getInteger(0)).isEqualTo(2);
        done(connection.close());
    }

    @Test
    void a_batch_inserts_all_its_rows() throws Exception {
        PgConnection connection = connect("admin");
        List<Tuple> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(Tuple.of("batch", i));
        }
        done(connection
                .preparedQuery("INSERT INTO vertx_items (name, n) VALUES ($1, $2)")
                .executeBatch(rows));
        assertThat(number(connection, "SELECT count(*)::int4 FROM vertx_items WHERE name = 'batch'"))
                .isEqualTo(300);
        done(connection.close());
    }

    @Test
    void transactions_commit_and_roll_back() throws Exception {
        PgConnection connection = connect("admin");
        var kept = done(connection.begin());
        done(connection.query("INSERT INTO vertx_items (name) VALUES ('kept')").execute());
        done(kept.commit());
        var undone = done(connection.begin());
        done(connection.query("DELETE FROM vertx_items WHERE name = 'kept'").execute());
        done(undone.rollback());
        assertThat(number(connection, "SELECT count(*)::int4 FROM vertx_items WHERE name = 'kept'"))
                .isEqualTo(1);
        done(connection.close());
    }

    @Test
    void a_cursor_reads_in_portions() throws Exception {
        PgConnection connection = connect("admin");
        var transaction = done(connection.begin());
        var cursor = done(connection.prepare("SELECT i FROM generate_series(1, 5000) i"))
                .cursor();
        int rows = 0;
        do {
            rows += done(cursor.read(400)).size();
        } while (cursor.hasMore());
        done(cursor.close());
        done(transaction.commit());
        assertThat(rows).isEqualTo(5000);
        done(connection.close());
    }

    @Test
    void cancel_ends_what_runs() throws Exception {
        PgConnection connection = connect("admin");
        var running = connection.query("SELECT pg_sleep(60)").execute();
        Pause.of(Duration.ofMillis(500));
        done(connection.cancelRequest());
        assertThatThrownBy(() -> done(running))
                .rootCause()
                .isInstanceOfSatisfying(
                        PgException.class, e -> assertThat(e.getSqlState()).isEqualTo("57014"));
        assertThat(number(connection, "SELECT 3")).isEqualTo(3);
        done(connection.close());
    }

    @Test
    void notifications_arrive() throws Exception {
        PgConnection listener = connect("admin");
        PgConnection other = connect("admin");
        CompletableFuture<String> payload = new CompletableFuture<>();
        listener.notificationHandler(notification -> payload.complete(notification.getPayload()));
        done(listener.query("LISTEN vertx_channel").execute());
        done(other.query("NOTIFY vertx_channel, 'a payload'").execute());
        assertThat(payload.get(20, TimeUnit.SECONDS)).isEqualTo("a payload");
        done(listener.close());
        done(other.close());
    }

    @Test
    void masks_denials_and_holds_look_like_answers_errors_and_a_wait() throws Exception {
        Demo demo = Demo.shared();
        PgConnection writer = connect("writer");
        Row masked = done(writer.preparedQuery("SELECT email, ssn FROM customers WHERE id = $1")
                        .execute(Tuple.of(3)))
                .iterator()
                .next();
        assertThat(masked.getString("email")).doesNotContain("@");
        assertThat(masked.getString("ssn")).doesNotMatch("\\d{3}-\\d{2}-\\d{4}");
        assertThatThrownBy(() -> done(writer.query("DELETE FROM orders").execute()))
                .rootCause()
                .isInstanceOfSatisfying(PgException.class, e -> {
                    assertThat(e.getSqlState()).isEqualTo("42501");
                    assertThat(e.getErrorMessage()).isEqualTo("DELETE needs a WHERE clause.");
                });
        try (Approvers approvers = new Approvers(demo.admin(), demo.token("approver"), demo.caFile())) {
            var held = writer.preparedQuery("UPDATE orders SET note = 'vertx' WHERE id = $1")
                    .execute(Tuple.of(4970));
            String id = approvers.await("'vertx'");
            assertThat(held.isComplete()).isFalse();
            approvers.approve(id);
            assertThat(done(held).rowCount()).isEqualTo(1);
        }
        done(writer.close());
    }

    private static PgConnection connect(String role) throws Exception {
        Door door = Demo.shared().as(role);
        PgConnectOptions options = new PgConnectOptions()
                .setHost(door.host())
                .setPort(door.port())
                .setDatabase(door.database())
                .setUser(door.user())
                .setPassword(door.password())
                .setPipeliningLimit(64)
                .setSslMode(SslMode.VERIFY_FULL)
                .setSslOptions(new ClientSSLOptions()
                        .setHostnameVerificationAlgorithm("HTTPS")
                        .setTrustOptions(
                                new PemTrustOptions().addCertPath(door.caFile().toString())));
        return done(PgConnection.connect(VERTX, options));
    }

    private static int number(PgConnection connection, String sql) throws Exception {
        return done(connection.query(sql).execute()).iterator().next().getInteger(0);
    }

    private static <T> T done(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
