package dev.sallyport.server.store;

import dev.sallyport.core.target.TlsMode;
import dev.sallyport.server.config.GatewaySettings;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * PostgreSQL. Each log has a schema of its own, named by the log's id, so that several gateways may share a database.
 */
final class PostgresEngine implements Engine {
    private static final String CONNECT_SECONDS = "10";
    private static final String ANSWER_SECONDS = "300";

    private final GatewaySettings.Store.Postgres settings;
    private final String schema;

    /** @param log the log's id, in hex */
    PostgresEngine(GatewaySettings.Store.Postgres settings, String log) {
        if (!log.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("log: '" + log + "' (expected: 32 hexadecimal digits)");
        }
        this.settings = settings;
        this.schema = "sallyport_" + log;
    }

    @Override
    public Connection connect(boolean write) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", settings.username());
        settings.password()
                .ifPresent(password -> properties.setProperty(
                        "password", password.lend(bytes -> new String(bytes, StandardCharsets.UTF_8))));
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", ANSWER_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "sallyport");
        properties.setProperty("currentSchema", schema);
        tls(properties);
        String database = URLEncoder.encode(settings.database(), StandardCharsets.UTF_8);
        Connection connection =
                DriverManager.getConnection("jdbc:postgresql://" + settings.address() + "/" + database, properties);
        connection.setReadOnly(!write);
        connection.setTransactionIsolation(
                write ? Connection.TRANSACTION_READ_COMMITTED : Connection.TRANSACTION_REPEATABLE_READ);
        return connection;
    }

    private void tls(Properties properties) {
        properties.setProperty(
                "sslmode",
                switch (settings.tls()) {
                    case DISABLE -> "disable";
                    case REQUIRE -> "require";
                    case VERIFY_CA -> "verify-ca";
                    case VERIFY_FULL -> "verify-full";
                });
        settings.trust().ifPresent(pem -> properties.setProperty("sslrootcert", pem.toString()));
        if (settings.trust().isEmpty()
                && (settings.tls() == TlsMode.VERIFY_CA || settings.tls() == TlsMode.VERIFY_FULL)) {
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
    }

    @Override
    public boolean exists(Connection connection) throws SQLException {
        return holds(connection, "SELECT to_regclass(?)", schema + ".meta");
    }

    private static boolean holds(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, name);
            try (var found = select.executeQuery()) {
                return found.next() && found.getString(1) != null;
            }
        }
    }

    @Override
    public void drop(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : Schema.TABLES) {
                statement.execute("DROP TABLE IF EXISTS " + schema + "." + table);
            }
        }
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        // Asked first: it may be there for a user who may not make one.
        if (!holds(connection, "SELECT to_regnamespace(?)", schema)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE SCHEMA " + schema);
            }
        }
    }

    @Override
    public String bytes() {
        return "BYTEA";
    }

    @Override
    public String byKey() {
        return "";
    }

    @Override
    public void lock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtext(?))")) {
            statement.setString(1, schema);
            statement.execute();
        }
    }

    @Override
    public void scrub(Connection connection) {
        // When the space is used again is the server's business (its autovacuum's).
    }

    @Override
    public boolean saysDamaged(SQLException failed) {
        return false;
    }

    @Override
    public void discard() throws IOException {
        try (Connection connection = connect(true)) {
            drop(connection);
        } catch (SQLException failed) {
            throw new StoreException(place(), failed, false);
        }
    }

    @Override
    public void requireRoom() {
        // Its disk is not the log's, as a rule, and the server says when it is full.
    }

    @Override
    public String place() {
        return "in PostgreSQL at " + settings.address();
    }
}
