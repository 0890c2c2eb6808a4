package dev.sallyport.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoPostgresIT {
    @TempDir
    private static Path directory;

    private static DemoPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        DemoCertificates certificates = new DemoCertificates(directory.resolve("tls"), new SecureRandom());
        certificates.issueServer("postgres");
        postgres = DemoPostgres.start(directory.resolve("postgres"), directory.resolve("tls"), "correct");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @Test
    void takes_the_shops_user_over_verified_tls() throws Exception {
        assertThat(rows("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .containsExactly("true");
    }

    @Test
    void refuses_a_wrong_password_and_a_connection_without_tls() {
        assertThatThrownBy(() -> connect("wrong", "verify-full")).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> connect("correct", "disable")).isInstanceOf(SQLException.class);
    }

    @Test
    void has_customers_whose_cards_pass_luhn() throws Exception {
        List<String> cards = rows("SELECT card_number FROM customers");
        assertThat(cards).hasSize(500).allMatch(DemoPostgresIT::passesLuhn);
    }

    @Test
    void has_data_of_the_kinds_that_are_masked() throws Exception {
        assertThat(rows("SELECT ssn FROM customers")).allMatch(ssn -> ssn.matches("\\d{3}-\\d{2}-\\d{4}"));
        assertThat(rows("SELECT email FROM customers")).allMatch(email -> email.endsWith("@example.com"));
        assertThat(rows("SELECT key FROM api_keys")).hasSize(3);
        assertThat(rows("SELECT note FROM orders WHERE note LIKE '%card%'")).isNotEmpty();
    }

    private static boolean passesLuhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
        }
        return digits.length() == 16 && sum % 10 == 0;
    }

    private static List<String> rows(String sql) throws SQLException {
        try (Connection connection = connect("correct", "verify-full");
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private static Connection connect(String password, String sslmode) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost:" + postgres.port() + "/shop?sslmode=" + sslmode + "&sslrootcert="
                        + directory.resolve("tls/ca.pem"),
                "shop_app",
                password);
    }
}
