package dev.sallyport.sql.postgres.regress;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The side of psql, as a server sees it. */
final class Wire implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int CANCEL_REQUEST = 80877102;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** The StartupMessage without its length; null for a CancelRequest, which nobody here answers. */
    byte @Nullable [] startup() throws IOException {
        while (true) {
            byte[] packet = in.readNBytes(in.readInt() - Integer.BYTES);
            int code = ByteBuffer.wrap(packet).getInt();
            switch (code) {
                case SSL_REQUEST, GSS_REQUEST -> {
                    out.write('N');
                    out.flush();
                }
                case CANCEL_REQUEST -> {
                    return null;
                }
                default -> {
                    return packet;
                }
            }
        }
    }

    /** The next message, or null where psql has ended. */
    @Nullable
    Message read() throws IOException {
        int tag = in.read();
        return tag < 0 ? null : new Message((char) tag, in.readNBytes(in.readInt() - Integer.BYTES));
    }

    void write(Message message) throws IOException {
        out.write(Messages.message(message.tag(), message.body()));
        // Whatever psql may wait for.
        if ("ZGWE1".indexOf(message.tag()) >= 0) {
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
