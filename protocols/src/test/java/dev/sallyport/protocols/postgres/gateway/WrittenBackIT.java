package dev.sallyport.protocols.postgres.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.core.command.Action;
import dev.sallyport.core.masking.Mask;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that writes back the rows that it read, as programs over objects do: no mask replaces the value it hides. */
class WrittenBackIT {
    private static final String ROWS = "SELECT email, ssn, pin, doc::text FROM written WHERE id = 1";
    private static final List<String> VALUES = List.of("ada@example.com", "123-45-6789", "4711", "{\"k\": 1}");
    private static TestGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new TestGateway(List.of(Policies.forGroup("all")
                .allow(EnumSet.allOf(Action.class))
                .mask("public", "written", "email", new Mask.Redact())
                .mask("public", "written", "ssn", new Mask.KeepLast(4))
                .mask("public", "written", "pin", new Mask.Hash())
                .mask("public", "written", "doc", new Mask.Redact())
                .build()));
        gateway.server.run("CREATE TABLE written (id int, name text, email text, ssn text, pin text, doc jsonb);"
                + "GRANT ALL ON written TO shop_app");
    }

    @AfterAll
    static void close() {
        gateway.server.run("DROP TABLE written");
        gateway.close();
    }

    @BeforeEach
    void fill() {
        gateway.server.run("TRUNCATE written; INSERT INTO written VALUES"
                + " (1, 'Ada', 'ada@example.com', '123-45-6789', '4711', '{\"k\": 1}')");
    }

    private static Connection connect(String mode) throws SQLException {
        return gateway.jdbc(gateway.bot("all"), "preferQueryMode", mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void each_masked_value_of_a_row_is_refused_when_it_comes_back(String mode) throws Exception {
        try (Connection client = connect(mode);
                Statement read = client.createStatement();
                ResultSet row = read.executeQuery("SELECT email, ssn, pin, doc FROM written")) {
            assertThat(row.next()).isTrue();
            for (String column : List.of("email", "ssn", "pin", "doc")) {
                String cast = column.equals("doc") ? "?::jsonb" : "?";
                String sql = "UPDATE written SET name = ?, " + column + " = " + cast + " WHERE id = 1";
                try (PreparedStatement update = client.prepareStatement(sql)) {
                    update.setString(1, "Ada L.");
                    update.setString(2, row.getString(column));
                    assertThatThrownBy(update::executeUpdate)
                            .as(column)
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat(e.getSQLState()).isEqualTo("42501"))
                            .hasMessageContaining("looks like");
                }
            }
        }
        assertThat(gateway.server.query(ROWS)).containsExactly(VALUES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void real_values_and_untouched_columns_are_written(String mode) throws Exception {
        try (Connection client = connect(mode);
                PreparedStatement update =
                        client.prepareStatement("UPDATE written SET name = ?, ssn = ? WHERE id = 1");
                PreparedStatement insert = client.prepareStatement("INSERT INTO written (id, email) VALUES (2, ?)")) {
            update.setString(1, "**");
            update.setString(2, "987-65-4321");
            insert.setString(1, "grace@example.com");

            assertThat(update.executeUpdate()).isEqualTo(1);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO written (id, email) VALUES (3, '[redacted]')",
                "INSERT INTO written (id, email) VALUES (1, 'x') ON CONFLICT DO NOTHING; UPDATE written SET ssn = '*******6789'",
                "MERGE INTO written w USING (VALUES (1)) v(id) ON w.id = v.id WHEN MATCHED THEN UPDATE SET email = '[redacted]'",
                "WITH w AS (UPDATE written SET email = '[redacted]' RETURNING id) SELECT id FROM w",
                "PREPARE w AS UPDATE written SET email = '[redacted]'",
            })
    void nor_by_a_constant_in_whatever_statement_writes(String sql) throws Exception {
        try (Connection client = connect("simple");
                Statement statement = client.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
                    .hasMessageContaining("looks like");
        }
        assertThat(gateway.server.query("SELECT email FROM written")).containsExactly(List.of("ada@example.com"));
    }
}
