package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyManager;

/** The JDBC driver, in every way it can be set to speak, for a bot that may do everything. */
@ParameterizedClass
@EnumSource
class JdbcIT {
    /** One more than the driver's own threshold, so that both of its ways are taken. */
    private static final int OFTEN = 6;

    private static final String QUERY_CANCELED = "57014";

    @Parameter
    private JdbcMode mode;

    @BeforeAll
    static void make_tables() throws SQLException {
        try (Connection connection = Demo.shared().as("admin").jdbc();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS jdbc_items, jdbc_types");
            statement.execute("CREATE TABLE jdbc_items (id serial PRIMARY KEY, name text NOT NULL, n integer)");
            statement.execute("""
                    CREATE TABLE jdbc_types (id integer PRIMARY KEY, small smallint, big bigint, amount numeric,
                        ratio double precision, flag boolean, word text, bytes bytea, day date, at timestamptz,
                        key uuid, doc jsonb, words text[], numbers integer[], span interval)""");
        }
    }

    @Test
    void values_of_every_type_come_back_as_they_went() throws SQLException {
        OffsetDateTime at = OffsetDateTime.of(2025, 3, 30, 1, 59, 59, 123_456_000, ZoneOffset.UTC);
        UUID key = UUID.fromString("0b6f2c1e-7d3a-4f61-9a44-1c2d3e4f5a6b");
        byte[] bytes = {0, 1, (byte) 0x80, (byte) 0xff, '\\', '\''};
        try (Connection connection = connect()) {
            execute(connection, "DELETE FROM jdbc_types");
            for (int i = 1; i <= OFTEN; i++) {
                try (PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO jdbc_types VALUES (?,?,?,?,?,?,?,?,?,?,?,?::jsonb,?,?,?::interval)")) {
                    insert.setInt(1, i);
                    insert.setShort(2, Short.MIN_VALUE);
                    insert.setLong(3, Long.MAX_VALUE);
                    insert.setBigDecimal(4, new BigDecimal("-12345678901234567890.0123456789"));
                    insert.setDouble(5, Math.PI);
                    insert.setBoolean(6, true);
                    insert.setString(7, "Grüße, 世界 \uD83D\uDE80 'quoted' \\ $1");
                    insert.setBytes(8, bytes);
                    insert.setObject(9, LocalDate.of(1582, 10, 15));
                    insert.setObject(10, at);
                    insert.setObject(11, key);
                    insert.setString(12, "{\"a\": [1, null]}");
                    insert.setArray(13, connection.createArrayOf("text", new String[] {"a,b", null, "\"c\""}));
                    insert.setArray(14, connection.createArrayOf("integer", new Integer[] {1, -2, null}));
                    insert.setNull(15, Types.OTHER);
                    assertThat(insert.executeUpdate()).isEqualTo(1);
                }
            }
            for (int i = 1; i <= OFTEN; i++) {
                try (PreparedStatement select = connection.prepareStatement("SELECT * FROM jdbc_types WHERE id = ?")) {
                    select.setInt(1, i);
                    ResultSet row = select.executeQuery();
                    assertThat(row.next()).isTrue();
                    assertThat(row.getShort("small")).isEqualTo(Short.MIN_VALUE);
                    assertThat(row.getLong("big")).isEqualTo(Long.MAX_VALUE);
                    assertThat(row.getBigDecimal("amount")).isEqualByComparingTo("-12345678901234567890.0123456789");
                    assertThat(row.getDouble("ratio")).isEqualTo(Math.PI);
                    assertThat(row.getBoolean("flag")).isTrue();
                    assertThat(row.getString("word")).isEqualTo("Grüße, 世界 \uD83D\uDE80 'quoted' \\ $1");
                    assertThat(row.getBytes("bytes")).isEqualTo(bytes);
                    assertThat(row.getObject("day", LocalDate.class)).isEqualTo(LocalDate.of(1582, 10, 15));
                    assertThat(row.getObject("at", OffsetDateTime.class).toInstant())
                            .isEqualTo(at.toInstant());
                    assertThat(row.getObject("key")).isEqualTo(key);
                    assertThat(row.getString("doc")).isEqualTo("{\"a\": [1, null]}");
                    assertThat((String[]) row.getArray("words").getArray()).containsExactly("a,b", null, "\"c\"");
                    assertThat((Integer[]) row.getArray("numbers").getArray()).containsExactly(1, -2, null);
                    assertThat(row.getObject("span")).isNull();
                    assertThat(row.next()).isFalse();
                }
            }
        }
    }

