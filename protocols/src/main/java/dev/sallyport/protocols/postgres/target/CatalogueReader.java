package dev.sallyport.protocols.postgres.target;

import io.netty.channel.Channel;
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
 *
 * <p>The connection is kept for a moment, since one change of the schema is often followed by another, and to a server
 * process that has read the catalogue before it is several times as quick. One reading at a time.
 */
final class CatalogueReader {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration KEPT = Duration.ofSeconds(5);

    private static final String BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
            + " SET LOCAL search_path = pg_catalog; SET LOCAL statement_timeout = '10s'";
    private static final String END = "COMMIT";

    private final TargetConnector connector;
    private volatile @Nullable Kept kept;
    private volatile boolean closed;

    CatalogueReader(TargetConnector connector) {
        this.connector = connector;
    }

    /** A connection with nothing under way. */
    private record Kept(Channel channel, CatalogueRows rows, Future<?> end) {}

    /**
     * Runs the statements.
     *
     * @return the rows of each, or fails with {@link TargetException}
     */
    Future<List<List<List<@Nullable String>>>> read(EventLoop loop, List<String> statements) {
        Kept known = kept;
        kept = null;
        Promise<List<List<List<@Nullable String>>>> read = loop.newPromise();
        if (known == null || !known.end.cancel(false)) {
            connect(loop, statements, read);
            return read;
        }
        EventLoop own = known.channel.eventLoop();
        own.execute(() -> {
            // The target may have ended it meanwhile, which says nothing of whether the catalogue can be read.
            Promise<List<List<List<@Nullable String>>>> again = own.newPromise();
            again.addListener(tried -> {
                if (tried.isSuccess()) {
                    read.trySuccess(again.getNow());
                } else {
                    connect(loop, statements, read);
                }
            });
            run(known.channel, known.rows, statements, again);
        });
        return read;
    }

    private void connect(EventLoop loop, List<String> statements, Promise<List<List<List<@Nullable String>>>> read) {
        Future<TargetConnection> connecting = connector.openForCatalogue(loop);
        connecting.addListener(connected -> {
            if (!connected.isSuccess()) {
                read.tryFailure(connected.cause());
                return;
            }
            TargetConnection connection = connecting.getNow();
            CatalogueRows rows = new CatalogueRows();
            if (connection.handTo(rows)) {
                run(connection.channel(), rows, statements, read);
            } else {
                read.tryFailure(new TargetException(new TargetFailure.Unreachable("connection lost")));
            }
        });
    }

    private void run(
            Channel channel,
            CatalogueRows rows,
            List<String> statements,
            Promise<List<List<List<@Nullable String>>>> read) {
        List<String> all = new ArrayList<>(statements);
        all.addFirst(BEGIN);
        all.addLast(END);
        Promise<List<List<List<@Nullable String>>>> answered =
                channel.eventLoop().newPromise();
        var timer = channel.eventLoop()
                .schedule(
                        () -> answered.tryFailure(new TargetException(
                                new TargetFailure.Timeout("after " + TIMEOUT + ", while reading the catalogue"))),
                        TIMEOUT.toNanos(),
                        TimeUnit.NANOSECONDS);
        answered.addListener(done -> {
            timer.cancel(false);
            if (done.isSuccess()) {
                keep(channel, rows);
                read.trySuccess(answered.getNow().subList(1, all.size() - 1));
            } else {
                channel.close();
                read.tryFailure(done.cause());
            }
        });
        rows.ask(channel, all, answered);
    }

    private void keep(Channel channel, CatalogueRows rows) {
        var end = channel.eventLoop().schedule(() -> channel.close(), KEPT.toNanos(), TimeUnit.NANOSECONDS);
        kept = new Kept(channel, rows, end);
        if (closed) {
            channel.close();
        }
    }

    /** Closes the connection that is kept, if there is one. */
    void close() {
        closed = true;
        Kept known = kept;
        if (known != null) {
            known.channel.close();
        }
    }
}
