package dev.sallyport.protocols.postgres.client;

import dev.sallyport.core.target.Secret;
import dev.sallyport.net.ServerTls;
import dev.sallyport.protocols.postgres.client.StartupPacket.Cancel;
import dev.sallyport.protocols.postgres.client.StartupPacket.GssRequest;
import dev.sallyport.protocols.postgres.client.StartupPacket.Startup;
import dev.sallyport.protocols.postgres.client.StartupPacket.TlsRequest;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.Frames;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection from its first byte to the client's token. It never reads past what it has to: what comes behind a
 * request for TLS in the same packet was sent before TLS, so it ends the connection (CVE-2021-23214 and its kin).
 *
 * <pre>
 *  FIRST ──0x16──► direct TLS ─┐
 *    │  ◄──SSLRequest: 'S'─────┤
 *    │  ◄──GSSENCRequest: 'N'  │
 *    ├─CancelRequest──► done   │
 *    └─StartupMessage──► TOKEN ──(sasl: DISCOVERY)──► HANDED_OVER
 * </pre>
 *
 * <p>Source: PostgreSQL 18 documentation, sections 54.2.1 "Start-up", 54.2.11 "SSL Session Encryption" and 54.3 "SASL
 * Authentication".
 */
final class StartupHandler extends ByteToMessageDecoder {
    private static final byte TLS_HANDSHAKE = 0x16;
    private static final String ALPN = "postgresql";
    /** A token of 16 KiB and what stands around it. Longer ones are read no further. */
    private static final int MAX_TOKEN_MESSAGE_BYTES = 24 * 1024;

    private static final int MAX_WAITING_BYTES = 64 * 1024;

    private static final int AUTHENTICATION_CLEARTEXT = 3;
    private static final int AUTHENTICATION_SASL = 10;
    private static final int AUTHENTICATION_SASL_CONTINUE = 11;

    private enum State {
        FIRST,
        TOKEN,
        /** The client was told where to get a token and has to say that it heard. */
        DISCOVERY,
        HANDED_OVER
    }

    /** How this listener greets. */
    record Terms(Optional<ServerTls> tls, boolean oauthBearer, String discoveryUrl, String scope) {}

    /** Where a start-up ends. All are called on the channel's event loop. */
    interface Outcome {
        /** A client has presented its token, which now belongs to the callee. */
        void token(ChannelHandlerContext context, Startup startup, Secret token);

        /** {@code then} runs when it is carried out; on any thread. */
        void cancel(Cancel request, Runnable then);

        /** The client did something for which its connection ends; what it is told comes back. */
        ErrorFields refused(ChannelHandlerContext context, @Nullable Startup startup, String reason, String message);
    }

    private final Terms terms;
    private final Outcome outcome;
    private State state = State.FIRST;
    private boolean encrypted;
    private boolean askedForTls;
    private boolean askedForGss;
    private boolean direct;
    private @Nullable Startup startup;

