package dev.sallyport.protocols.postgres.wire;

import io.netty.buffer.ByteBuf;

/** Finds the bounds of messages in a stream without touching their bodies. */
public final class Frames {
    /** The tag and the length that counts itself. */
    public static final int HEADER_BYTES = 5;

    private Frames() {}

    /**
     * How many bytes the message at {@code index} takes, its tag included.
     *
     * @return the size, or 0 where not even the header is there yet
     * @throws ProtocolViolation when the length is below 4 or above {@code maxBytes}; nothing was allocated for it
     */
    public static int size(ByteBuf in, int index, int maxBytes) {
        if (in.writerIndex() - index < HEADER_BYTES) {
            return 0;
        }
        int length = in.getInt(index + 1);
        if (length < 4) {
            throw new ProtocolViolation("message: a length of " + length + " (expected: at least 4)");
        }
        if (length > maxBytes - 1) {
            throw new ProtocolViolation("message: a length of " + length + " (expected: at most " + (maxBytes - 1)
                    + ", the configured maximum)");
        }
        return length + 1;
    }
}
