package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a denial, a masked column and a hold look like to a JDBC client, in every way it can be set to speak. */
@ParameterizedClass
@EnumSource
class JdbcGuardIT {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String IN_FAILED_TRANSACTION = "25P02";
    private static final String QUERY_CANCELED = "57014";
    private static final int OFTEN = 6;

    @Parameter
    private JdbcMode mode;

    @Test
    void masked_columns_arrive_masked_however_often_they_are_asked_for() throws SQLException {
        try (Connection reader = as("reader");
                Connection direct = Demo.shared().direct().jdbc()) {
            for (int id = 1; id <= OFTEN; id++) {
                List<String> masked = customer(reader, id);
                List<String> clear = customer(direct, id);
                assertThat(masked.get(0)).isEqualTo(clear.get(0));
                assertThat(masked.get(1)).isEqualTo(clear.get(1));
                assertThat(masked.get(2)).doesNotContain("@");
                assertThat(masked.get(3))
                        .isNotEqualTo(clear.get(3))
                        .endsWith(clear.get(3).substring(clear.get(3).length() - 4));
                assertThat(masked.get(4)).doesNotContain(clear.get(4).substring(0, 8));
            }
        }
    }

    @Test
    void a_column_that_is_masked_to_null_is_null() throws SQLException {
        try (Connection reader = as("reader")) {
            for (int i = 0; i < OFTEN; i++) {
                try (PreparedStatement select = reader.prepareStatement("SELECT service, key FROM api_keys")) {
                    ResultSet row = select.executeQuery();
                    assertThat(row.next()).isTrue();
                    assertThat(row.getString("service")).isNotEmpty();
                    assertThat(row.getString("key")).isNull();
                }
            }
        }
    }

    @Test
    void masked_rows_stay_masked_when_they_are_fetched_in_portions() throws SQLException {
        try (Connection reader = as("reader")) {
            reader.setAutoCommit(false);
            try (PreparedStatement select = reader.prepareStatement("SELECT id, email, ssn FROM customers")) {
                select.setFetchSize(50);
                ResultSet row = select.executeQuery();
                int rows = 0;
                while (row.next()) {
                    rows++;
                    assertThat(row.getString("email")).doesNotContain("@");
                    assertThat(row.getString("ssn")).doesNotMatch("\\d{3}-\\d{2}-\\d{4}");
                }
                assertThat(rows).isEqualTo(500);
            }
            reader.rollback();
        }
    }

    @Test
    void a_copy_out_of_a_masked_table_is_masked() throws Exception {
        try (Connection reader = as("reader")) {
            StringWriter out = new StringWriter();
            reader.unwrap(PGConnection.class).getCopyAPI().copyOut("COPY customers TO STDOUT", out);
            assertThat(out.toString().lines().count()).isEqualTo(500);
            assertThat(out.toString()).doesNotContain("@example.com").doesNotContainPattern("\\d{3}-\\d{2}-\\d{4}");
        }
    }

    @Test
    void a_denial_has_its_code_its_reason_a_hint_and_an_incident() throws SQLException {
        try (Connection reader = as("reader");
                Statement statement = reader.createStatement()) {
            PSQLException denied =
                    catchThrowableOfType(PSQLException.class, () -> statement.execute("DROP TABLE customers"));
            ServerErrorMessage message = denied.getServerErrorMessage();
            assertThat(message).isNotNull();
            assertThat(message.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE);
            assertThat(message.getMessage()).isEqualTo("Schema changes go through migrations.");
            assertThat(message.getDetail()).isNotEmpty();
            assertThat(message.getHint()).isNotEmpty();
            assertThat(stillHere(reader)).isTrue();
        }
    }

    @Test
    void a_denial_inside_a_transaction_fails_it() throws SQLException {
        try (Connection writer = as("writer")) {
            writer.setAutoCommit(false);
            execute(writer, "INSERT INTO orders VALUES (" + orderId() + ", 1, 'rug', 1, 'open', 'jdbc-failed', now())");
            assertThat(stateOf(() -> execute(writer, "DROP TABLE orders"))).isEqualTo(INSUFFICIENT_PRIVILEGE);
            assertThat(stateOf(() -> execute(writer, "SELECT 1"))).isEqualTo(IN_FAILED_TRANSACTION);
            writer.commit();
        } catch (SQLException e) {
            assertThat((Throwable) e).as("a commit of what failed is told so").hasMessageContaining("aborted");
        }
        assertThat(stored("note = 'jdbc-failed'")).isZero();
    }

    @Test
    void a_denied_statement_of_a_batch_takes_with_it_what_a_failed_one_would() throws SQLException {
        int denied = orderId();
        int failed = orderId() + 1;
        try (Connection writer = as("writer");
                Statement statement = writer.createStatement()) {
            batch(statement, denied, "DELETE FROM orders");
            assertThatThrownBy(statement::executeBatch).hasMessageContaining("DELETE needs a WHERE clause.");
            assertThat(stillHere(writer)).isTrue();
            batch(statement, failed, "SELECT 1/0");
            assertThatThrownBy(statement::executeBatch).hasMessageContaining("division by zero");
        }
        assertThat(stored("id = " + denied)).isEqualTo(stored("id = " + failed));
    }

