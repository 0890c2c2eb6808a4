package dev.sallyport.sql.postgres.regress;

import dev.sallyport.sql.postgres.catalogue.Catalogue;
import dev.sallyport.sql.postgres.catalogue.CatalogueQueries;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server as the gateway sees it through a connection of its own: its catalogue, and where its sequences stand. */
final class Target implements AutoCloseable {
    private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
            + " SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = '2s'";

    /** A temporary sequence of another session cannot be read; one that is locked is no longer than a moment. */
    private static final String SEQUENCES =
            "SELECT pg_catalog.md5(pg_catalog.string_agg(oid || ':' || coalesce(pg_catalog.pg_sequence_last_value(oid), 0), ',' ORDER BY oid))"
                    + " FROM pg_catalog.pg_class WHERE relkind = 'S' AND relpersistence <> 't'";

    private final RawClient own;
    private Catalogue catalogue = Catalogue.EMPTY;
    private boolean stale = true;
    private int readings;

    Target(int port, String database) throws IOException {
        own = RawClient.connect(port);
        own.socket().setSoTimeout(60_000);
        own.login("postgres", database, "");
    }

    /** As it was when it was last read. */
    Catalogue catalogue() {
        return catalogue;
    }

    void changed() {
        stale = true;
    }

    /** Reads the catalogue if something changed it; what a transaction under way did is not seen. Whether it did. */
    boolean refresh() throws IOException {
        if (!stale) {
            return false;
        }
        List<String> statements = CatalogueQueries.statements();
        List<List<List<@Nullable String>>> results = rows(own, BEGIN + ";" + String.join(";", statements) + "; COMMIT");
        catalogue = Catalogue.of(results);
        stale = false;
        readings++;
        return true;
    }

    int readings() {
        return readings;
    }

    /** Something that differs whenever a sequence has moved. */
    String sequences() throws IOException {
        return rows(own, SEQUENCES).toString();
    }

    /** The rows of each statement that has some. */
    static List<List<List<@Nullable String>>> rows(RawClient client, String sql) throws IOException {
        List<List<List<@Nullable String>>> results = new ArrayList<>();
        client.send(Messages.query(sql));
        for (Message message = client.read(); message.tag() != 'Z'; message = client.read()) {
            switch (message.tag()) {
                case 'T' -> results.add(new ArrayList<>());
                case 'D' -> results.getLast().add(message.row());
                case 'E' -> {
                    client.readUntilReady();
                    throw new IOException(message.toString());
                }
                default -> {}
            }
        }
        return results;
    }

    @Override
    public void close() throws IOException {
        own.close();
    }
}