    StartupHandler(Terms terms, Outcome outcome) {
        this.terms = terms;
        this.outcome = outcome;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        try {
            switch (state) {
                case FIRST -> first(context, in);
                case TOKEN -> token(context, in);
                case DISCOVERY -> discovery(context, in);
                case HANDED_OVER -> boundWhatWaits(context, in);
            }
        } catch (ProtocolViolation e) {
            end(context, "protocol-violation", e.text());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            SslHandler tls = context.pipeline().get(SslHandler.class);
            if (handshake.isSuccess() && direct && !ALPN.equals(tls.applicationProtocol())) {
                // Without it the bytes could be meant for another protocol (ALPACA); the server asks for it too.
                context.close();
                return;
            }
        }
        super.userEventTriggered(context, event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A failed handshake or a reset: there is nobody to tell.
        if (!(cause instanceof DecoderException || cause instanceof IOException)) {
            outcome.refused(context, startup, "failure", cause.getClass().getName());
        }
        context.close();
    }

    private void first(ChannelHandlerContext context, ByteBuf in) {
        if (!encrypted && !askedForTls && terms.tls().isPresent() && in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
            direct = true;
            startTls(context, in);
            return;
        }
        int length = StartupPacket.length(in);
        if (length == 0 || in.readableBytes() < length) {
            return;
        }
        StartupPacket packet = StartupPacket.read(in.readSlice(length));
        switch (packet) {
            case TlsRequest request -> tlsRequest(context, in);
            case GssRequest request -> gssRequest(context, in);
            case Cancel cancel -> {
                state = State.HANDED_OVER;
                // As a server does, it closes when it is done: who waits for that can send the next command safely.
                outcome.cancel(cancel, context::close);
            }
            case Startup begins -> startup(context, begins);
        }
    }

    private void tlsRequest(ChannelHandlerContext context, ByteBuf in) {
        if (encrypted || askedForTls) {
            throw new ProtocolViolation("SSLRequest: sent twice");
        }
        refuseMoreBytes(in, "SSLRequest");
        askedForTls = true;
        if (terms.tls().isEmpty()) {
            say(context, out -> out.int8('N'));
            return;
        }
        say(context, out -> out.int8('S'));
        startTls(context, in);
    }

    private void gssRequest(ChannelHandlerContext context, ByteBuf in) {
        if (encrypted || askedForGss) {
            throw new ProtocolViolation("GSSENCRequest: not expected here");
        }
        refuseMoreBytes(in, "GSSENCRequest");
        askedForGss = true;
        say(context, out -> out.int8('N'));
    }

    /** Puts TLS in front of this handler, and gives it what was read of the handshake already. */
    private void startTls(ChannelHandlerContext context, ByteBuf in) {
        encrypted = true;
        ByteBuf handshake = in.readBytes(in.readableBytes());
        SslHandler tls = terms.tls().orElseThrow().newHandler(context.alloc());
        context.pipeline().addBefore(context.name(), "tls", tls);
        if (!handshake.isReadable()) {
            handshake.release();
            return;
        }
        ChannelHandlerContext ofTls = context.pipeline().context(tls);
        try {
            tls.channelRead(ofTls, handshake);
            tls.channelReadComplete(ofTls);
        } catch (Exception e) {
            context.close();
        }
    }

    private void startup(ChannelHandlerContext context, Startup begins) {
        startup = begins;
        if (terms.tls().isPresent() && !encrypted) {
            end(context, "tls-required", "sallyport: this listener takes connections over TLS only");
            return;
        }
        List<String> extensions = StartupParameters.extensions(begins.parameters());
        int minor = ProtocolVersion.minor(begins.version());
        say(context, out -> {
            if (minor > 2 || minor == 1 || !extensions.isEmpty()) {
                out.begin(Tag.NEGOTIATE_PROTOCOL_VERSION)
                        .int32(minor >= 2 ? ProtocolVersion.V3_2 : ProtocolVersion.V3_0)
                        .int32(extensions.size());
                extensions.forEach(out::text);
                out.end();
            }
            askForToken(out);
        });
        state = State.TOKEN;
    }

    private void askForToken(MessageWriter out) {
        out.begin(Tag.AUTHENTICATION);
        if (terms.oauthBearer()) {
            out.int32(AUTHENTICATION_SASL).text(OAuthBearer.MECHANISM).int8(0);
        } else {
            out.int32(AUTHENTICATION_CLEARTEXT);
        }
        out.end();
    }

    private void token(ChannelHandlerContext context, ByteBuf in) {
        int size = passwordMessage(in);
        if (size == 0) {
            return;
        }
        ByteBuf frame = in.readSlice(size);
        byte[] body = new byte[size - Frames.HEADER_BYTES];
        frame.getBytes(frame.readerIndex() + Frames.HEADER_BYTES, body);
        try {
            Optional<Secret> token = terms.oauthBearer() ? saslToken(body) : Optional.of(password(body));
            if (token.isPresent()) {
                state = State.HANDED_OVER;
                outcome.token(context, startup(), token.get());
            } else {
                tellWhereToGetOne(context);
            }
        } finally {
            Arrays.fill(body, (byte) 0);
            frame.setZero(frame.readerIndex(), size);
        }
    }

    private static int passwordMessage(ByteBuf in) {
        int size = Frames.size(in, in.readerIndex(), MAX_TOKEN_MESSAGE_BYTES);
        if (size == 0 || in.readableBytes() < size) {
            return 0;
        }
        if (in.getByte(in.readerIndex()) != Tag.PASSWORD) {
            throw new ProtocolViolation("message: expected the token");
        }
        return size;
    }

    private static Secret password(byte[] body) {
        if (body.length == 0 || body[body.length - 1] != 0) {
            throw new ProtocolViolation("PasswordMessage: a text without its end");
        }
        byte[] token = Arrays.copyOf(body, body.length - 1);
        Secret secret = Secret.ofUtf8(token);
        Arrays.fill(token, (byte) 0);
        return secret;
    }

    private static Optional<Secret> saslToken(byte[] body) {
        ByteBuf buffer = Unpooled.wrappedBuffer(body);
        MessageReader reader = new MessageReader(buffer);
        if (!reader.text().equals(OAuthBearer.MECHANISM)) {
            throw new ProtocolViolation("SASLInitialResponse: the mechanism is not " + OAuthBearer.MECHANISM);
        }
        int length = reader.int32();
        byte[] message = reader.bytes(length);
        reader.end();
        try {
            return OAuthBearer.token(message);
        } finally {
            Arrays.fill(message, (byte) 0);
        }
    }

    private void tellWhereToGetOne(ChannelHandlerContext context) {
        state = State.DISCOVERY;
        byte[] document =
                OAuthBearer.failure(terms.discoveryUrl(), terms.scope()).getBytes(StandardCharsets.UTF_8);
        say(
                context,
                out -> out.begin(Tag.AUTHENTICATION)
                        .int32(AUTHENTICATION_SASL_CONTINUE)
                        .bytes(document)
                        .end());
    }

    private void discovery(ChannelHandlerContext context, ByteBuf in) {
        int size = passwordMessage(in);
        if (size != 0) {
            in.skipBytes(size);
            end(context, "token-missing", "sallyport: a bearer token is required");
        }
    }

    private Startup startup() {
        if (startup == null) {
            throw new IllegalStateException("a token before the start-up message");
        }
        return startup;
    }

    private static void refuseMoreBytes(ByteBuf in, String request) {
        if (in.isReadable()) {
            throw new ProtocolViolation(request + ": bytes behind it in the same packet");
        }
    }

    /** What a client sends before it was let in stays here until this handler is taken out, and is then the session's. */
    private static void boundWhatWaits(ChannelHandlerContext context, ByteBuf in) {
        if (in.readableBytes() > MAX_WAITING_BYTES) {
            context.close();
        }
    }

    private void end(ChannelHandlerContext context, String reason, String message) {
        state = State.HANDED_OVER;
        ErrorFields error = outcome.refused(context, startup, reason, message);
        ByteBuf out = context.alloc().buffer();
        new MessageWriter(out).error(error);
        context.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    private static void say(ChannelHandlerContext context, Consumer<MessageWriter> messages) {
        ByteBuf out = context.alloc().buffer();
        messages.accept(new MessageWriter(out));
        context.writeAndFlush(out);
    }
}
