package dev.sallyport.protocols.postgres.target;

import dev.sallyport.core.policy.Admission;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.net.ClientTls;
import dev.sallyport.net.ConnectionBudget;
import dev.sallyport.net.Dialer;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Opens connections to one target: a place in its budget, TCP, TLS, start-up, authentication, all within its connect
 * timeout. One place of the budget is the catalogue's; where there is only one, the catalogue's comes on top.
 *
 * <p>Protocol 3.2 is asked for. A target that negotiates answers with what it has; some poolers cannot negotiate and
 * refuse or hang up instead, so that they are asked again for 3.0, and only for that from then on.
 */
public final class TargetConnector {
    /** Set here and nowhere else, or able to change what kind of connection it is. */
    private static final Set<String> RESERVED = Set.of("user", "database", "replication", "options");

    private static final int MAX_WAITING = 10_000;

    private final Target target;
    private final Dialer dialer;
    private final Optional<ClientTls> tls;
    private final ConnectionBudget budget;
    private final ConnectionBudget catalogueBudget = new ConnectionBudget(1, MAX_WAITING);
    private volatile int version = ProtocolVersion.V3_2;

    private TargetConnector(Target target, Dialer dialer, Optional<ClientTls> tls) {
        this.target = target;
        this.dialer = dialer;
        this.tls = tls;
        this.budget = new ConnectionBudget(Math.max(1, target.maxConnections() - 1), MAX_WAITING);
    }

    /**
     * Reads the target's trust and certificate files. Blocks.
     *
     * @throws IOException when one of them cannot be read or used
     */
    public static TargetConnector to(Target target, Dialer dialer) throws IOException {
        Optional<ClientTls> tls = target.tls() == TlsMode.DISABLE
                ? Optional.empty()
                : Optional.of(ClientTls.of(
                        target.tls(), target.trust(), target.credential().certificate()));
        return new TargetConnector(target, dialer, tls);
    }

    /** The target. */
    public Target target() {
        return target;
    }

    /** How many connections of sessions are open or being opened, and how many wait for one. */
    public ConnectionBudget budget() {
        return budget;
    }

    /**
     * Opens a connection for a session.
     *
     * @param admission that the session's identity may reach this target
     * @param loop the event loop of the session's client
     * @param startupParameters what the session may set, {@code client_encoding} aside, which is always UTF8
     * @return fails with {@link TargetException} alone; cancelling it closes what was being opened
     * @throws IllegalArgumentException for an admission to another target, or a parameter that is not the session's to
     *     set
     */
    public Future<TargetConnection> connect(
            Admission admission, EventLoop loop, Map<String, String> startupParameters) {
        if (!admission.target().name().equals(target.name())) {
            throw new IllegalArgumentException(
                    "admission: to " + admission.target().name() + " (expected: to " + target.name() + ")");
        }
        return open(loop, startupParameters);
    }

    /** As {@link #connect}, for whom nobody was admitted. */
    Future<TargetConnection> open(EventLoop loop, Map<String, String> startupParameters) {
        return open(loop, budget, startupParameters);
    }

    /**
     * As {@link #connect}, for the gateway's own look at the catalogue, one at a time. Its place is kept free: sessions
     * that take all others would otherwise end each other, since without the catalogue none of their commands is judged.
     */
    Future<TargetConnection> openForCatalogue(EventLoop loop) {
        return open(loop, catalogueBudget, Map.of("application_name", "sallyport"));
    }

    private Future<TargetConnection> open(
            EventLoop loop, ConnectionBudget from, Map<String, String> startupParameters) {
        Map<String, String> parameters = new LinkedHashMap<>(startupParameters);
        for (String name : parameters.keySet()) {
            if (RESERVED.contains(name) || name.startsWith("_pq_.")) {
                throw new IllegalArgumentException("start-up parameter: '" + name + "' is not the session's to set");
            }
        }
        parameters.put("client_encoding", "UTF8");
        return new Connect(this, from, loop, parameters).start();
    }

    Future<Void> cancel(EventLoop loop, Optional<CancelKey> key) {
        Promise<Void> sent = loop.newPromise();
        key.ifPresentOrElse(
                present -> new Cancel(this, loop, present, sent).start(),
                () -> sent.setFailure(new TargetException(
                        new TargetFailure.ProtocolViolation("the target gave no key to cancel with"))));
        return sent;
    }

    Dialer dialer() {
        return dialer;
    }

    Optional<ClientTls> tls() {
        return tls;
    }

    /** The protocol version to ask for. */
    int version() {
        return version;
    }

    /** This is the version that the target could be asked for. */
    void settleFor(int asked) {
        version = asked;
    }
}
