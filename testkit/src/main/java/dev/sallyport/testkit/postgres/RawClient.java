package dev.sallyport.testkit.postgres;

import dev.sallyport.testkit.tls.TestTrust;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A small blocking frontend that sends whatever bytes a test wants, for pipelines that no driver would make. Reading
 * gives up after ten seconds.
 */
public final class RawClient implements AutoCloseable {
    public static final int V3_0 = 3 << 16;
    public static final int V3_2 = 3 << 16 | 2;
    public static final int SSL_REQUEST = 80877103;
    public static final int CANCEL_REQUEST = 80877102;

    private static final int TIMEOUT_MILLIS = 10_000;

    private Socket socket;
    private DataInputStream in;
    private OutputStream out;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Opens a TCP connection and sends nothing. */
    public static RawClient connect(int port) throws IOException {
        return new RawClient(new Socket("localhost", port));
    }

    /** Opens a connection, asks for TLS and demands it, trusting one authority. */
    public static RawClient connectTls(int port, Path authority) throws IOException {
        RawClient client = connect(port);
        client.send(Messages.untagged(Messages.int32(SSL_REQUEST)));
        int answer = client.in.read();
        if (answer != 'S') {
            client.close();
            throw new IOException("SSLRequest was answered with " + answer);
        }
        return client.shakeHands(authority);
    }

    /** Opens a connection that begins with TLS, as {@code sslnegotiation=direct} does it. */
    public static RawClient connectDirectTls(int port, Path authority, String... applicationProtocols)
            throws IOException {
        return connect(port).shakeHands(authority, applicationProtocols);
    }

    /** Begins TLS on the connection. */
    public RawClient shakeHands(Path authority, String... applicationProtocols) throws IOException {
        SSLSocket secured = (SSLSocket)
                TestTrust.in(authority).getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(applicationProtocols);
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        socket = secured;
        in = new DataInputStream(secured.getInputStream());
        out = secured.getOutputStream();
        return this;
    }

    /** Sends StartupMessage 3.0 and the password in clear text when asked, and reads to the first ReadyForQuery. */
    public List<Message> login(String user, String database, String password) throws IOException {
        send(Messages.startup(V3_0, "user", user, "database", database));
        List<Message> seen = new ArrayList<>();
        for (Message message = read(); ; message = read()) {
            seen.add(message);
            boolean asksForPassword = message.tag() == 'R' && message.body()[3] == 3;
            if (asksForPassword) {
                send(Messages.message('p', Messages.texts(password)));
            } else if (message.tag() == 'Z' || message.tag() == 'E') {
                return seen;
            }
        }
    }

    /** Sends these bytes in one write. */
    public RawClient send(byte[]... parts) throws IOException {
        out.write(Messages.concat(parts));
        out.flush();
        return this;
    }

    /** Reads one byte, or -1 at the end. */
    public int readByte() throws IOException {
        return in.read();
    }

    /** Reads one message. */
    public Message read() throws IOException {
        char tag = (char) in.readUnsignedByte();
        return new Message(tag, in.readNBytes(in.readInt() - Integer.BYTES));
    }

    /** Reads one message, or null where the other side has closed. */
    public @Nullable Message readOrEnd() throws IOException {
        int tag = in.read();
        return tag < 0 ? null : new Message((char) tag, in.readNBytes(in.readInt() - Integer.BYTES));
    }

    /** Reads up to and with the first message that has one of these tags. */
    public List<Message> readUntil(char... tags) throws IOException {
        List<Message> seen = new ArrayList<>();
        while (true) {
            Message message = read();
            seen.add(message);
            if (new String(tags).indexOf(message.tag()) >= 0) {
                return seen;
            }
        }
    }

    /** Reads up to and with the next ReadyForQuery. */
    public List<Message> readUntilReady() throws IOException {
        return readUntil('Z');
    }

    /** Runs a simple query and reads to its ReadyForQuery. */
    public List<Message> query(String sql) throws IOException {
        return send(Messages.query(sql)).readUntilReady();
    }

    /** The tags of messages as one word, asynchronous ones left out, for example {@code 12TDCZ}. */
    public static String tags(List<Message> messages) {
        StringBuilder tags = new StringBuilder();
        for (Message message : messages) {
            if ("NSA".indexOf(message.tag()) < 0) {
                tags.append(message.tag());
            }
        }
        return tags.toString();
    }

    /** The socket, for those who read slowly or close without a word. */
    public Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
