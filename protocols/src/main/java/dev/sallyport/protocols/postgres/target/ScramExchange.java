package dev.sallyport.protocols.postgres.target;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.ServerFirstMessage;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import com.ongres.scram.common.util.TlsServerEndpoint;
import dev.sallyport.core.target.Secret;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * SCRAM-SHA-256, bound to the target's certificate (-PLUS, {@code tls-server-end-point}) where both sides can: RFC 5802,
 * RFC 5929 and RFC 7677.
 */
final class ScramExchange {
    private static final String SCRAM_SHA_256 = ScramMechanism.SCRAM_SHA_256.getName();
    private static final String SCRAM_SHA_256_PLUS = ScramMechanism.SCRAM_SHA_256_PLUS.getName();

    /** Above what anybody configures, and about a second of work: a hostile target must not choose how long we compute. */
    private static final int MAX_ITERATIONS = 1_000_000;

    private final ScramClient client;
    private final char[] password;
    private boolean proved;
    private boolean verified;

    private ScramExchange(ScramClient client, char[] password) {
        this.client = client;
        this.password = password;
    }

    /** Empty where the target offers nothing that is supported; SCRAM-SHA-1 is not. */
    static Optional<ScramExchange> of(
            List<String> mechanisms, Secret password, Optional<X509Certificate> serverCertificate) {
        Optional<byte[]> binding = serverCertificate.flatMap(ScramExchange::endpoint);
        List<String> usable = mechanisms.stream()
                .filter(name -> name.equals(SCRAM_SHA_256) || (name.equals(SCRAM_SHA_256_PLUS) && binding.isPresent()))
                .toList();
        if (usable.isEmpty()) {
            return Optional.empty();
        }
        char[] characters = password.lend(ScramExchange::decode);
        // PostgreSQL takes the user's name from the start-up message, whatever stands here.
        var builder = ScramClient.builder()
                .advertisedMechanisms(usable)
                .username("*")
                .password(characters)
                .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION);
        binding.ifPresent(data -> builder.channelBinding(TlsServerEndpoint.TLS_SERVER_END_POINT, data));
        return Optional.of(new ScramExchange(builder.build(), characters));
    }

    /** SASLInitialResponse. */
    byte[] begin() {
        byte[] first = client.clientFirstMessage().toString().getBytes(StandardCharsets.UTF_8);
        ByteBuf body = Unpooled.buffer();
        new MessageWriter(body)
                .text(client.getScramMechanism().getName())
                .int32(first.length)
                .bytes(first);
        return ByteBufUtil.getBytes(body);
    }

    /** SASLResponse: the proof that we know the password. */
    byte[] prove(String serverFirst) throws ScramException {
        if (proved) {
            throw new ProtocolViolation("authentication: a second SASLContinue");
        }
        proved = true;
        ServerFirstMessage first = client.serverFirstMessage(serverFirst);
        if (first.getIterationCount() > MAX_ITERATIONS) {
            throw new ProtocolViolation("authentication: " + first.getIterationCount()
                    + " iterations of SCRAM (expected: at most " + MAX_ITERATIONS + ")");
        }
        try {
            return client.clientFinalMessage().toString().getBytes(StandardCharsets.UTF_8);
        } finally {
            // The client keeps this very array, and needs it no more.
            Arrays.fill(password, '\0');
        }
    }

    /** Checks the target's proof that it knows the password. */
    void verify(String serverFinal) throws ScramException {
        if (!proved || verified) {
            throw new ProtocolViolation("authentication: a SASLFinal out of its turn");
        }
        client.serverFinalMessage(serverFinal);
        verified = true;
    }

    boolean verified() {
        return verified;
    }

    /** Empty for a certificate whose signature algorithm has no hash to bind with, such as Ed25519. */
    private static Optional<byte[]> endpoint(X509Certificate certificate) {
        try {
            byte[] data = TlsServerEndpoint.getChannelBindingData(certificate);
            return data.length == 0 ? Optional.empty() : Optional.of(data);
        } catch (CertificateEncodingException e) {
            return Optional.empty();
        }
    }

    private static char[] decode(byte[] utf8) {
        CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
        char[] characters = new char[decoded.remaining()];
        decoded.get(characters);
        Arrays.fill(decoded.array(), '\0');
        return characters;
    }
}
