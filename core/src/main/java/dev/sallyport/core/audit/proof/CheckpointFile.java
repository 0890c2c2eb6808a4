package dev.sallyport.core.audit.proof;

import java.io.IOException;
import java.nio.file.Path;

/** The newest checkpoint as a file: whoever reads it sees a whole one. */
public record CheckpointFile(Path file) implements CheckpointPlace {
    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public void put(SignedCheckpoint checkpoint) throws IOException {
        SigningKeyFiles.write(file, checkpoint.bytes());
    }
}
