package dev.sallyport.server.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A real PostgreSQL with the shop's data. Once it is seeded it takes nothing but TLS with SCRAM-SHA-256, and nobody but
 * the shop's user.
 */
final class DemoPostgres implements AutoCloseable {
    static final String DATABASE = "shop";
    static final String USER = "shop_app";

    private static final String HBA = """
            # TYPE   DATABASE  USER      ADDRESS       METHOD
            hostssl  shop      shop_app  127.0.0.1/32  scram-sha-256
            hostssl  shop      shop_app  ::1/128       scram-sha-256
            """;

    private final EmbeddedPostgres server;

    private DemoPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /**
     * Starts and seeds it.
     *
     * @param directory where it keeps its data and its log
     * @param certificates where {@code postgres.pem} and {@code postgres-key.pem} are
     * @param password what the shop's user is to have
     */
    static DemoPostgres start(Path directory, Path certificates, String password) throws IOException, SQLException {
        Path data = directory.resolve("data");
        Redirect log = Redirect.appendTo(
                Files.createDirectories(directory).resolve("postgres.log").toFile());
        EmbeddedPostgres server = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setServerConfig("ssl", "on")
                .setServerConfig(
                        "ssl_cert_file", certificates.resolve("postgres.pem").toString())
                .setServerConfig(
                        "ssl_key_file", certificates.resolve("postgres-key.pem").toString())
                .setServerConfig("password_encryption", "scram-sha-256")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "200")
                .setErrorRedirector(log)
                .setOutputRedirector(log)
                .start();
        try {
            seed(server, password);
            Files.writeString(data.resolve("pg_hba.conf"), HBA);
            run(server, "postgres", "SELECT pg_reload_conf()");
            return new DemoPostgres(server);
        } catch (IOException | SQLException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private static void seed(EmbeddedPostgres server, String password) throws IOException, SQLException {
        run(server, "postgres", "CREATE ROLE " + USER + " LOGIN PASSWORD '" + password + "'");
        run(server, "postgres", "CREATE DATABASE " + DATABASE + " OWNER " + USER);
        run(server, DATABASE, "ALTER SCHEMA public OWNER TO " + USER);
        run(server, DATABASE, "SET ROLE " + USER + ";\n" + resource("seed.sql"));
    }

    private static void run(EmbeddedPostgres server, String database, String sql) throws SQLException {
        try (Connection connection = server.getDatabase("postgres", database).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String resource(String name) throws IOException {
        try (InputStream in = DemoPostgres.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
