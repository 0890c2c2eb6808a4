package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * What every client does, against each supported version of the target. Which versions, the system property
 * {@code postgres.versions} says; their programs are in the directory {@code postgres.binaries}. The newest is what all
 * other tests run against.
 */
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("versions")
class TargetVersionsIT {
    private static PostgresServer server;
    private static TestGateway gateway;

    @Parameter
    int version;

    static List<Integer> versions() {
        return List.of(System.getProperty("postgres.versions").split(",")).stream()
                .map(Integer::valueOf)
                .toList();
    }

    @BeforeParameterizedClassInvocation
    static void start(int version, @TempDir Path directory) throws Exception {
        Path binaries = Path.of(System.getProperty("postgres.binaries"), version + ".jar");
        assertThat(binaries).exists();
        server = PostgresServer.start(directory, binaries);
        server.run("""
                CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, ssn text);
                INSERT INTO customers SELECT i, 'name ' || i, '123-45-' || (1000 + i) FROM generate_series(1, 100) i;
                CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers, total numeric(10, 2));
                CREATE SCHEMA archive;
                CREATE VIEW joined AS SELECT * FROM orders o JOIN customers c USING (id);
                CREATE VIEW told AS SELECT id, name, 'no. ' || ssn AS told, upper(name) AS loud FROM customers;
                CREATE VIEW grouped AS SELECT name AS n, max(ssn) AS last, count(*) AS many FROM customers GROUP BY name;
                CREATE VIEW united AS SELECT id, name AS value FROM customers UNION ALL SELECT id, ssn FROM customers;
                CREATE VIEW plain AS SELECT n, many, loud FROM grouped JOIN told ON name = n;
                CREATE FUNCTION tidy(text) RETURNS text LANGUAGE sql AS 'SELECT lower(btrim($1))';
                CREATE FUNCTION ssn_of(customer int) RETURNS text LANGUAGE sql SET search_path = public
                    AS 'SELECT ssn FROM customers WHERE id = ssn_of.customer';
                CREATE TABLE archive.customers AS SELECT id, 'old ' || name AS name, 'none'::text AS ssn FROM customers;
                """);
        if (version >= 14) {
            server.run("CREATE FUNCTION bound() RETURNS text LANGUAGE sql RETURN (SELECT max(ssn) FROM customers)");
        }
        gateway = new TestGateway(
                server,
                Shop.on(server),
                List.of(Policies.forGroup("all")
                        .allow(EnumSet.allOf(Action.class))
                        .deny(Set.of(Action.DROP), "Nobody drops.")
                        .mask("public", "customers", "ssn", new Mask.KeepLast(4))
                        .build()));
        server.run("GRANT ALL ON ALL TABLES IN SCHEMA public, archive TO " + Shop.ROLE);
        server.run("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO " + Shop.ROLE);
        server.run("GRANT USAGE ON SCHEMA archive TO " + Shop.ROLE);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        gateway.close();
        server.close();
    }

