package dev.sallyport.protocols.postgres.wire;

/** The peer broke the protocol. The message is safe to show to it: it holds lengths and tags, never content. */
public sealed class ProtocolViolation extends RuntimeException permits ProtocolViolation.NotUtf8 {
    private final String text;

    public ProtocolViolation(String message) {
        super(message);
        this.text = message;
    }

    /** The peer may not send a message of this type now. */
    public static ProtocolViolation unexpected(byte tag) {
        return new ProtocolViolation("message: the type '" + (char) (tag & 0xff) + "' is not expected here");
    }

    /** A text that is not UTF-8: the message as a whole may be in order, so that it is a server's choice to go on. */
    @SuppressWarnings("serial")
    static final class NotUtf8 extends ProtocolViolation {
        NotUtf8() {
            super("message: a text that is not UTF-8");
        }
    }

    /** What is wrong, safe to show. */
    public String text() {
        return text;
    }
}