    private static void batch(Statement statement, int order, String then) throws SQLException {
        statement.addBatch("INSERT INTO orders VALUES (" + order + ", 1, 'rug', 1, 'open', 'jdbc-batch', now())");
        statement.addBatch(then);
    }

    @Test
    void a_held_update_waits_says_so_and_runs_once() throws Exception {
        String marker = marker("approved");
        try (Connection writer = as("writer");
                PreparedStatement update =
                        writer.prepareStatement("UPDATE orders SET note = ? /* " + marker + " */ WHERE id = ?");
                Approvers approvers = approvers()) {
            for (int i = 0; i < 2; i++) {
                update.setString(1, marker + i);
                update.setInt(2, 4800);
                CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> update(update));
                String id = approvers.await(marker);
                assertThat(held).isNotDone();
                assertThat(stored("note = '" + marker + i + "'")).isZero();
                approvers.approve(id);
                assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat((Throwable) update.getWarnings()).hasMessageContaining(id);
                assertThat(stored("note = '" + marker + i + "'")).isEqualTo(1);
                update.clearWarnings();
            }
        }
    }

    @Test
    void a_held_update_that_is_denied_never_runs_and_the_session_goes_on() throws Exception {
        String marker = marker("denied");
        try (Connection writer = as("writer");
                PreparedStatement update =
                        writer.prepareStatement("UPDATE orders SET note = '" + marker + "' WHERE id = 4810");
                Approvers approvers = approvers()) {
            CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> update(update));
            approvers.deny(approvers.await(marker));
            assertThatThrownBy(() -> held.get(30, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(INSUFFICIENT_PRIVILEGE));
            assertThat(stillHere(writer)).isTrue();
        }
        assertThat(stored("note = '" + marker + "'")).isZero();
    }

    @Test
    void cancel_withdraws_what_is_held_and_the_session_goes_on() throws Exception {
        String marker = marker("cancelled");
        try (Connection writer = as("writer");
                PreparedStatement update =
                        writer.prepareStatement("UPDATE orders SET note = '" + marker + "' WHERE id = 4811");
                Approvers approvers = approvers()) {
            CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> update(update));
            String id = approvers.await(marker);
            update.cancel();
            assertThatThrownBy(() -> held.get(30, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(QUERY_CANCELED));
            await().atMost(Duration.ofSeconds(10)).until(() -> !approvers.waits(id));
            assertThat(stillHere(writer)).isTrue();
        }
        assertThat(stored("note = '" + marker + "'")).isZero();
    }

    @Test
    void a_bot_that_may_only_read_can_look_up_the_tables() throws SQLException {
        try (Connection reader = as("reader")) {
            List<String> tables = new ArrayList<>();
            ResultSet found = reader.getMetaData().getTables(null, "public", "%", new String[] {"TABLE"});
            while (found.next()) {
                tables.add(found.getString("TABLE_NAME"));
            }
            assertThat(tables).contains("customers", "orders", "api_keys");
        }
    }

    private Connection as(String role) throws SQLException {
        return Demo.shared().as(role).jdbc(mode.with());
    }

    private static Approvers approvers() {
        Demo demo = Demo.shared();
        return new Approvers(demo.admin(), demo.token("approver"), demo.caFile());
    }

    private String marker(String what) {
        return "jdbc-" + what + "-" + mode.name().toLowerCase(Locale.ROOT);
    }

    /** An order that nobody else inserts. */
    private int orderId() {
        return 1_000_000 + (int) (System.nanoTime() % 1_000_000_000L);
    }

    private static List<String> customer(Connection connection, int id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, name, email, ssn, card_number FROM customers WHERE id = ?")) {
            select.setInt(1, id);
            ResultSet row = select.executeQuery();
            assertThat(row.next()).isTrue();
            return List.of(
                    Integer.toString(row.getInt(1)),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5));
        }
    }

    private static int update(PreparedStatement update) {
        try {
            return update.executeUpdate();
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean stillHere(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            ResultSet result = statement.executeQuery("SELECT 'still here'");
            return result.next() && result.getString(1).equals("still here");
        }
    }

    /** How many orders there are, as the database itself says. */
    private static int stored(String where) throws SQLException {
        try (Connection connection = Demo.shared().direct().jdbc();
                Statement statement = connection.createStatement()) {
            ResultSet result = statement.executeQuery("SELECT count(*) FROM orders WHERE " + where);
            result.next();
            return result.getInt(1);
        }
    }

    private static String stateOf(ThrowingCallable call) {
        return catchThrowableOfType(SQLException.class, call).getSQLState();
    }
}
