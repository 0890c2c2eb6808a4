package dev.sallyport.core.audit.proof;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What opens one sealed record, and no other. None of it is proved by the tree: the record commits to all of it, so with
 * anything else it does not open.
 *
 * @param key the record's own
 * @param session the id of the session that it is of; empty where it is of none
 * @param shape what it refers to for a part of its content, where it does
 */
@SuppressWarnings("ArrayRecordComponent") // written and read; compared by nobody
public record Opening(byte[] key, String session, Optional<Shape> shape) {
    private static final int KEY_BYTES = 32;
    /** How many parts the extra data of a proof has: the record, then a key and an id, then the same of a shape. */
    private static final Set<Integer> COUNTS = Set.of(1, 3, 5);

    /**
     * A record that holds a part of an event.
     *
     * @param record the record as it is stored, but without its checksum, which says no more than where it stood
     * @param key its own
     */
    @SuppressWarnings("ArrayRecordComponent") // written and read; compared by nobody
    public record Shape(byte[] record, byte[] key) {
        public Shape {
            requireKey(key);
        }
    }

    public Opening {
        requireKey(key);
    }

    private static void requireKey(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "proof: a key of " + key.length + " bytes (expected: " + KEY_BYTES + ")");
        }
    }

    /** The extra data of a proof: parts of one byte, their number from 1, four bytes of length, and so many of content. */
    static byte[] extra(byte[] record, Optional<Opening> opening) {
        List<byte[]> parts = new ArrayList<>(List.of(record));
        opening.ifPresent(with -> {
            parts.add(with.key);
            parts.add(with.session.getBytes(StandardCharsets.UTF_8));
            with.shape.ifPresent(other -> parts.addAll(List.of(other.record(), other.key())));
        });
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < parts.size(); i++) {
            out.write(i + 1);
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(parts.get(i).length)
                    .array());
            out.writeBytes(parts.get(i));
        }
        return out.toByteArray();
    }

    /** @throws IllegalArgumentException where the parts are others, or in another order, than {@link #extra} has them */
    static List<byte[]> parts(byte[] extra) {
        List<byte[]> parts = new ArrayList<>();
        for (ByteBuffer in = ByteBuffer.wrap(extra); in.hasRemaining(); ) {
            int left = in.remaining() - 1 - Integer.BYTES;
            int number = in.get();
            int length = left < 0 ? -1 : in.getInt();
            if (length < 0 || length > left) {
                throw new IllegalArgumentException("proof: extra is cut short");
            }
            if (number != parts.size() + 1) {
                throw new IllegalArgumentException(
                        "proof: extra has part " + number + " in place of " + (parts.size() + 1));
            }
            byte[] content = new byte[length];
            in.get(content);
            parts.add(content);
        }
        if (!COUNTS.contains(parts.size())) {
            throw new IllegalArgumentException("proof: extra has " + parts.size() + " parts (expected: 1, 3 or 5)");
        }
        return parts;
    }

    /** Empty where there is nothing but the record. */
    static Optional<Opening> of(List<byte[]> parts) {
        if (parts.size() == 1) {
            return Optional.empty();
        }
        Optional<Shape> shape =
                parts.size() == 3 ? Optional.empty() : Optional.of(new Shape(parts.get(3), parts.get(4)));
        return Optional.of(new Opening(parts.get(1), new String(parts.get(2), StandardCharsets.UTF_8), shape));
    }
}