    private static Connection connect(String... options) throws SQLException {
        return gateway.jdbc(gateway.bot("all"), options);
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    @Test
    void reads_the_bodies_of_functions_in_sql() throws Exception {
        try (Connection connection = connect()) {
            assertThat(one(connection, "SELECT tidy(name) FROM customers WHERE id = 1"))
                    .isEqualTo("name 1");
            assertThat(one(connection, "SELECT ssn_of(1)")).isEqualTo("[redacted]");
            if (version >= 14) {
                assertThat(one(connection, "SELECT bound()")).isEqualTo("[redacted]");
            }
        }
    }

    @Test
    void logs_in_by_scram_over_tls_and_says_which_version_it_is() throws Exception {
        try (Connection connection = connect()) {
            assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(version);
            assertThat(server.query("SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                            + " WHERE usename = '" + Shop.ROLE + "'"))
                    .containsExactly(List.of("t"));
            assertThat(server.query("SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = '"
                            + Shop.ROLE + "'"))
                    .containsExactly(List.of("t"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void runs_statements_in_every_mode(String mode) throws Exception {
        try (Connection connection =
                        connect("preferQueryMode", mode, "prepareThreshold", "1", "binaryTransfer", "true");
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT ?::int + 1, ?::text, ?::numeric, ?::timestamp, ?::bool, ?::int[]")) {
            for (int i = 0; i < 3; i++) {
                Array array = connection.createArrayOf("int4", new Integer[] {i, 2});
                statement.setInt(1, i);
                statement.setString(2, "Grüße");
                statement.setBigDecimal(3, new BigDecimal("12.50"));
                statement.setTimestamp(4, Timestamp.valueOf("2024-02-29 12:34:56.789"));
                statement.setBoolean(5, true);
                statement.setArray(6, array);
                try (ResultSet rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(i + 1);
                    assertThat(rows.getString(2)).isEqualTo("Grüße");
                    assertThat(rows.getBigDecimal(3)).isEqualTo("12.50");
                    assertThat(rows.getTimestamp(4)).isEqualTo(Timestamp.valueOf("2024-02-29 12:34:56.789"));
                    assertThat(rows.getBoolean(5)).isTrue();
                    assertThat((Integer[]) rows.getArray(6).getArray()).containsExactly(i, 2);
                }
            }
        }
    }

    @Test
    void runs_a_pipeline_and_skips_to_its_end_behind_an_error() throws Exception {
        try (RawClient client = gateway.raw(gateway.bot("all"))) {
            client.send(
                    run("SELECT 1"),
                    run("SELECT 2"),
                    Messages.sync(),
                    run("SELECT 1 / 0"),
                    run("SELECT 3"),
                    Messages.sync(),
                    run("SELECT 4"),
                    Messages.sync());

            assertThat(RawClient.tags(client.readUntilReady())).isEqualTo("12TDC12TDCZ");
            assertThat(RawClient.tags(client.readUntilReady())).endsWith("EZ").doesNotContain("D");
            assertThat(RawClient.tags(client.readUntilReady())).isEqualTo("12TDCZ");
        }
    }

    private static byte[] run(String sql) {
        return Messages.concat(
                Messages.parse("", sql), Messages.bind("", ""), Messages.describePortal(""), Messages.execute("", 0));
    }

    @Test
    void keeps_and_undoes_transactions() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("DELETE FROM orders WHERE true");
            assertThat(statement.executeUpdate("INSERT INTO orders (customer, total) VALUES (1, 10), (2, 20)"))
                    .isEqualTo(2);
            Savepoint savepoint = connection.setSavepoint("half");
            statement.execute("INSERT INTO orders (customer, total) VALUES (3, 30)");
            connection.rollback(savepoint);
            connection.commit();
            statement.execute("DELETE FROM orders WHERE customer = 1");
            connection.rollback();
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setReadOnly(true);
            assertThat(one(connection, "SELECT string_agg(customer::text, ',' ORDER BY id) FROM orders"))
                    .isEqualTo("1,2");
            connection.rollback();
        }
    }

    @Test
    void inserts_in_batches_and_returns_generated_keys() throws Exception {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO orders (customer, total) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 1; i <= 20; i++) {
                insert.setInt(1, i);
                insert.setInt(2, i * 10);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).hasSize(20).containsOnly(1);
            List<Integer> keys = new ArrayList<>();
            try (ResultSet generated = insert.getGeneratedKeys()) {
                while (generated.next()) {
                    keys.add(generated.getInt("id"));
                }
            }
            assertThat(keys).hasSize(20).doesNotHaveDuplicates();
        }
    }

    @Test
    void copies_in_and_out() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE copied_" + version + " (id int, note text)");
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            String rows = "1,plain\n2,\"with, comma\"\n3,Ünïcode\n";

            long count =
                    copy.copyIn("COPY copied_" + version + " FROM STDIN WITH (FORMAT csv)", new StringReader(rows));
            StringWriter out = new StringWriter();
            copy.copyOut("COPY copied_" + version + " TO STDOUT WITH (FORMAT csv)", out);
            StringWriter masked = new StringWriter();
            copy.copyOut("COPY customers TO STDOUT", masked);

            assertThat(count).isEqualTo(3);
            assertThat(out).hasToString(rows);
            assertThat(masked.toString()).startsWith("1\tname 1\t*******1001\n").doesNotContain("123-45");
        }
    }

    @Test
    void reads_through_cursors() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(7);
            int count = 0;
            try (ResultSet rows = statement.executeQuery("SELECT id, ssn FROM customers ORDER BY id")) {
                while (rows.next()) {
                    count++;
                    assertThat(rows.getString(2)).isEqualTo("*******" + (1000 + count));
                }
            }
            statement.execute("DECLARE c SCROLL CURSOR FOR SELECT id, name FROM customers ORDER BY id");
            statement.execute("MOVE 10 FROM c");
            String name = one(connection, "SELECT 1");
            try (ResultSet rows = statement.executeQuery("FETCH 2 FROM c")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(11);
            }
            connection.commit();

            assertThat(count).isEqualTo(100);
            assertThat(name).isEqualTo("1");
        }
    }

    @Test
    void masks_a_column_in_text_and_in_binary_form() throws Exception {
        for (String threshold : List.of("0", "-1")) {
            try (Connection connection = connect("prepareThreshold", threshold);
                    PreparedStatement statement =
                            connection.prepareStatement("SELECT c.id, c.ssn, c.name FROM customers c WHERE id = ?")) {
                statement.setInt(1, 5);
                try (ResultSet rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(5);
                    assertThat(rows.getString(2)).isEqualTo("*******1005");
                    assertThat(rows.getString(3)).isEqualTo("name 5");
                }
                assertThat(one(connection, "SELECT lower(ssn) FROM customers WHERE id = 5"))
                        .doesNotContain("123-45");
            }
        }
    }

    @Test
    void masks_a_view_by_its_definition() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO orders (id, customer, total) VALUES (1005, 5, 50) ON CONFLICT DO NOTHING");
            assertThat(one(connection, "SELECT told FROM told WHERE id = 5")).isEqualTo("[redacted]");
            assertThat(one(connection, "SELECT loud FROM told WHERE id = 5")).isEqualTo("NAME 5");
            assertThat(one(connection, "SELECT string_agg(DISTINCT loud, '') FROM plain WHERE n = 'name 5'"))
                    .isEqualTo("NAME 5");
            assertThat(one(connection, "SELECT sum(many) FROM plain")).isEqualTo("100");
            assertThat(one(connection, "SELECT last FROM grouped WHERE n = 'name 5'"))
                    .isEqualTo("[redacted]");
            assertThat(one(connection, "SELECT name FROM joined")).startsWith("name");
            assertThat(one(connection, "SELECT ssn FROM joined")).startsWith("*******1");
            try (ResultSet rows = statement.executeQuery("SELECT * FROM united WHERE id = 5")) {
                while (rows.next()) {
                    assertThat(rows.getString(2)).isNotEqualTo("123-45-1005").doesNotContain("123-45");
                }
            }
        }
    }

    /** A function in no class would be unknown, and one of another server's must not be taken for a read. */
    @Test
    void every_function_of_the_server_is_in_the_table() throws Exception {
        Set<String> listed = new HashSet<>();
        try (InputStream table = PostgresAnalyzer.class.getResourceAsStream("builtin-functions.txt")) {
            Collections.addAll(listed, new String(table.readAllBytes(), StandardCharsets.UTF_8).split("\\s+"));
        }
        List<List<String>> functions = server.query(
                "SELECT DISTINCT CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE n.nspname || '.' END || proname"
                        + " FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE p.oid < 16384");

        assertThat(functions)
                .hasSizeGreaterThan(2000)
                .allSatisfy(name -> assertThat(listed).containsAll(name));
    }

    @Test
    void whatever_the_server_keeps_of_values_is_masked_or_left_as_it_is_on_purpose() {
        assertThat(KeptColumns.masked()).containsAll(KeptColumns.holdingValues(server));
    }

    @Test
    void a_denied_drop_fails_its_transaction_and_leaves_the_session_usable() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO orders (customer, total) VALUES (7, 777)");

            assertThatThrownBy(() -> statement.execute("DROP TABLE customers"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("Nobody drops.")
                    .extracting(e -> ((SQLException) e).getSQLState())
                    .isEqualTo("42501");
            assertThatThrownBy(() -> statement.execute("SELECT 1"))
                    .extracting(e -> ((SQLException) e).getSQLState())
                    .isEqualTo("25P02");
            connection.rollback();

            assertThat(one(connection, "SELECT count(*) FROM orders WHERE total = 777"))
                    .isEqualTo("0");
            assertThat(server.log()).doesNotContain("DROP TABLE customers");
        }
    }

    @Test
    void cancels_what_runs() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            Thread canceller = Thread.ofVirtual().start(() -> {
                await().until(() -> server.hasSession("wait_event = 'PgSleep'"));
                try {
                    statement.cancel();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(30)"))
                    .extracting(e -> ((SQLException) e).getSQLState())
                    .isEqualTo("57014");

            canceller.join();
            assertThat(one(connection, "SELECT 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void listens_and_notifies() throws Exception {
        try (Connection listener = connect();
                Connection notifier = connect();
                Statement listen = listener.createStatement();
                Statement notify = notifier.createStatement()) {
            listen.execute("LISTEN news");
            notify.execute("NOTIFY news, 'fresh'");

            var heard = listener.unwrap(PGConnection.class).getNotifications(10_000);

            assertThat(heard).singleElement().satisfies(each -> {
                assertThat(each.getName()).isEqualTo("news");
                assertThat(each.getParameter()).isEqualTo("fresh");
            });
        }
    }

    @Test
    void answers_what_drivers_ask_of_the_catalogue() throws Exception {
        try (Connection connection = connect()) {
            DatabaseMetaData metadata = connection.getMetaData();

            assertThat(column(metadata.getTables(null, "public", "%", new String[] {"TABLE"}), "TABLE_NAME"))
                    .contains("customers", "orders");
            assertThat(column(metadata.getColumns(null, "public", "customers", "%"), "COLUMN_NAME"))
                    .containsExactly("id", "name", "ssn");
            assertThat(column(metadata.getPrimaryKeys(null, "public", "customers"), "COLUMN_NAME"))
                    .containsExactly("id");
            assertThat(column(metadata.getImportedKeys(null, "public", "orders"), "PKTABLE_NAME"))
                    .containsExactly("customers");
            assertThat(column(metadata.getIndexInfo(null, "public", "customers", true, false), "COLUMN_NAME"))
                    .contains("id");
            assertThat(column(metadata.getSchemas(), "TABLE_SCHEM")).contains("public", "archive");
            assertThat(column(metadata.getTypeInfo(), "TYPE_NAME")).contains("int4", "text");
            assertThat(column(metadata.getFunctions(null, "pg_catalog", "lower"), "FUNCTION_NAME"))
                    .contains("lower");
            assertThat(column(metadata.getTablePrivileges(null, "public", "customers"), "GRANTEE"))
                    .contains(Shop.ROLE);
        }
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                values.add(rows.getString(name));
            }
        }
        return values;
    }

    @Test
    void a_prepared_statement_follows_the_search_path() throws Exception {
        try (Connection connection = connect("prepareThreshold", "1");
                PreparedStatement statement =
                        connection.prepareStatement("SELECT name, ssn FROM customers WHERE id = ?");
                Statement set = connection.createStatement()) {
            assertThat(firstRow(statement)).isEqualTo("name 1, *******1001");
            set.execute("SET search_path = archive, public");
            assertThat(firstRow(statement)).isEqualTo("old name 1, none");
            set.execute("RESET search_path");
            assertThat(firstRow(statement)).isEqualTo("name 1, *******1001");
        }
    }

    private static String firstRow(PreparedStatement statement) throws SQLException {
        statement.setInt(1, 1);
        try (ResultSet rows = statement.executeQuery()) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1) + ", " + rows.getString(2);
        }
    }
}
