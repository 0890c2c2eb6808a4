package dev.sallyport.core.audit;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;
import java.util.Optional;

/** zstd (RFC 8878) for what is long enough to gain by it. */
final class Compression {
    /** Below this, frame and header cost what is gained. */
    private static final int LEAST_BYTES = 160;

    /** The quickest: the log must not cost more time than the command. */
    private static final int LEVEL = 1;

    private Compression() {}

    /** Empty where it would not get shorter. */
    static Optional<byte[]> compress(byte[] plain, int length) {
        if (length < LEAST_BYTES) {
            return Optional.empty();
        }
        byte[] out = new byte[(int) Zstd.compressBound(length)];
        long count = Zstd.compressByteArray(out, 0, out.length, plain, 0, length, LEVEL);
        if (Zstd.isError(count) || count >= length) {
            return Optional.empty();
        }
        return Optional.of(Arrays.copyOf(out, (int) count));
    }

    /** @throws IllegalArgumentException where it is no such frame, or larger than any event */
    static byte[] decompress(byte[] compressed) {
        long size = Zstd.getFrameContentSize(compressed, 0, compressed.length);
        if (size < 1 || size > CborWriter.MAX_BYTES) {
            throw new IllegalArgumentException("compressed record: " + size + " bytes are out of bounds");
        }
        byte[] plain = new byte[(int) size];
        long count = Zstd.decompressByteArray(plain, 0, plain.length, compressed, 0, compressed.length);
        if (Zstd.isError(count) || count != size) {
            throw new IllegalArgumentException("compressed record: is damaged");
        }
        return plain;
    }
}
