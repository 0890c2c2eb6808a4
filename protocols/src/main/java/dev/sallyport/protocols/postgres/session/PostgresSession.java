package dev.sallyport.protocols.postgres.session;

import dev.sallyport.core.approval.Withdrawal;
import dev.sallyport.core.session.Refusal;
import dev.sallyport.protocols.postgres.wire.ClientMessage;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One session: its two halves, and how it ends. Confined to the session's event loop.
 *
 * <pre>
 *   RUNNING ──client says goodbye──► LEAVING ──target has closed──► ENDED
 *      │                                                              ▲
 *      ├──expired, no longer admitted, draining──► ENDING ──idle──────┤
 *      │                                              └──grace over───┤
 *      └──a side is gone, or broke the protocol──────────────────────►┘
 * </pre>
 */
final class PostgresSession implements TargetHalf.Listener {
    private enum State {
        RUNNING,
        /** The client is gone or going; the target finishes what it was sent. */
        LEAVING,
        /** It ends as soon as nothing runs. */
        ENDING,
        ENDED
    }

    private static final String CLIENT_GONE = "client-gone";

    private final SessionContext context;
    private final UnderWay underWay;
    private final TargetHalf target;
    private final ClientHalf client;
    private final Clock clock;
    private final Runnable ready;
    private State state = State.RUNNING;
    private boolean greeted;
    private @Nullable Refusal ending;

    /** @param ready called once, when names are known and the client may be told that it can begin */
    PostgresSession(SessionContext context, Clock clock, Runnable ready) {
        this.context = context;
        this.clock = clock;
        this.ready = ready;
        this.underWay = new UnderWay(context);
        this.target = new TargetHalf(context, underWay, this);
        this.client = new ClientHalf(context, underWay, this::clientTerminated, this::noCatalogue, this::unrecorded);
    }

    /** Reads the names before the client may send anything. */
    void start() {
        Instant end = context.session().identity().validUntil();
        Duration left = Duration.between(clock.instant(), end);
        context.wire().later(left.isNegative() ? Duration.ZERO : left, this::expired);
        client.readNames();
    }

    TargetHalf target() {
        return target;
    }

    void clientMessage(ClientMessage message) {
        client.message(message);
    }

    /**
     * The client's cancel request came in, on a connection of its own.
     *
     * @param then runs when it can hit nothing any more that comes from now on
     */
    void cancel(Runnable then) {
        if (state != State.ENDED) {
            client.cancel();
        }
        context.whenNotCancelling(then);
    }

    /** The policy changed. */
    void revised() {
        if (state == State.RUNNING && !context.session().isStillAdmitted()) {
            end(new Refusal(
                    Refusal.Kind.SESSION_ENDED,
                    "sallyport: this identity is no longer admitted to this target",
                    "The policy has changed.",
                    ""));
        }
    }

    /** The gateway stops. */
    void drain() {
        end(new Refusal(Refusal.Kind.STOPPING, "sallyport: the gateway is stopping", "Connect again in a moment.", ""));
    }

    private void expired() {
        end(new Refusal(
                Refusal.Kind.SESSION_ENDED, "sallyport: the token has expired", "Connect again with a new one.", ""));
    }

    private void end(Refusal why) {
        if (state != State.RUNNING) {
            return;
        }
        state = State.ENDING;
        ending = why;
        client.stopTaking();
        client.withdraw(why.kind() == Refusal.Kind.STOPPING ? Withdrawal.STOPPING : Withdrawal.SESSION_ENDED);
        endIfIdle();
        if (state == State.ENDING) {
            context.wire().later(context.settings().expiryGrace(), this::endNow);
        }
    }

    private void endIfIdle() {
        if (state == State.ENDING && underWay.isQuiet() && client.isIdle()) {
            endNow();
        }
    }

    private void endNow() {
        Refusal why = ending;
        if (state == State.ENDING && why != null) {
            if (!underWay.isQuiet()) {
                // The target would go on with it, and nobody would be there to see what it did.
                context.cancelTarget();
            }
            fatal(Errors.fatal(why));
        }
    }

    private void noCatalogue() {
        fatalWith(
                Errors.fatal(
                        "58000",
                        "sallyport: the target's catalogue cannot be read",
                        "Without it nothing can be judged.",
                        "Try again later."),
                "no-catalogue");
    }

    private void unrecorded() {
        fatal(context.withheld());
    }

    private void clientTerminated() {
        if (state == State.ENDED) {
            return;
        }
        state = State.LEAVING;
        context.wire().toTarget(context.frames().terminate());
        context.wire().flushTarget();
    }

    /** The client's connection is gone. */
    void clientGone() {
        if (state == State.LEAVING && !underWay.isQuiet()) {
            // It said goodbye first, so what it sent before is still carried out, as a server would.
            return;
        }
        close(state == State.LEAVING ? "client-terminated" : CLIENT_GONE);
    }

    /** The target's connection is gone. */
    void targetGone() {
        if (state == State.LEAVING) {
            close("client-terminated");
        } else if (state != State.ENDED) {
            underWay.lost();
            // connection_failure
            fatalWith(
                    Errors.fatal(
                            "08006",
                            "sallyport: the target closed the connection",
                            "What was running when it did may or may not have been carried out.",
                            "Connect again."),
                    "target-gone");
        }
    }

    /** A peer broke the protocol, or the gateway failed. */
    void failed(String reason, ErrorFields error) {
        fatalWith(error, reason);
    }

    @Override
    public void fatal(ErrorFields error) {
        Refusal why = ending;
        fatalWith(error, why == null ? error.get(ErrorFields.SQLSTATE) : why.message());
    }

    private void fatalWith(ErrorFields error, String reason) {
        if (state != State.ENDED) {
            context.wire().toClient(out -> out.error(error));
            close(reason);
        }
    }

    private void close(String reason) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        client.end(reason.equals(CLIENT_GONE) ? Withdrawal.CLIENT_GONE : Withdrawal.SESSION_ENDED);
        underWay.lost();
        context.wire().close(reason);
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    // ---- what the target half reports -----------------------------------------------------------------------------

    @Override
    public void targetSkips() {
        client.targetSkips();
    }

    @Override
    public void targetAdvanced() {
        client.targetAdvanced();
    }

    @Override
    public void targetReady() {
        client.targetAdvanced();
        endIfIdle();
    }

    @Override
    public void namesRead(@Nullable String path) {
        context.path(path, underWay.status());
        client.namesRead();
        if (!greeted) {
            greeted = true;
            ready.run();
        }
    }

    @Override
    public void completed(Answer answer) {
        context.completed(answer);
        client.targetAdvanced();
    }

    /** Passes a message of the target's on; it stays the caller's. */
    void targetMessage(ByteBuf frame) {
        target.message(frame);
    }
}
