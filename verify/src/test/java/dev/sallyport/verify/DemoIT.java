package dev.sallyport.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./sallyport demo}, as a user and as a script runs it. */
class DemoIT {
    private static final Duration START = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    @Test
    void every_step_of_the_tour_shows_what_it_should() throws Exception {
        try (Program demo = Program.start(directory.resolve("output"), Map.of(), "demo", "--tour-only")) {
            int status = demo.status(START);
            assertThat(demo.output()).contains("✓").doesNotContain("✗");
            assertThat(status).isZero();
        }
    }

    @Test
    void tells_scripts_how_to_reach_it_and_leaves_nothing_behind() throws Exception {
        Path file = directory.resolve("ready.json");
        try (Program demo =
                Program.start(directory.resolve("output"), Map.of(), "demo", "--ready-file", file.toString())) {
            demo.await("the end of the tour", START, () -> says(demo, "stays up until Ctrl-C"));
            JsonNode ready = JsonMapper.shared().readTree(Files.readString(file));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(ready.propertyNames())
                    .containsExactly("gateway", "target", "tokens", "direct", "caFile", "configDir", "auditDir", "pid");
            assertThat(ready.path("tokens").propertyNames()).containsExactly("reader", "writer", "approver", "admin");

            readsMaskedThroughTheGatewayAndClearBeside(ready);
            aChangedPolicyCountsAtOnce(demo, ready);
            anInvalidChangeChangesNothing(ready);

            demo.terminate();
            demo.status(Duration.ofSeconds(60));
            assertThat(Path.of(ready.path("configDir").asString(""))).doesNotExist();
            for (int port : new int[] {
                ready.path("gateway").path("postgres").path("port").asInt(),
                ready.path("direct").path("port").asInt()
            }) {
                assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    private static void readsMaskedThroughTheGatewayAndClearBeside(JsonNode ready) throws SQLException {
        String sql = "SELECT ssn FROM customers WHERE id = 7";
        try (Connection reader = connect(ready, "reader");
                Connection direct = direct(ready)) {
            String clear = value(direct, sql);
            assertThat(value(reader, sql)).isNotEqualTo(clear).endsWith(clear.substring(clear.length() - 4));
        }
    }

    private static void aChangedPolicyCountsAtOnce(Program demo, JsonNode ready) throws Exception {
        Path policies = Path.of(ready.path("configDir").asString("")).resolve("policies.yaml");
        try (Connection reader = connect(ready, "reader")) {
            assertThat(value(reader, "SELECT count(*) FROM orders")).isEqualTo("5000");
            Files.writeString(
                    policies,
                    Files.readString(policies)
                            .replace("objects: [\"table:public.*\"]", "objects: [\"table:public.customers\"]"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThatThrownBy(() -> value(reader, "SELECT count(*) FROM orders"))
                            .isInstanceOf(SQLException.class)
                            .extracting(e -> ((SQLException) e).getSQLState())
                            .isEqualTo("42501"));
            assertThat(value(reader, "SELECT name FROM customers WHERE id = 1")).isEqualTo("Ada Ash");
        }
        assertThat(demo.isAlive()).isTrue();
    }

    private void anInvalidChangeChangesNothing(JsonNode ready) throws Exception {
        Path configuration = Path.of(ready.path("configDir").asString(""));
        Path policies = configuration.resolve("policies.yaml");
        String good = Files.readString(policies);
        Files.writeString(policies, good.replace("allow:", "alow:"));
        try (Program validate = Program.start(
                directory.resolve("validate"), Map.of(), "validate", "--config", configuration.toString())) {
            assertThat(validate.status(Duration.ofSeconds(60))).isEqualTo(2);
            assertThat(validate.output())
                    .contains("policies.yaml:")
                    .contains("alow")
                    .contains("did you mean");
        }
        Thread.sleep(3000);
        try (Connection reader = connect(ready, "reader")) {
            assertThat(value(reader, "SELECT name FROM customers WHERE id = 1")).isEqualTo("Ada Ash");
        }
        Files.writeString(policies, good);
    }

    private static boolean says(Program demo, String text) {
        try {
            return demo.output().contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Connection connect(JsonNode ready, String role) throws SQLException {
        JsonNode postgres = ready.path("gateway").path("postgres");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + postgres.path("host").asString("") + ":"
                        + postgres.path("port").asInt() + "/"
                        + ready.path("target").asString("") + "?sslmode=verify-full&sslrootcert="
                        + ready.path("caFile").asString(""),
                role,
                ready.path("tokens").path(role).asString(""));
    }

    private static Connection direct(JsonNode ready) throws SQLException {
        JsonNode direct = ready.path("direct");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + direct.path("host").asString("") + ":"
                        + direct.path("port").asInt() + "/"
                        + direct.path("database").asString("") + "?sslmode=verify-full&sslrootcert="
                        + ready.path("caFile").asString(""),
                direct.path("username").asString(""),
                direct.path("password").asString(""));
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
