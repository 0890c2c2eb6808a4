package dev.sallyport.testkit.postgres;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that says what a test has it say, however hostile: each connection runs the script on a thread of its own,
 * and is closed when the script ends.
 */
public final class FakeTarget implements AutoCloseable {
    private final ServerSocket socket;
    private final AtomicInteger connections = new AtomicInteger();

    private FakeTarget(ServerSocket socket) {
        this.socket = socket;
    }

    /** What the server does on one connection. */
    @FunctionalInterface
    public interface Script {
        void run(Peer peer) throws IOException;
    }

    /** Listens on a free loopback port. */
    public static FakeTarget playing(Script script) {
        try {
            FakeTarget target = new FakeTarget(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().start(() -> target.accept(script));
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** How many connections have come in. */
    public int connections() {
        return connections.get();
    }

    private void accept(Script script) {
        try {
            while (true) {
                Socket accepted = socket.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> play(script, accepted));
            }
        } catch (SocketException e) {
            // The test is over.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void play(Script script, Socket accepted) {
        try (accepted) {
            script.run(new Peer(accepted));
        } catch (EOFException | SocketException e) {
            // The other side hung up, as it should on most of these scripts.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One connection, from the server's side. */
    public static final class Peer {
        private final DataInputStream in;
        private final DataOutputStream out;

        private Peer(Socket socket) throws IOException {
            // Each send is a packet.
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        }

        /** Reads a message without a tag, such as StartupMessage or SSLRequest: what is behind its length. */
        public byte[] readUntagged() throws IOException {
            return in.readNBytes(in.readInt() - Integer.BYTES);
        }

        /** Reads a message with a tag: its body. */
        public byte[] readMessage() throws IOException {
            return read().body();
        }

        /** Reads a message with a tag. */
        public Message read() throws IOException {
            char tag = (char) in.readUnsignedByte();
            return new Message(tag, readUntagged());
        }

        /** Sends these bytes, or as many as fit before the other side hangs up. */
        public Peer send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
            return this;
        }

        /** Sends a message. */
        public Peer send(char tag, byte[] body) throws IOException {
            return send(Messages.message(tag, body));
        }

        /** Sends an AuthenticationRequest of this kind. */
        public Peer authentication(int kind, byte[] rest) throws IOException {
            return send('R', Messages.concat(Messages.int32(kind), rest));
        }

        /** Sends an ErrorResponse made of these fields, each with its code in front. */
        public Peer error(String... fields) throws IOException {
            return send('E', Messages.concat(Messages.texts(fields), new byte[1]));
        }

        /** Sends a ParameterStatus. */
        public Peer parameter(String name, String value) throws IOException {
            return send('S', Messages.texts(name, value));
        }

        /** Says AuthenticationOk, a few parameters, a cancel key of 4 bytes, and ReadyForQuery. */
        public Peer welcome() throws IOException {
            return authentication(0, new byte[0])
                    .parameter("server_version", "18.0")
                    .send('K', Messages.concat(Messages.int32(4711), Messages.int32(42)))
                    .send('Z', "I".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
