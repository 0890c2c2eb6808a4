package dev.sallyport.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * How a decoder that hands out slices keeps the rest that is no whole message yet.
 *
 * <p>Netty's decoder throws read bytes away when a read completes, but only from a buffer that nobody else holds. Slices
 * that are written then and flushed a moment later hold it every time, and are gone every time when the next read
 * appends: the buffer would grow by all that ever came, as long as each read ends inside a message.
 */
public final class Cumulation {
    private Cumulation() {}

    /** To be given to {@link ByteToMessageDecoder#setCumulator}: keeps no more than one message and one read. */
    public static ByteBuf bounded(ByteBufAllocator allocator, ByteBuf kept, ByteBuf read) {
        if (kept.refCnt() == 1) {
            kept.discardSomeReadBytes();
        }
        return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(allocator, kept, read);
    }
}
