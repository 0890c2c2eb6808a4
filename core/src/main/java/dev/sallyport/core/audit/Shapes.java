package dev.sallyport.core.audit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which fields of events came before in a session, within bounds: what comes too seldom or is too large is forgotten. */
final class Shapes {
    private static final int MAX_BYTES = 256 << 10;
    private static final int MAX_SEEN = 512;

    private final Map<Bytes, Kept> kept = new HashMap<>();
    private final Map<Long, Boolean> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MAX_SEEN;
        }
    };
    private int keptBytes;

    @SuppressWarnings("ArrayRecordComponent") // compared by their content
    private record Bytes(byte[] content) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes(byte[] bytes) && Arrays.equals(content, bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(content);
        }
    }

    /**
     * A shape that was written.
     *
     * @param ordinal its record's
     * @param hash see {@link SealedRecord#hash}
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
    record Kept(long ordinal, byte[] hash) {}

    Optional<Kept> find(byte[] shape) {
        return Optional.ofNullable(kept.get(new Bytes(shape)));
    }

    /** Whether it came before; from then on it is known to have come. */
    boolean isWorthKeeping(byte[] shape) {
        // Who is taken for another by this hash is kept a time early, which does no harm.
        return shape.length <= MAX_BYTES && seen.put(hash(shape), true) != null;
    }

    private static long hash(byte[] shape) {
        long hash = shape.length;
        for (byte b : shape) {
            hash = hash * 0x9E3779B97F4A7C15L + b;
        }
        return hash;
    }

    void keep(byte[] shape, Kept as) {
        if (keptBytes + shape.length > MAX_BYTES) {
            kept.clear();
            keptBytes = 0;
        }
        kept.put(new Bytes(shape), as);
        keptBytes += shape.length;
    }

    void clear() {
        kept.clear();
        seen.clear();
        keptBytes = 0;
    }
}
