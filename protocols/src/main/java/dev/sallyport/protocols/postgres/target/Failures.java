package dev.sallyport.protocols.postgres.target;

import dev.sallyport.protocols.postgres.wire.ProtocolViolation;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** The one place that tells what a throwable on the way to a target means. */
final class Failures {
    private static final int MAX_DETAIL = 500;

    private Failures() {}

    static TargetFailure ofDialling(Throwable cause) {
        return switch (cause) {
            case UnknownHostException e -> new TargetFailure.Unreachable("unknown host: " + describe(e));
            case ConnectTimeoutException e -> new TargetFailure.Timeout(describe(e));
            default -> new TargetFailure.Unreachable(describe(cause));
        };
    }

    static TargetFailure ofTls(Throwable cause) {
        return switch (cause) {
            case TargetException e -> e.failure();
            default -> new TargetFailure.TlsFailed(describe(cause));
        };
    }

    static TargetFailure ofStartUp(Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        return switch (root) {
            case TargetException e -> e.failure();
            // In TLS 1.3 a target refuses our certificate only after the handshake.
            case SSLException e -> new TargetFailure.TlsFailed(describe(e));
            case IOException e -> new TargetFailure.Unreachable("connection lost: " + describe(e));
            case ProtocolViolation e -> new TargetFailure.ProtocolViolation(describe(e));
            default -> new TargetFailure.ProtocolViolation("unreadable: " + describe(root));
        };
    }

    /**
     * Whether a target may have refused the protocol's version rather than us: it hung up at once, or said
     * {@code protocol_violation} or {@code feature_not_supported} before anything else.
     */
    static boolean mayBeTheVersion(Throwable cause, int messages) {
        return messages == 0
                || (messages == 1
                        && cause instanceof TargetException e
                        && e.failure() instanceof TargetFailure.Refused refused
                        && (refused.sqlState().equals("08P01")
                                || refused.sqlState().equals("0A000")));
    }

    /** The causes' messages on one line: what is behind a failed handshake stands in the innermost. */
    private static String describe(Throwable cause) {
        StringBuilder text = new StringBuilder();
        for (Throwable each = cause; each != null && text.length() < MAX_DETAIL; each = each.getCause()) {
            String message = each.getMessage() == null ? each.getClass().getSimpleName() : each.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return shown(text.toString());
    }

    /** What a target said, short and on one line, so that it cannot forge others in the log. */
    static String shown(String said) {
        return said.substring(0, Math.min(said.length(), MAX_DETAIL))
                .replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", " ");
    }
}
