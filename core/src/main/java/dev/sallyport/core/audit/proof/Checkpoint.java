package dev.sallyport.core.audit.proof;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * What the log was at one time: so many records, with that Merkle root, all of them synced. It is written as the note
 * of a C2SP tlog-checkpoint (origin, size, root in base64, one extension line with the time). Lines after an empty one
 * are signatures; there are none yet.
 *
 * @param log the log's id, in hex
 * @param size the number of records
 * @param root the root over them
 * @param at when it was made
 */
@SuppressWarnings("ArrayRecordComponent") // equals is not asked for; the verifier compares roots itself
public record Checkpoint(String log, long size, byte[] root, Instant at) {
    private static final String ORIGIN = "sallyport/audit/";
    private static final String TIME = "time ";

    public Checkpoint {
        if (size < 0 || root.length != MerkleTree.HASH_BYTES) {
            throw new IllegalArgumentException("checkpoint of " + size + " records with a root of " + root.length
                    + " bytes (expected: " + MerkleTree.HASH_BYTES + ")");
        }
        root = root.clone();
    }

    @Override
    public byte[] root() {
        return root.clone();
    }

    public String rootHex() {
        return HexFormat.of().formatHex(root);
    }

    /** The note's text. */
    public String note() {
        return ORIGIN + log + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n" + TIME + at + "\n";
    }

    /** @throws IllegalArgumentException where it is no such note */
    public static Checkpoint parse(byte[] note) {
        String text = new String(note, StandardCharsets.UTF_8);
        List<String> lines = text.lines().takeWhile(line -> !line.isEmpty()).toList();
        if (lines.size() != 4
                || !lines.get(0).startsWith(ORIGIN)
                || !lines.get(3).startsWith(TIME)) {
            throw new IllegalArgumentException("checkpoint is not a note of this format");
        }
        try {
            return new Checkpoint(
                    lines.get(0).substring(ORIGIN.length()),
                    Long.parseLong(lines.get(1)),
                    Base64.getDecoder().decode(lines.get(2)),
                    Instant.parse(lines.get(3).substring(TIME.length())));
        } catch (DateTimeException notATime) {
            throw new IllegalArgumentException("checkpoint has no time: " + notATime.getMessage(), notATime);
        }
    }
}
