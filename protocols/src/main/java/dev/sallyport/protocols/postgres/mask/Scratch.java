package dev.sallyport.protocols.postgres.mask;

import io.netty.buffer.ByteBuf;

/** Gives a buffer's readable bytes as an array: its own where it has one, else a copy in working space used again. */
final class Scratch {
    /** Space for larger rows is given up again, so that one of them does not cost a session its size for good. */
    private static final int MOST_KEPT_BYTES = 64 * 1024;

    private byte[] space = new byte[0];
    private int offset;

    byte[] bytes(ByteBuf body) {
        if (body.hasArray()) {
            offset = body.arrayOffset() + body.readerIndex();
            return body.array();
        }
        int length = body.readableBytes();
        byte[] target = space;
        if (target.length < length) {
            target = new byte[length <= MOST_KEPT_BYTES ? Math.max(1024, Integer.highestOneBit(length) * 2) : length];
            space = target.length <= MOST_KEPT_BYTES * 2 ? target : space;
        }
        body.getBytes(body.readerIndex(), target, 0, length);
        offset = 0;
        return target;
    }

    /** Where the bytes that were given last begin in their array. */
    int offset() {
        return offset;
    }
}
