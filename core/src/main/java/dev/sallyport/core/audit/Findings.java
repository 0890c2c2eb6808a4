package dev.sallyport.core.audit;

import dev.sallyport.core.audit.Verification.Fault;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a check of a log has found so far. Used by one thread. */
final class Findings {
    private final List<Fault> faults = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable SignedCheckpoint vouched;

    void fault(Path path, long offset, long index, String what) {
        faults.add(new Fault(String.valueOf(path.getFileName()), offset, index, what));
    }

    void note(String what) {
        notes.add(what);
    }

    /** Everything up to this checkpoint is as it says; that counts only as long as nothing was wrong before. */
    void vouch(SignedCheckpoint checkpoint) {
        if (faults.isEmpty()) {
            vouched = checkpoint;
        }
    }

    /** How many records are vouched for. */
    long vouchedSize() {
        return vouched().map(last -> last.checkpoint().size()).orElse(0L);
    }

    Optional<SignedCheckpoint> vouched() {
        return Optional.ofNullable(vouched);
    }

    List<Fault> faults() {
        return faults;
    }

    List<String> notes() {
        return notes;
    }
}