    @Test
    void commits_rolls_back_and_returns_to_a_savepoint() throws SQLException {
        String name = unique("transaction");
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            insert(connection, name);
            Savepoint savepoint = connection.setSavepoint("here");
            insert(connection, name);
            assertThatThrownBy(() -> execute(connection, "SELECT 1/0")).hasMessageContaining("division by zero");
            assertThatThrownBy(() -> execute(connection, "SELECT 1")).hasMessageContaining("aborted");
            connection.rollback(savepoint);
            connection.commit();
            insert(connection, name);
            connection.rollback();
        }
        assertThat(count(name)).isEqualTo(1);
    }

    @Test
    void goes_on_after_errors_with_a_savepoint_before_each_statement() throws SQLException {
        String name = unique("autosave");
        try (Connection connection = Demo.shared().as("admin").jdbc(mode.with("autosave", "always"))) {
            connection.setAutoCommit(false);
            for (int i = 0; i < OFTEN; i++) {
                insert(connection, name);
                assertThatThrownBy(() -> insert(connection, null)).hasMessageContaining("null value");
            }
            connection.commit();
        }
        assertThat(count(name)).isEqualTo(OFTEN);
    }

    @Test
    void batches_report_each_count_and_generated_keys() throws SQLException {
        String name = unique("batch");
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO jdbc_items (name, n) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < 300; i++) {
                insert.setString(1, name);
                insert.setInt(2, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(300).containsOnly(1);
            ResultSet keys = insert.getGeneratedKeys();
            List<Integer> ids = new ArrayList<>();
            while (keys.next()) {
                ids.add(keys.getInt("id"));
            }
            assertThat(ids).hasSize(300).doesNotHaveDuplicates();
        }
        assertThat(count(name)).isEqualTo(300);
    }

    @Test
    void a_batch_that_is_rewritten_into_one_statement_inserts_all() throws SQLException {
        String name = unique("rewritten");
        try (Connection connection = Demo.shared().as("admin").jdbc(mode.with("reWriteBatchedInserts", "true"));
                PreparedStatement insert = connection.prepareStatement("INSERT INTO jdbc_items (name) VALUES (?)")) {
            for (int i = 0; i < 300; i++) {
                insert.setString(1, name);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        assertThat(count(name)).isEqualTo(300);
    }

    @Test
    void a_batch_that_fails_half_way_says_where_and_leaves_nothing() throws SQLException {
        String name = unique("half");
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO jdbc_items (name) VALUES (?)")) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 20; i++) {
                insert.setString(1, i == 13 ? null : name);
                insert.addBatch();
            }
            BatchUpdateException failed = catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);
            assertThat((Throwable) failed).hasMessageContaining("null value");
            connection.rollback();
            insert(connection, unique("after"));
            connection.commit();
        }
        assertThat(count(name)).isZero();
    }

    @Test
    void copies_in_and_out() throws Exception {
        String name = unique("copy");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            rows.append(name).append('\t').append(i).append('\n');
        }
        try (Connection connection = connect()) {
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            long in = copy.copyIn("COPY jdbc_items (name, n) FROM STDIN", new StringReader(rows.toString()));
            assertThat(in).isEqualTo(20_000);
            StringWriter out = new StringWriter();
            long back = copy.copyOut(
                    "COPY (SELECT name, n FROM jdbc_items WHERE name = '" + name + "' ORDER BY n) TO STDOUT", out);
            assertThat(back).isEqualTo(20_000);
            assertThat(out.toString()).isEqualTo(rows.toString());
            execute(connection, "DELETE FROM jdbc_items WHERE name = '" + name + "'");
        }
    }

    @Test
    void a_copy_that_the_client_gives_up_leaves_nothing() throws Exception {
        String name = unique("given-up");
        try (Connection connection = connect()) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY jdbc_items (name) FROM STDIN");
            byte[] row = (name + "\n").getBytes(StandardCharsets.UTF_8);
            copy.writeToCopy(row, 0, row.length);
            copy.cancelCopy();
            assertThat(connection.isValid(5)).isTrue();
        }
        assertThat(count(name)).isZero();
    }

    @Test
    void notifications_arrive() throws SQLException {
        String channel = unique("channel");
        try (Connection listener = connect();
                Connection notifier = connect()) {
            execute(listener, "LISTEN " + channel);
            execute(notifier, "NOTIFY " + channel + ", 'a payload'");
            PGNotification[] seen = listener.unwrap(PGConnection.class).getNotifications(10_000);
            assertThat(seen).hasSize(1);
            assertThat(seen[0].getName()).isEqualTo(channel);
            assertThat(seen[0].getParameter()).isEqualTo("a payload");
            execute(listener, "UNLISTEN *");
        }
    }

    @Test
    void cancel_ends_what_runs_and_the_session_goes_on() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            CompletableFuture<Void> running = CompletableFuture.runAsync(() -> {
                try {
                    statement.execute("SELECT pg_sleep(60)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Pause.of(Duration.ofMillis(500));
            statement.cancel();
            assertThatThrownBy(() -> running.get(20, TimeUnit.SECONDS))
                    .rootCause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(QUERY_CANCELED));
            assertThat(one(connection, "SELECT 'still here'")).isEqualTo("still here");
        }
    }

    @Test
    void a_query_timeout_ends_what_runs() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            SQLException ended =
                    catchThrowableOfType(SQLException.class, () -> statement.execute("SELECT pg_sleep(60)"));
            assertThat(ended.getSQLState()).isEqualTo(QUERY_CANCELED);
            assertThat(one(connection, "SELECT 'still here'")).isEqualTo("still here");
        }
    }

    @Test
    void a_large_result_is_fetched_in_portions() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            for (int round = 0; round < 3; round++) {
                try (PreparedStatement select =
                        connection.prepareStatement("SELECT i, md5(i::text) FROM generate_series(1, ?) i")) {
                    select.setInt(1, 20_000);
                    select.setFetchSize(500);
                    assertThat(rows(select.executeQuery())).isEqualTo(20_000);
                }
            }
            connection.commit();
        }
    }

    @Test
    void two_cursors_are_read_in_turn() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            try (Statement one = connection.createStatement();
                    Statement other = connection.createStatement()) {
                one.setFetchSize(7);
                other.setFetchSize(11);
                ResultSet left = one.executeQuery("SELECT i FROM generate_series(1, 100) i");
                ResultSet right = other.executeQuery("SELECT i FROM generate_series(1, 100) i");
                for (int i = 1; i <= 100; i++) {
                    assertThat(left.next() && right.next()).isTrue();
                    assertThat(left.getInt(1)).isEqualTo(i);
                    assertThat(right.getInt(1)).isEqualTo(i);
                }
            }
            connection.rollback();
        }
    }

    @Test
    void several_statements_of_one_call_give_several_results() throws SQLException {
        assumeTrue(mode != JdbcMode.BINARY_AT_ONCE, "the driver itself cannot do this when binary is forced");
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            assertThat(statement.execute("SELECT 1; SELECT 2, 3; UPDATE jdbc_items SET n = n WHERE false"))
                    .isTrue();
            assertThat(rows(statement.getResultSet())).isEqualTo(1);
            assertThat(statement.getMoreResults()).isTrue();
            assertThat(statement.getResultSet().getMetaData().getColumnCount()).isEqualTo(2);
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isZero();
        }
    }

    @Test
    void describes_a_statement_before_it_runs() throws SQLException {
        assumeTrue(mode != JdbcMode.SIMPLE, "simple query has no Describe");
        try (Connection connection = connect();
                PreparedStatement select = connection.prepareStatement("SELECT id, name FROM jdbc_items WHERE n > ?")) {
            assertThat(select.getParameterMetaData().getParameterTypeName(1)).isEqualTo("int4");
            assertThat(select.getMetaData().getColumnName(2)).isEqualTo("name");
            assertThat(select.getMetaData().getColumnTypeName(2)).isEqualTo("text");
        }
    }

    @Test
    void a_result_set_is_updated_in_place() throws SQLException {
        String name = unique("updatable");
        try (Connection connection = connect();
                Statement statement =
                        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
            insert(connection, name);
            ResultSet row = statement.executeQuery("SELECT id, name, n FROM jdbc_items WHERE name = '" + name + "'");
            assertThat(row.next()).isTrue();
            row.updateInt("n", 99);
            row.updateRow();
            assertThat(one(connection, "SELECT n FROM jdbc_items WHERE name = '" + name + "'"))
                    .isEqualTo("99");
        }
    }

    @Test
    void looks_up_tables_columns_and_keys() throws SQLException {
        try (Connection connection = connect()) {
            DatabaseMetaData data = connection.getMetaData();
            assertThat(column(data.getTables(null, "public", "%", new String[] {"TABLE"}), "TABLE_NAME"))
                    .contains("customers", "orders", "api_keys", "jdbc_items");
            assertThat(column(data.getColumns(null, "public", "orders", "%"), "COLUMN_NAME"))
                    .containsExactly("id", "customer_id", "item", "amount", "status", "note", "ordered_at");
            assertThat(column(data.getPrimaryKeys(null, "public", "orders"), "COLUMN_NAME"))
                    .containsExactly("id");
            assertThat(column(data.getImportedKeys(null, "public", "orders"), "PKTABLE_NAME"))
                    .containsExactly("customers");
            assertThat(column(data.getIndexInfo(null, "public", "orders", false, true), "INDEX_NAME"))
                    .contains("orders_by_customer");
            assertThat(column(data.getTypeInfo(), "TYPE_NAME")).contains("int4", "text");
            assertThat(data.getUserName()).isNotEmpty();
        }
    }

    @Test
    void warnings_arrive_with_the_statement_that_raised_them() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS jdbc_not_there");
            assertThat((Throwable) statement.getWarnings()).hasMessageContaining("does not exist, skipping");
        }
    }

    @Test
    void large_objects_are_refused_and_the_session_goes_on() throws SQLException {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            var objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            assertThatThrownBy(objects::createLO).isInstanceOf(SQLException.class);
            connection.rollback();
            assertThat(one(connection, "SELECT 'still here'")).isEqualTo("still here");
            connection.rollback();
        }
    }

    @Test
    void a_prepared_statement_outlives_a_change_of_its_table() throws SQLException {
        String table = unique("changing");
        try (Connection connection = connect()) {
            execute(connection, "CREATE TABLE " + table + " (id integer)");
            execute(connection, "INSERT INTO " + table + " VALUES (1)");
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM " + table)) {
                for (int i = 0; i < OFTEN; i++) {
                    assertThat(rows(select.executeQuery())).isEqualTo(1);
                }
                execute(connection, "ALTER TABLE " + table + " ADD COLUMN more text");
                assertThat(rows(select.executeQuery())).isEqualTo(1);
            }
            execute(connection, "DROP TABLE " + table);
        }
    }

    private Connection connect() throws SQLException {
        return Demo.shared().as("admin").jdbc(mode.with());
    }

    private String unique(String what) {
        return "jdbc_" + what.replace('-', '_') + "_" + mode.name().toLowerCase(Locale.ROOT) + "_"
                + Long.toString(System.nanoTime(), 36);
    }

    private static void insert(Connection connection, String name) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO jdbc_items (name) VALUES (?)")) {
            insert.setString(1, name);
            insert.executeUpdate();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    private static int rows(ResultSet result) throws SQLException {
        int rows = 0;
        while (result.next()) {
            rows++;
        }
        return rows;
    }

    private static List<String> column(ResultSet result, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        while (result.next()) {
            values.add(result.getString(name));
        }
        return values;
    }

    /** How often the name is stored, as the database itself says. */
    private static int count(String name) throws SQLException {
        try (Connection connection = Demo.shared().direct().jdbc();
                PreparedStatement select =
                        connection.prepareStatement("SELECT count(*) FROM jdbc_items WHERE name = ?")) {
            select.setString(1, name);
            ResultSet result = select.executeQuery();
            result.next();
            return result.getInt(1);
        }
    }
}
