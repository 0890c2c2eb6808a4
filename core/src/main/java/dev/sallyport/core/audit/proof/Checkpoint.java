package dev.sallyport.core.audit.proof;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the log was at one time: so many records, with that Merkle root, all of them synced. Its text is that of a
 * <a href="https://c2sp.org/tlog-checkpoint">C2SP tlog-checkpoint</a>: origin, size, root in base64, and one extension
 * line with the time. Signed, it is a {@link SignedCheckpoint}.
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
    private static final Pattern LOG = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,18}");

    public Checkpoint {
        if (!LOG.matcher(log).matches()) {
            throw new IllegalArgumentException("checkpoint: of log '" + log + "' (expected: 32 hex digits)");
        }
        if (size < 0 || root.length != MerkleTree.HASH_BYTES) {
            throw new IllegalArgumentException("checkpoint: of " + size + " records with a root of " + root.length
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

    /** What is signed. */
    String text() {
        return ORIGIN + log + "\n" + size + "\n" + Base64Text.encode(root) + "\n" + TIME + at + "\n";
    }

    /**
     * The checkpoint that a note or its text is of; signatures behind an empty line are not looked at.
     *
     * @throws IllegalArgumentException where it is no such note
     */
    public static Checkpoint parse(byte[] note) {
        String text = new String(note, StandardCharsets.UTF_8);
        List<String> lines = text.lines().takeWhile(line -> !line.isEmpty()).toList();
        if (lines.size() != 4
                || !lines.get(0).startsWith(ORIGIN)
                || !SIZE.matcher(lines.get(1)).matches()
                || !lines.get(3).startsWith(TIME)) {
            throw new IllegalArgumentException("checkpoint: is not one of this format");
        }
        try {
            Checkpoint read = new Checkpoint(
                    lines.get(0).substring(ORIGIN.length()),
                    Long.parseLong(lines.get(1)),
                    Base64Text.decode(lines.get(2), "checkpoint: its root"),
                    Instant.parse(lines.get(3).substring(TIME.length())));
            if (!text.startsWith(read.text())) {
                throw new IllegalArgumentException("checkpoint: is not written as this format has it");
            }
            return read;
        } catch (DateTimeException notATime) {
            throw new IllegalArgumentException("checkpoint: has no time", notATime);
        } catch (NumberFormatException tooLarge) {
            throw new IllegalArgumentException("checkpoint: its size is out of bounds", tooLarge);
        }
    }

    @Override
    public String toString() {
        return "checkpoint of " + size + " records of log " + log + " at " + at;
    }
}
