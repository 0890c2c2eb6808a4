package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.session.Session;
import dev.sallyport.protocols.postgres.target.Catalogues;
import dev.sallyport.protocols.postgres.target.TargetConnection;
import dev.sallyport.protocols.postgres.target.TargetException;
import dev.sallyport.protocols.postgres.target.TargetFailure;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.Tag;
import dev.sallyport.sql.postgres.PostgresAnalyzer;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Opens the second door: dials the target for an admitted session, and runs the session over both channels. */
public final class PostgresSessions {
    private static final byte IDLE = 'I';
    private static final int AUTHENTICATION_OK = 0;

    private final PostgresTargets targets;
    private final PostgresAnalyzer analyzer;
    private final CancelKeys keys;
    private final Settings settings;
    private final Clock clock;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    /** @param targets the ways to all targets */
    public PostgresSessions(
            PostgresTargets targets, PostgresAnalyzer analyzer, CancelKeys keys, Settings settings, Clock clock) {
        this.targets = targets;
        this.analyzer = analyzer;
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    private record Running(Channel client, PostgresSession machine) {}

    /**
     * What a client has said at its start, as far as the session needs it.
     *
     * @param parameters the start-up parameters that the target is told
     * @param longKeys whether the client can hold a long cancel key
     */
    public record Greeting(Map<String, String> parameters, boolean longKeys) {}

    /** What the opening of a session comes to, told on the client channel's event loop. */
    public interface Opening {
        /** The session has taken over: the handlers of the start-up go, and leave it what they have read. */
        void opened();

        /** There is no session; the client is told {@code error} and closed. */
        void failed(ErrorFields error);
    }

    /** Dials and starts; called on the client channel's event loop. The session is closed when it ends, or never began. */
    public void open(Channel client, Session session, Greeting greeting, Opening opening) {
        ReachedTarget target = targets.reach(session.admission().target()).orElse(null);
        if (target == null) {
            session.close("target-changed", 0, 0);
            opening.failed(Errors.targetChanged());
            return;
        }
        Future<TargetConnection> dialled =
                target.connector().connect(session.admission(), client.eventLoop(), greeting.parameters());
        dialled.addListener(done -> {
            if (!dialled.isSuccess()) {
                TargetFailure failure = failure(dialled.cause());
                session.noticed("target-failure", List.of("code=" + failure.code(), "detail=" + failure.detail()));
                session.close(failure.code(), 0, 0);
                opening.failed(Errors.noTarget(failure, session.id()));
            } else if (!client.isActive()) {
                dialled.getNow().close();
                session.close("client-gone", 0, 0);
            } else {
                start(new Door(client, dialled.getNow(), target), session, greeting, opening);
            }
        });
    }

    /** Has every session look whether it is still admitted. */
    public void revised() {
        forEach(PostgresSession::revised);
    }

    /** Has every session end between two commands. */
    public void drain() {
        forEach(PostgresSession::drain);
    }

    /** How many sessions run. */
    public int count() {
        return running.size();
    }

    private void forEach(Consumer<PostgresSession> action) {
        for (Running each : running) {
            each.client().eventLoop().execute(() -> action.accept(each.machine()));
        }
    }

    /** Both sides of a session. */
    private record Door(Channel client, TargetConnection connection, ReachedTarget target) {}

    private void start(Door door, Session session, Greeting greeting, Opening opening) {
        Channel client = door.client();
        TargetConnection connection = door.connection();
        SessionChannels channels = new SessionChannels(client, connection, session, settings);
        SessionContext context = new SessionContext(
                channels,
                session,
                settings,
                analyzer,
                door.target().catalogues(),
                new OwnFrames(client.alloc(), session.id()));
        PostgresSession machine = new PostgresSession(context, clock, () -> {
            channels.greet();
            channels.toClient(out -> out.readyForQuery(IDLE));
            channels.flushClient();
            opening.opened();
        });
        Catalogues.Watch watch = door.target().catalogues().watch();
        Running entry = new Running(client, machine);
        CancelKeys.Key key =
                keys.register(greeting.longKeys(), then -> client.eventLoop().execute(() -> machine.cancel(then)));
        running.add(entry);
        client.closeFuture().addListener(closed -> {
            running.remove(entry);
            keys.forget(key);
            watch.close();
            machine.clientGone();
        });
        channels.toClient(out -> greet(out, connection, key));
        channels.open(machine);
    }

    private static void greet(MessageWriter out, TargetConnection connection, CancelKeys.Key key) {
        out.begin(Tag.AUTHENTICATION).int32(AUTHENTICATION_OK).end();
        connection.parameters().forEach(out::parameterStatus);
        out.begin(Tag.BACKEND_KEY_DATA)
                .int32(key.processId())
                .bytes(key.secret())
                .end();
    }

    private static TargetFailure failure(Throwable cause) {
        return cause instanceof TargetException exception
                ? exception.failure()
                : new TargetFailure.Unreachable(cause.getClass().getName());
    }
}
