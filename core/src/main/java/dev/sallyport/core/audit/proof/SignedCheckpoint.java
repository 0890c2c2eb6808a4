package dev.sallyport.core.audit.proof;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A checkpoint whose signature is right: only who signs one, or checked one with {@link VerifierKeys}, has it. */
public final class SignedCheckpoint {
    private final Checkpoint checkpoint;
    private final String note;
    private final VerifierKey key;

    SignedCheckpoint(Checkpoint checkpoint, String note, VerifierKey key) {
        this.checkpoint = checkpoint;
        this.note = note;
        this.key = key;
    }

    /** Signs it. */
    public static SignedCheckpoint of(Checkpoint checkpoint, NoteSigner signer) throws IOException {
        return new SignedCheckpoint(checkpoint, SignedNote.sign(checkpoint.text(), signer), signer.verifierKey());
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** The whole note with its signatures, as it is stored and published. */
    public String note() {
        return note;
    }

    public byte[] bytes() {
        return note.getBytes(StandardCharsets.UTF_8);
    }

    /** Whose signature it is. */
    public VerifierKey key() {
        return key;
    }

    @Override
    public String toString() {
        return checkpoint.toString();
    }
}
