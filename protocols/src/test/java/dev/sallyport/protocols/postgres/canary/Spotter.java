package dev.sallyport.protocols.postgres.canary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds values in bytes, whole or a stretch of eight bytes or more, without regard to the case of ASCII letters. Every
 * stretch of a value's is kept by its first eight bytes, so one pass over the bytes finds them all.
 */
public final class Spotter {
    static final int WINDOW = 8;
    private static final int FILTER_BITS = 22;

    private final BitSet filter = new BitSet(1 << FILTER_BITS);
    private final Map<Long, List<byte[]>> stretches = new HashMap<>();

    /** Has every stretch of this length found. */
    void know(byte[] value, int length) {
        byte[] folded = folded(value);
        for (int from = 0; from + length <= folded.length; from++) {
            long key = 0;
            for (int i = 0; i < WINDOW; i++) {
                key = (key << 8) | (folded[from + i] & 0xff);
            }
            filter.set(slot(key));
            stretches
                    .computeIfAbsent(key, _ -> new ArrayList<>(1))
                    .add(Arrays.copyOfRange(folded, from, from + length));
        }
    }

    /** What stands around the first stretch that is found. */
    public Optional<String> find(byte[] bytes) {
        long key = 0;
        for (int i = 0; i < bytes.length; i++) {
            key = (key << 8) | fold(bytes[i]);
            if (i >= WINDOW - 1 && filter.get(slot(key)) && holds(bytes, i - WINDOW + 1, key)) {
                return Optional.of(around(bytes, i - WINDOW + 1));
            }
        }
        return Optional.empty();
    }

    private boolean holds(byte[] bytes, int from, long key) {
        for (byte[] stretch : stretches.getOrDefault(key, List.of())) {
            boolean same = from + stretch.length <= bytes.length;
            for (int i = WINDOW; same && i < stretch.length; i++) {
                same = fold(bytes[from + i]) == (stretch[i] & 0xff);
            }
            if (same) {
                return true;
            }
        }
        return false;
    }

    private static String around(byte[] bytes, int at) {
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, at - 40); i < Math.min(bytes.length, at + 60); i++) {
            text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
        }
        return text.toString();
    }

    private static int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - FILTER_BITS));
    }

    private static int fold(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : (b & 0xff);
    }

    private static byte[] folded(byte[] value) {
        byte[] folded = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            folded[i] = (byte) fold(value[i]);
        }
        return folded;
    }
}
