package dev.sallyport.server.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** An unmodified client of the shop: the JDBC driver, with nothing set but address, user, password and TLS. */
final class ShopClient implements AutoCloseable {
    private final Connection connection;

    private ShopClient(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects.
     *
     * @param caFile what {@code sslrootcert} is set to, with {@code sslmode=verify-full}
     * @param password a token, through the gateway; the password, to the database itself
     */
    static ShopClient connect(int port, String user, String password, String caFile) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "verify-full");
        properties.setProperty("sslrootcert", caFile);
        properties.setProperty("ApplicationName", "sallyport-tour");
        properties.setProperty("connectTimeout", "20");
        return new ShopClient(DriverManager.getConnection("jdbc:postgresql://localhost:" + port + "/shop", properties));
    }

    /** The rows of a query, its column names first; NULL as {@code null}. */
    List<List<String>> query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            ResultSetMetaData columns = result.getMetaData();
            List<List<String>> rows = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                names.add(columns.getColumnLabel(i));
            }
            rows.add(names);
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.add(String.valueOf(result.getString(i)));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** How many rows a change changed; waits for as long as the gateway holds it. */
    int change(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
