package dev.sallyport.protocols.postgres.target;

import com.ongres.scram.common.exception.ScramException;
import dev.sallyport.core.target.Secret;
import dev.sallyport.core.target.Target.Credential;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers the target's authentication requests with the target's credential. SCRAM's key derivation takes milliseconds,
 * so nothing here belongs on an event loop.
 *
 * <pre>
 * requested ──Ok────────────────────────────────────────────────► finished
 *     │ ├─CleartextPassword, MD5Password─► answered ──Ok────────► finished
 *     └─SASL─► scram ──SASLContinue─► proved ──SASLFinal─► verified ──Ok─► finished
 * </pre>
 *
 * An Ok that skips a step of SCRAM is refused: the target would not have shown that it knows the password.
 */
final class Authentication {
    private static final int OK = 0;
    private static final int CLEARTEXT_PASSWORD = 3;
    private static final int MD5_PASSWORD = 5;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;
    private static final int MAX_MECHANISMS = 32;

    private final Credential credential;
    private final Optional<X509Certificate> serverCertificate;
    private @Nullable ScramExchange scram;
    private boolean answered;
    private boolean finished;

    /** @param serverCertificate what the target showed in TLS; empty stands for a connection without TLS */
    Authentication(Credential credential, Optional<X509Certificate> serverCertificate) {
        this.credential = credential;
        this.serverCertificate = serverCertificate;
    }

    /** Whether the target said that it is satisfied. */
    boolean finished() {
        return finished;
    }

    /**
     * Takes one AuthenticationRequest's body and gives the body of the answer, if one is due; it may hold the password,
     * so the caller wipes it.
     */
    Optional<byte[]> answer(byte[] request) throws TargetException {
        MessageReader body = new MessageReader(Unpooled.wrappedBuffer(request));
        int kind = body.int32();
        try {
            return switch (kind) {
                case OK -> finish(body);
                case CLEARTEXT_PASSWORD -> Optional.of(cleartext(body));
                case MD5_PASSWORD -> Optional.of(md5(body));
                case SASL -> Optional.of(beginScram(body));
                case SASL_CONTINUE -> Optional.of(scram().prove(rest(body)));
                case SASL_FINAL -> verifyScram(body);
                default -> throw failed("it asks for a kind of authentication that is not supported: " + kind);
            };
        } catch (ScramException | IllegalArgumentException e) {
            // The library's messages quote what the target said, and no more of ours than a nonce.
            throw new TargetException(
                    new TargetFailure.AuthenticationFailed(Failures.shown("SCRAM failed: " + e.getMessage())), e);
        }
    }

    private Optional<byte[]> finish(MessageReader body) throws TargetException {
        body.end();
        if (scram != null && !scram.verified()) {
            throw failed("it ended SCRAM without proving that it knows the password");
        }
        finished = true;
        return Optional.empty();
    }

    private byte[] cleartext(MessageReader body) throws TargetException {
        body.end();
        if (serverCertificate.isEmpty()) {
            throw failed("it asks for the password in clear text over a connection without TLS");
        }
        return once().lend(utf8 -> {
            byte[] text = new byte[utf8.length + 1];
            System.arraycopy(utf8, 0, text, 0, utf8.length);
            return text;
        });
    }

    /** "md5" + md5(md5(password + user) + salt), in hexadecimal. */
    private byte[] md5(MessageReader body) throws TargetException {
        byte[] salt = body.bytes(4);
        body.end();
        MessageDigest digest = md5();
        byte[] inner = once().lend(utf8 -> {
            digest.update(utf8);
            return digest.digest(credential.username().getBytes(StandardCharsets.UTF_8));
        });
        digest.update(HexFormat.of().formatHex(inner).getBytes(StandardCharsets.US_ASCII));
        String outer = HexFormat.of().formatHex(digest.digest(salt));
        return ("md5" + outer + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] beginScram(MessageReader body) throws TargetException {
        List<String> mechanisms = new ArrayList<>();
        for (String name = body.text(); !name.isEmpty(); name = body.text()) {
            mechanisms.add(name);
            if (mechanisms.size() > MAX_MECHANISMS) {
                throw new ProtocolViolation("authentication: more than " + MAX_MECHANISMS + " mechanisms");
            }
        }
        body.end();
        ScramExchange exchange = ScramExchange.of(mechanisms, once(), serverCertificate)
                .orElseThrow(() -> failed("it offers no SASL mechanism that is supported"));
        scram = exchange;
        return exchange.begin();
    }

    private Optional<byte[]> verifyScram(MessageReader body) throws TargetException, ScramException {
        scram().verify(rest(body));
        return Optional.empty();
    }

    /** The password, for the one request that may ask for it. */
    private Secret once() throws TargetException {
        if (answered || finished) {
            throw new ProtocolViolation("authentication: a second request");
        }
        answered = true;
        return credential.password().orElseThrow(() -> failed("it asks for a password and none is configured"));
    }

    private ScramExchange scram() {
        if (scram == null) {
            throw new ProtocolViolation("authentication: a SASL message before SASL has begun");
        }
        return scram;
    }

    private static String rest(MessageReader body) {
        return new String(body.bytes(body.remaining()), StandardCharsets.UTF_8);
    }

    private static TargetException failed(String detail) {
        return new TargetException(new TargetFailure.AuthenticationFailed(detail));
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
