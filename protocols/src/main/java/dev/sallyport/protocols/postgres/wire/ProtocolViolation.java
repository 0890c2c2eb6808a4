package dev.sallyport.protocols.postgres.wire;

/** The peer broke the protocol. The message is safe to show to it: it holds lengths and tags, never content. */
public final class ProtocolViolation extends RuntimeException {
    public ProtocolViolation(String message) {
        super(message);
    }
}
