package dev.sallyport.protocols.postgres.wire;

/** The peer broke the protocol. The message is safe to show to it: it holds lengths and tags, never content. */
public final class ProtocolViolation extends RuntimeException {
    private final String text;

    public ProtocolViolation(String message) {
        super(message);
        this.text = message;
    }

    /** The peer may not send a message of this type now. */
    public static ProtocolViolation unexpected(byte tag) {
        return new ProtocolViolation("message: the type '" + (char) (tag & 0xff) + "' is not expected here");
    }

    /** What is wrong, safe to show. */
    public String text() {
        return text;
    }
}
