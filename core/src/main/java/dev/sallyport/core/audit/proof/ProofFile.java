package dev.sallyport.core.audit.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All that shows one record to have been in the log, as text (<a href="https://c2sp.org/tlog-proof">C2SP tlog-proof</a>):
 * its place, the hashes beside its way to the root, and a signed checkpoint. The format's extra data, which nobody has to
 * trust since the proof is of their hash, are the record itself and, where it is to be disclosed, what opens it.
 *
 * @param record the record as it is stored
 * @param opening opens this record and no other; absent where its content is not disclosed
 * @param index the record's place
 * @param hashes of the inclusion proof
 * @param checkpoint the signed note
 */
@SuppressWarnings("ArrayRecordComponent") // written and read; compared by nobody
public record ProofFile(byte[] record, Optional<Opening> opening, long index, List<byte[]> hashes, byte[] checkpoint) {
    private static final String HEAD = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,18})");
    private static final int MAX_BYTES = 32 << 20;

    public ProofFile {
        if (record.length == 0 || index < 0) {
            throw new IllegalArgumentException("proof: of record " + index + " with " + record.length + " bytes");
        }
        hashes = Hashes.copy(hashes);
    }

    /** The same, with the record's content disclosed. */
    public ProofFile disclosing(Opening with) {
        return new ProofFile(record, Optional.of(with), index, hashes, checkpoint);
    }

    /** How many bytes a file has at most that may be one. */
    public static int maxBytes() {
        return MAX_BYTES;
    }

    /**
     * The checkpoint that vouches for the record, if all of it is right.
     *
     * @throws IllegalArgumentException where the checkpoint is not signed by one of these keys, or the proof does not lead
     *     from the record to it
     */
    public SignedCheckpoint check(VerifierKeys keys) {
        SignedCheckpoint signed = keys.open(checkpoint);
        Checkpoint tree = signed.checkpoint();
        InclusionProof proof = new InclusionProof(index, tree.size(), hashes);
        if (!proof.leads(MerkleTree.leafHash(record), tree.root())) {
            throw new IllegalArgumentException(
                    "the proof does not lead from record " + index + " to the root of the " + tree);
        }
        return signed;
    }

    public String text() {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        text.append(EXTRA)
                .append(Base64Text.encode(Opening.extra(record, opening)))
                .append('\n');
        text.append("index ").append(index).append('\n');
        hashes.forEach(hash -> text.append(Base64Text.encode(hash)).append('\n'));
        return text.append('\n')
                .append(new String(checkpoint, StandardCharsets.UTF_8))
                .toString();
    }

    /** @throws IllegalArgumentException where it is no such file, or cut short */
    public static ProofFile parse(byte[] file) {
        String text = new String(file, StandardCharsets.UTF_8);
        int split = text.indexOf("\n\n");
        if (!text.startsWith(HEAD + "\n") || split < 0) {
            throw new IllegalArgumentException("proof: is no " + HEAD + ", or cut short");
        }
        List<String> lines = text.substring(0, split).lines().toList();
        Matcher index = INDEX.matcher(lines.size() < 3 ? "" : lines.get(2));
        if (!index.matches() || !lines.get(1).startsWith(EXTRA)) {
            throw new IllegalArgumentException("proof: has no record or no index in it");
        }
        List<byte[]> hashes = new ArrayList<>();
        lines.stream().skip(3).forEach(line -> hashes.add(Base64Text.decode(line, "proof: a hash")));
        List<byte[]> parts = Opening.parts(Base64Text.decode(lines.get(1).substring(EXTRA.length()), "proof: extra"));
        try {
            return new ProofFile(
                    parts.getFirst(),
                    Opening.of(parts),
                    Long.parseLong(index.group(1)),
                    hashes,
                    text.substring(split + 2).getBytes(StandardCharsets.UTF_8));
        } catch (NumberFormatException tooLarge) {
            throw new IllegalArgumentException("proof: its index is out of bounds", tooLarge);
        }
    }
}
