package dev.sallyport.server.cli;

import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.SigningKeyFiles;
import dev.sallyport.core.audit.proof.VerifierKey;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Whose signatures a command trusts. */
final class PublicKeys {
    private static final int MAX_NOTE_BYTES = 64 << 10;

    @Option(
            names = "--public-key",
            paramLabel = "KEY",
            description = "The key that signs the log's checkpoints: a file with such keys, one a line, or one itself"
                    + " (name+id+key). May be given several times. Without it, the keys that lie beside the log are taken;"
                    + " whoever could change the log could change them too.")
    private List<String> given = List.of();

    PublicKeys() {}

    boolean areGiven() {
        return !given.isEmpty();
    }

    /** Those that were given. */
    VerifierKeys given() throws IOException {
        List<VerifierKey> keys = new ArrayList<>();
        for (String text : given) {
            keys.addAll(keys(text));
        }
        if (keys.isEmpty()) {
            throw new UsageFault("--public-key is needed");
        }
        return new VerifierKeys(keys);
    }

    /** Those that were given, else those that lie beside the log. */
    VerifierKeys orBeside(Path log) throws IOException {
        if (areGiven()) {
            return given();
        }
        if (!Files.isDirectory(log)) {
            throw new IOException(log + ": there is no such directory");
        }
        return SigningKeyFiles.known(log)
                .orElseThrow(() -> new UsageFault("--public-key is needed, as no key lies beside the log"));
    }

    private static List<VerifierKey> keys(String text) throws IOException {
        try {
            return List.of(VerifierKey.parse(text));
        } catch (IllegalArgumentException noKey) {
            Path file = Path.of(text);
            if (!Files.isRegularFile(file)) {
                throw new UsageFault("--public-key: " + Printable.line(text) + " is neither a file nor a key ("
                        + noKey.getMessage() + ")");
            }
            return SigningKeyFiles.keys(file).keys();
        }
    }

    /** A checkpoint that was kept in a file, once its signature is found right. */
    static SignedCheckpoint checkpoint(Path file, VerifierKeys keys) throws IOException {
        byte[] note;
        try (var in = Files.newInputStream(file)) {
            note = in.readNBytes(MAX_NOTE_BYTES + 1);
        }
        try {
            return keys.open(note);
        } catch (IllegalArgumentException unusable) {
            throw new IOException(file + ": " + Printable.line(String.valueOf(unusable.getMessage())), unusable);
        }
    }
}
