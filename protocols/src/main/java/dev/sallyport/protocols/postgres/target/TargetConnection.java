package dev.sallyport.protocols.postgres.target;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.util.Map;

/**
 * An authenticated connection to a target, waiting for its first command. Its pipeline holds TLS, where there is any,
 * and what {@link #handTo} puts there. Closing it, from whichever side, gives its place in the target's budget back.
 */
public final class TargetConnection {
    private final TargetConnector connector;
    private final Channel channel;
    private final Welcome welcome;
    private final Parked parked;

    TargetConnection(TargetConnector connector, Channel channel, Welcome welcome, Parked parked) {
        this.connector = connector;
        this.channel = channel;
        this.welcome = welcome;
        this.parked = parked;
    }

    /** The channel, on the event loop that was given; {@code autoRead} is off. */
    public Channel channel() {
        return channel;
    }

    /**
     * Puts the session's handler at the end of the pipeline and gives it what the target sent behind its first
     * ReadyForQuery; the session turns reading on. Once, on the event loop.
     *
     * @return false when the target has closed the connection meanwhile; the handler is not added then
     */
    public boolean handTo(ChannelHandler session) {
        return parked.handTo(session);
    }

    /** What the target reported with ParameterStatus during start-up. */
    public Map<String, String> parameters() {
        return welcome.parameters();
    }

    /** The status in the first ReadyForQuery. */
    public byte transactionStatus() {
        return welcome.transactionStatus();
    }

    /** The negotiated protocol version, major in the upper 16 bits. */
    public int protocolVersion() {
        return welcome.protocolVersion();
    }

    /** The process that serves the connection on the target, 0 where it did not say. */
    public int processId() {
        return welcome.cancelKey().map(CancelKey::processId).orElse(0);
    }

    /**
     * Asks the target to cancel what this connection runs, over a connection of its own that is secured as this one is.
     * Whether something was cancelled shows on this connection only.
     *
     * @return done when the target has taken the request
     */
    public Future<Void> cancel() {
        return connector.cancel(channel.eventLoop(), welcome.cancelKey());
    }

    /** Closes the channel. */
    public Future<Void> close() {
        return channel.close();
    }
}
