package dev.sallyport.core.audit.proof;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All that shows one record to have been in the log, as text (<a href="https://c2sp.org/tlog-proof">C2SP tlog-proof</a>):
 * its place, the hashes beside its way to the root, and a signed checkpoint. The format's extra data, which nobody has to
 * trust since the proof is of their hash, are the record itself and, where it is to be disclosed, the key that opens it.
 *
 * @param record the record as it is stored
 * @param recordKey opens this record and no other; absent where its content is not disclosed
 * @param shape of the record that this one refers to for a part of its content, where it is disclosed and does so
 * @param index the record's place
 * @param hashes of the inclusion proof
 * @param checkpoint the signed note
 */
@SuppressWarnings("ArrayRecordComponent") // written and read; compared by nobody
public record ProofFile(
        byte[] record,
        Optional<byte[]> recordKey,
        Optional<ProofFile> shape,
        long index,
        List<byte[]> hashes,
        byte[] checkpoint) {
    private static final String HEAD = "c2sp.org/tlog-proof@v1";
    private static final String EXTRA = "extra ";
    private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,18})");
    private static final byte RECORD = 1;
    private static final byte RECORD_KEY = 2;
    private static final byte SHAPE = 3;
    private static final int MAX_BYTES = 32 << 20;

    public ProofFile {
        if (record.length == 0 || index < 0) {
            throw new IllegalArgumentException("proof: of record " + index + " with " + record.length + " bytes");
        }
        hashes = Hashes.copy(hashes);
    }

    /** The same, with the record's content disclosed; {@code other} is the record that it refers to, where it does. */
    public ProofFile disclosing(byte[] key, Optional<ProofFile> other) {
        return new ProofFile(record, Optional.of(key), other, index, hashes, checkpoint);
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
        if (shape.isPresent() && !shape.get().check(keys).checkpoint().log().equals(tree.log())) {
            throw new IllegalArgumentException("the record that this one refers to is of another log");
        }
        return signed;
    }

    public String text() {
        StringBuilder text = new StringBuilder(HEAD).append('\n');
        text.append(EXTRA).append(Base64Text.encode(extra())).append('\n');
        text.append("index ").append(index).append('\n');
        hashes.forEach(hash -> text.append(Base64Text.encode(hash)).append('\n'));
        return text.append('\n')
                .append(new String(checkpoint, StandardCharsets.UTF_8))
                .toString();
    }

    private byte[] extra() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, RECORD, record);
        recordKey.ifPresent(key -> put(out, RECORD_KEY, key));
        shape.ifPresent(other -> put(out, SHAPE, other.text().getBytes(StandardCharsets.UTF_8)));
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, byte kind, byte[] content) {
        out.write(kind);
        out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        out.writeBytes(content);
    }

    /** @throws IllegalArgumentException where it is no such file, or cut short */
    public static ProofFile parse(byte[] file) {
        return parse(file, true);
    }

    private static ProofFile parse(byte[] file, boolean mayRefer) {
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
        Extra extra = Extra.parse(Base64Text.decode(lines.get(1).substring(EXTRA.length()), "proof: extra"), mayRefer);
        try {
            return new ProofFile(
                    extra.record,
                    Optional.ofNullable(extra.recordKey),
                    Optional.ofNullable(extra.shape),
                    Long.parseLong(index.group(1)),
                    hashes,
                    text.substring(split + 2).getBytes(StandardCharsets.UTF_8));
        } catch (NumberFormatException tooLarge) {
            throw new IllegalArgumentException("proof: its index is out of bounds", tooLarge);
        }
    }

    /** The extra data: parts of one byte that says what it is, four of length, and so many of content. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier
    private record Extra(
            byte[] record,
            byte @Nullable [] recordKey,
            @Nullable ProofFile shape) {
        static Extra parse(byte[] bytes, boolean mayRefer) {
            byte[] record = {};
            byte[] key = null;
            ProofFile shape = null;
            for (ByteBuffer in = ByteBuffer.wrap(bytes); in.hasRemaining(); ) {
                if (in.remaining() < 5) {
                    throw new IllegalArgumentException("proof: extra is cut short");
                }
                int kind = in.get();
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new IllegalArgumentException("proof: extra is cut short");
                }
                byte[] content = new byte[length];
                in.get(content);
                switch (mayRefer || kind != SHAPE ? kind : 0) {
                    case RECORD -> record = content;
                    case RECORD_KEY -> key = content;
                    case SHAPE -> shape = ProofFile.parse(content, false);
                    default -> throw new IllegalArgumentException("proof: extra has a part of kind " + kind);
                }
            }
            return new Extra(record, key, shape);
        }
    }
}
