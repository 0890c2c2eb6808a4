package dev.sallyport.protocols.postgres.target;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the gateway's own queries on a connection of its own, with the target's credential: in one read-only snapshot, so
 * that the answers belong together, and with nobody's objects in the search path but PostgreSQL's.
 */
final class CatalogueReader {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
            + " SET LOCAL search_path = pg_catalog; SET LOCAL statement_timeout = '10s'";

    private final TargetConnector connector;

    CatalogueReader(TargetConnector connector) {
        this.connector = connector;
    }

    /**
     * Runs the statements.
     *
     * @return the rows of each, or fails with {@link TargetException}
     */
    Future<List<List<List<@Nullable String>>>> read(EventLoop loop, List<String> statements) {
        Promise<List<List<List<@Nullable String>>>> read = loop.newPromise();
        Future<TargetConnection> connecting = connector.openForCatalogue(loop);
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                run(connecting.getNow(), statements, read);
            } else {
                read.setFailure(connected.cause());
            }
        });
        return read;
    }

    private static void run(
            TargetConnection connection, List<String> statements, Promise<List<List<List<@Nullable String>>>> read) {
        var timer = connection
                .channel()
                .eventLoop()
                .schedule(
                        () -> read.tryFailure(new TargetException(
                                new TargetFailure.Timeout("after " + TIMEOUT + ", while reading the catalogue"))),
                        TIMEOUT.toNanos(),
                        TimeUnit.NANOSECONDS);
        read.addListener(done -> {
            timer.cancel(false);
            connection.close();
        });
        List<String> all = new ArrayList<>(statements);
        all.addFirst(BEGIN);
        if (!connection.handTo(new CatalogueRows(all, read))) {
            read.tryFailure(new TargetException(new TargetFailure.Unreachable("connection lost")));
        }
    }
}
