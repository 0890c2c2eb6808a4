package dev.sallyport.protocols.postgres.gateway;

import dev.sallyport.testkit.postgres.Message;
import dev.sallyport.testkit.postgres.Messages;
import dev.sallyport.testkit.postgres.PostgresServer;
import dev.sallyport.testkit.postgres.RawClient;
import dev.sallyport.testkit.tls.TestCertificates;
import dev.sallyport.testkit.tls.TestIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLSocket;

/** Stands between the gateway and a server, ends TLS with a certificate of its own, and passes on what it reads. */
final class ManInTheMiddle implements AutoCloseable {
    private static final int SSL_REQUEST_BYTES = 8;

    private final PostgresServer server;
    private final TestCertificates.Pair shown;
    private final UnaryOperator<Message> firstAnswer;
    private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param firstAnswer what becomes of the first message that the server sends on each connection */
    ManInTheMiddle(PostgresServer server, TestCertificates.Pair shown, UnaryOperator<Message> firstAnswer)
            throws IOException {
        this.server = server;
        this.shown = shown;
        this.firstAnswer = firstAnswer;
        threads.submit(() -> {
            while (true) {
                Socket victim = listener.accept();
                threads.submit(() -> attend(victim));
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    private Void attend(Socket victim) throws IOException {
        try (victim;
                RawClient onward = RawClient.connectTls(
                        server.port(), server.certificates().authority())) {
            victim.getInputStream().readNBytes(SSL_REQUEST_BYTES);
            victim.getOutputStream().write('S');
            SSLSocket secured = (SSLSocket)
                    TestIdentity.of(shown).getSocketFactory().createSocket(victim, "localhost", victim.getPort(), true);
            secured.setUseClientMode(false);
            secured.startHandshake();
            threads.submit(() -> {
                secured.getInputStream().transferTo(onward.socket().getOutputStream());
                return null;
            });
            Message first = firstAnswer.apply(onward.read());
            OutputStream back = secured.getOutputStream();
            back.write(Messages.message(first.tag(), first.body()));
            InputStream rest = onward.socket().getInputStream();
            rest.transferTo(back);
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
