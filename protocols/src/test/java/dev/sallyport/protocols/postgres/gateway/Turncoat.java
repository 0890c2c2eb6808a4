package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.core.policy.Policy;
import dev.sallyport.core.target.Target;
import dev.sallyport.core.target.TlsMode;
import dev.sallyport.testkit.postgres.FakeTarget;
import dev.sallyport.testkit.postgres.FakeTarget.Peer;
import dev.sallyport.testkit.postgres.FakeTarget.Script;
import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of a real server, in plain text, and passes on what both sides say, until a client says the word: the
 * rest of that connection is the script's. So a gateway can look at a real catalogue and then meet any answer at all.
 */
final class Turncoat implements AutoCloseable {
    /** What turns it, anywhere in a message. */
    static final String WORD = "-- turn";

    private final PostgresServer server;
    private final FakeTarget front;
    private volatile Script script = peer -> {};
    private volatile @Nullable Script greeting;
    private volatile int pieceBytes = Integer.MAX_VALUE;

    Turncoat(PostgresServer server) {
        this.server = server;
        this.front = FakeTarget.playing(this::attend);
    }

    /** A gateway that takes this for its target. */
    TestGateway gateway(Policy policy) throws IOException {
        Target target = Shop.at(Shop.on(server), "localhost", front.port());
        return new TestGateway(server, Shop.tls(target, TlsMode.DISABLE, Optional.empty()), List.of(policy));
    }

    /** From the next {@link #WORD} on it says this. The message with the word in it has been read by then. */
    void turns(Script next) {
        script = next;
    }

    /** From the next connection on it says this instead of letting the server greet; null to be honest again. */
    void greets(@Nullable Script next) {
        greeting = next;
    }

    /** Sends what the server says in pieces of so many bytes, each in a packet of its own. */
    void splits(int bytes) {
        pieceBytes = bytes;
    }

    private void attend(Peer peer) throws IOException {
        Script lie = greeting;
        if (lie != null) {
            lie.run(peer);
            return;
        }
        byte[] first = peer.readUntagged();
        try (RawClient onward = RawClient.connect(server.port())) {
            onward.socket().setSoTimeout(0);
            onward.send(Messages.untagged(first));
            if (ByteBuffer.wrap(first).getInt() == RawClient.CANCEL_REQUEST) {
                onward.readByte();
                return;
            }
            Thread.ofVirtual().start(() -> passBack(onward, peer));
            while (true) {
                Message message = peer.read();
                if (new String(message.body(), StandardCharsets.ISO_8859_1).contains(WORD)) {
                    script.run(peer);
                    return;
                }
                onward.send(Messages.message(message.tag(), message.body()));
            }
        }
    }

    private void passBack(RawClient onward, Peer peer) {
        try {
            for (Message next = onward.readOrEnd(); next != null; next = onward.readOrEnd()) {
                inPieces(peer, Messages.message(next.tag(), next.body()));
            }
        } catch (IOException ended) {
            // One side has gone; the other is told by the closing of its own connection.
        }
    }

    /** Sends these bytes as {@link #splits} says. */
    void inPieces(Peer peer, byte[] bytes) throws IOException {
        int most = pieceBytes;
        for (int at = 0; at < bytes.length; ) {
            int to = (int) Math.min(bytes.length, (long) at + most);
            peer.send(Arrays.copyOfRange(bytes, at, to));
            at = to;
            if (at < bytes.length) {
                // So that the next piece is not there yet when this one is read.
                LockSupport.parkNanos(200_000);
            }
        }
    }

    @Override
    public void close() {
        front.close();
    }
}
