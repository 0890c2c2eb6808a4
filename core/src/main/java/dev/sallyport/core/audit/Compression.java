package dev.sallyport.core.audit;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * zstd (RFC 8878) for what is long enough to gain by it, with a dictionary of what events are commonly made of: most
 * records are so short that there is little in them to refer back to. The frame is without its magic number, which all
 * have in common.
 */
final class Compression {
    /** Below this, the frame costs what is gained. */
    private static final int LEAST_BYTES = 64;

    /** The quickest: the log must not cost more time than the command. */
    private static final int LEVEL = 1;

    private static final byte[] MAGIC = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final byte[] DICTIONARY = dictionary();
    private static final ZstdDictCompress COMPRESSING = new ZstdDictCompress(DICTIONARY, LEVEL);
    private static final ZstdDictDecompress DECOMPRESSING = new ZstdDictDecompress(DICTIONARY);

    /** To make one for each record would take longer than to compress it. */
    private static final BlockingQueue<ZstdCompressCtx> IDLE =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

    private Compression() {}

    /** Empty where it would not get shorter. */
    static Optional<byte[]> compress(byte[] plain, int length) {
        if (length < LEAST_BYTES) {
            return Optional.empty();
        }
        byte[] out = new byte[(int) Zstd.compressBound(length)];
        int count = compress(plain, length, out) - MAGIC.length;
        return count < length
                ? Optional.of(Arrays.copyOfRange(out, MAGIC.length, MAGIC.length + count))
                : Optional.empty();
    }

    private static int compress(byte[] plain, int length, byte[] out) {
        ZstdCompressCtx idle = IDLE.poll();
        ZstdCompressCtx context = idle == null ? context() : idle;
        boolean kept = false;
        try {
            int count = context.compressByteArray(out, 0, out.length, plain, 0, length);
            kept = IDLE.offer(context);
            return count;
        } finally {
            if (!kept) {
                context.close();
            }
        }
    }

    private static ZstdCompressCtx context() {
        return new ZstdCompressCtx().setContentSize(true).setDictID(false).loadDict(COMPRESSING);
    }

    /** @throws IllegalArgumentException where it is no such frame, or larger than any event */
    static byte[] decompress(byte[] compressed) {
        byte[] frame = Arrays.copyOf(MAGIC, MAGIC.length + compressed.length);
        System.arraycopy(compressed, 0, frame, MAGIC.length, compressed.length);
        long size = Zstd.getFrameContentSize(frame, 0, frame.length);
        if (size < 1 || size > CborWriter.MAX_BYTES) {
            throw new IllegalArgumentException("compressed record: " + size + " bytes are out of bounds");
        }
        try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
            context.loadDict(DECOMPRESSING);
            byte[] plain = new byte[(int) size];
            if (context.decompressByteArray(plain, 0, plain.length, frame, 0, frame.length) == size) {
                return plain;
            }
        } catch (ZstdException damaged) {
            throw new IllegalArgumentException("compressed record: is damaged", damaged);
        }
        throw new IllegalArgumentException("compressed record: is damaged");
    }

    private static byte[] dictionary() {
        try (InputStream in = Compression.class.getResourceAsStream("events.zstd-dictionary")) {
            if (in == null) {
                throw new IllegalStateException("the dictionary for records is missing from the program");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
