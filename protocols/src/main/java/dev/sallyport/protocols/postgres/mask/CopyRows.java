package dev.sallyport.protocols.postgres.mask;

import io.netty.buffer.ByteBuf;

/** The rows of a COPY stream in one format. Finding a row's end goes on where it stopped when more bytes have come. */
sealed interface CopyRows permits CopyTextRows, CopyCsvRows, CopyBinaryRows {
    /**
     * Looks for the end of the row that starts at {@code from}.
     *
     * @param to where the bytes that have come so far end
     * @return the byte behind the row, or 0 where it is not finished
     */
    int end(byte[] stream, int from, int to);

    /** Appends one whole row, masked. */
    void mask(byte[] stream, int from, int to, ByteBuf out);
}
