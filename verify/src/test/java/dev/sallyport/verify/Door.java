package dev.sallyport.verify;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * All that a client is told in order to connect; the rest it does as it always does.
 *
 * @param database the target's name, or a database
 * @param password a token, or a password
 * @param caFile what {@code sslmode=verify-full} trusts
 * @param tls whether TLS is spoken at all
 */
record Door(String host, int port, String database, String user, String password, Path caFile, boolean tls) {
    /** The same door for somebody who shows something else. */
    Door showing(String otherPassword) {
        return new Door(host, port, database, user, otherPassword, caFile, tls);
    }

    /** The same door, to another database. */
    Door to(String otherDatabase) {
        return new Door(host, port, otherDatabase, user, password, caFile, tls);
    }

    /** The same door at another port of this machine. */
    Door at(int otherPort) {
        return new Door("localhost", otherPort, database, user, password, caFile, tls);
    }

    /** A connection string as libpq takes it; the password goes by {@link #environment}. */
    String conninfo() {
        return "host=" + host + " port=" + port + " dbname=" + database + " user=" + user + " sslmode=" + sslmode()
                + " sslrootcert=" + caFile + " connect_timeout=20";
    }

    /** What libpq, and what is made like it, reads from its environment. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGHOST", host);
        environment.put("PGPORT", Integer.toString(port));
        environment.put("PGDATABASE", database);
        environment.put("PGUSER", user);
        environment.put("PGPASSWORD", password);
        environment.put("PGSSLMODE", sslmode());
        environment.put("PGSSLROOTCERT", caFile.toString());
        environment.put("PGCONNECT_TIMEOUT", "20");
        environment.put("PGCLIENTENCODING", "UTF8");
        return environment;
    }

    /** A connection of the JDBC driver's, with settings of its own. */
    Connection jdbc(Map<String, String> settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", sslmode());
        properties.setProperty("sslrootcert", caFile.toString());
        properties.setProperty("connectTimeout", "20");
        properties.putAll(settings);
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/" + database, properties);
    }

    private String sslmode() {
        return tls ? "verify-full" : "disable";
    }

    Connection jdbc() throws SQLException {
        return jdbc(Map.of());
    }

    /** Neither a token nor a password belongs in the message of a failed test. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
