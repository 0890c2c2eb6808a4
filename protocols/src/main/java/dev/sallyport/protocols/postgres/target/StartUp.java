package dev.sallyport.protocols.postgres.target;

import dev.sallyport.core.target.Target;
import dev.sallyport.protocols.postgres.wire.ErrorFields;
import dev.sallyport.protocols.postgres.wire.MessageReader;
import dev.sallyport.protocols.postgres.wire.MessageWriter;
import dev.sallyport.protocols.postgres.wire.ProtocolVersion;
import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import dev.sallyport.protocols.postgres.wire.Tag;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From the StartupMessage to the first ReadyForQuery, as a state machine without a channel: PostgreSQL documentation,
 * section 54.2.1 "Start-up".
 *
 * <pre>
 * StartupMessage ─► authenticating ──AuthenticationOk─► settling ──ReadyForQuery─► ready
 *                     │ NegotiateProtocolVersion          │ ParameterStatus, BackendKeyData
 *                     │ Authentication…                   │ NoticeResponse
 *                     └─────────── ErrorResponse ─────────┴─► failed
 * </pre>
 *
 * A target may send only so much before it is ready: an endless stream of parameters ends in {@link ProtocolViolation}.
 */
final class StartUp {
    static final int MAX_MESSAGE_BYTES = 64 << 10;
    static final int MAX_MESSAGES = 256;

    private final int askedVersion;
    private final Authentication authentication;
    private final Map<String, String> parameters = new HashMap<>();
    private int version;
    private int messages;
    private @Nullable CancelKey cancelKey;

    StartUp(int askedVersion, Authentication authentication) {
        this.askedVersion = askedVersion;
        this.version = askedVersion;
        this.authentication = authentication;
    }

    /** What follows from a message. */
    sealed interface Step {
        /** Nothing but the next message. */
        record Next() implements Step {}

        /** {@link Authentication} has to say what to answer, which takes a while. */
        @SuppressWarnings("ArrayRecordComponent") // Passed on once, never compared.
        record Authenticate(byte[] request) implements Step {}

        /** The target waits for a command. */
        record Ready(Welcome welcome) implements Step {}
    }

    private static final Step NEXT = new Step.Next();

    /** Writes the StartupMessage. */
    void greet(ByteBuf out, Target target, Map<String, String> startupParameters) {
        MessageWriter message = new MessageWriter(out).beginUntagged().int32(askedVersion);
        message.text("user").text(target.credential().username());
        message.text("database").text(target.database());
        startupParameters.forEach((name, value) -> message.text(name).text(value));
        message.int8(0).end();
    }

    /** How many messages the target has sent. */
    int messages() {
        return messages;
    }

    /** Takes one message; {@code body} stays the caller's. */
    Step receive(byte tag, ByteBuf body) throws TargetException {
        if (++messages > MAX_MESSAGES) {
            throw new ProtocolViolation("start-up: more than " + MAX_MESSAGES + " messages");
        }
        MessageReader reader = new MessageReader(body);
        return switch (tag) {
            case Tag.ERROR_RESPONSE -> throw refused(reader.errorFields());
            case Tag.NOTICE_RESPONSE -> NEXT;
            default -> authentication.finished() ? settle(tag, reader) : authenticate(tag, reader);
        };
    }

    private Step authenticate(byte tag, MessageReader body) {
        return switch (tag) {
            case Tag.AUTHENTICATION -> new Step.Authenticate(body.bytes(body.remaining()));
            case Tag.NEGOTIATE_PROTOCOL_VERSION -> negotiate(body);
            default -> throw unexpected(tag);
        };
    }

    private Step settle(byte tag, MessageReader body) {
        return switch (tag) {
            case Tag.PARAMETER_STATUS -> {
                parameters.put(body.text(), body.text());
                body.end();
                yield NEXT;
            }
            case Tag.BACKEND_KEY_DATA -> keep(body);
            case Tag.READY_FOR_QUERY -> {
                byte status = body.int8();
                body.end();
                yield new Step.Ready(new Welcome(version, parameters, Optional.ofNullable(cancelKey), status));
            }
            default -> throw unexpected(tag);
        };
    }

    private Step negotiate(MessageReader body) {
        int offered = body.int32();
        int unknownOptions = body.int32();
        if (ProtocolVersion.major(offered) != ProtocolVersion.major(askedVersion) || offered >= version) {
            throw new ProtocolViolation("start-up: negotiated version " + ProtocolVersion.major(offered) + "."
                    + ProtocolVersion.minor(offered) + " (expected: 3.x below what was asked for)");
        }
        if (unknownOptions != 0) {
            throw new ProtocolViolation("start-up: the target does not know " + unknownOptions
                    + " protocol options (expected: 0, since none was sent)");
        }
        body.end();
        version = offered;
        return NEXT;
    }

    private Step keep(MessageReader body) {
        int processId = body.int32();
        int length = body.remaining();
        int most = version >= ProtocolVersion.V3_2 ? CancelKey.MAX_BYTES : CancelKey.MIN_BYTES;
        if (length < CancelKey.MIN_BYTES || length > most) {
            throw new ProtocolViolation("start-up: a cancel key of " + length + " bytes (expected: "
                    + CancelKey.MIN_BYTES + " to " + most + ")");
        }
        cancelKey = new CancelKey(processId, body.bytes(length));
        return NEXT;
    }

    /** Class 28 is "Invalid Authorization Specification". */
    private static TargetException refused(ErrorFields error) {
        String sqlState = error.get(ErrorFields.SQLSTATE);
        String detail = Failures.shown("SQLSTATE " + sqlState + ": " + error.get(ErrorFields.MESSAGE));
        return new TargetException(
                sqlState.startsWith("28")
                        ? new TargetFailure.AuthenticationFailed(detail)
                        : new TargetFailure.Refused(sqlState, detail));
    }

    private static ProtocolViolation unexpected(byte tag) {
        return new ProtocolViolation("start-up: a message with the tag " + (tag & 0xff) + " out of its turn");
    }
}
