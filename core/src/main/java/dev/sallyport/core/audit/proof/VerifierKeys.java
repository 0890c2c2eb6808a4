package dev.sallyport.core.audit.proof;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** The public keys that somebody trusts: one, or several where a log's key was changed. */
public record VerifierKeys(List<VerifierKey> keys) {
    public VerifierKeys {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("public key: there is none");
        }
    }

    /**
     * Keys as text, one a line.
     *
     * @throws IllegalArgumentException where a line is no key, or there is none
     */
    public static VerifierKeys parse(String text) {
        return new VerifierKeys(text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(VerifierKey::parse)
                .toList());
    }

    /**
     * Opens a signed checkpoint. Signatures of other keys are passed over; one that claims to be of a known key has to be
     * right.
     *
     * @throws IllegalArgumentException where it is no checkpoint, or not signed by any of these keys
     */
    public SignedCheckpoint open(byte[] note) {
        SignedNote read = SignedNote.parse(note);
        byte[] text = read.text().getBytes(StandardCharsets.UTF_8);
        VerifierKey signed = null;
        for (SignedNote.NamedSignature signature : read.signatures()) {
            for (VerifierKey key : keys) {
                if (!signature.claims(key)) {
                    continue;
                }
                if (!key.verifies(text, signature.bytes())) {
                    throw new IllegalArgumentException("the signature of " + key.name() + " is wrong");
                }
                signed = key;
            }
        }
        if (signed == null) {
            throw new IllegalArgumentException("is signed by none of the known keys, but by " + claimed(read));
        }
        return new SignedCheckpoint(Checkpoint.parse(text), new String(note, StandardCharsets.UTF_8), signed);
    }

    private static String claimed(SignedNote note) {
        return note.signatures().stream()
                .map(signature -> String.format("%s+%08x", signature.name(), signature.id()))
                .collect(Collectors.joining(", "));
    }

    /** The keys as text, one a line. */
    @Override
    public String toString() {
        return keys.stream().map(key -> key + "\n").collect(Collectors.joining());
    }
}
