package dev.sallyport.server.cli;

import dev.sallyport.core.audit.DisclosedEvent;
import dev.sallyport.core.audit.EventJson;
import dev.sallyport.core.audit.StoredEvent;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.ProofFile;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.VerifierKeys;
import dev.sallyport.server.export.PostgresValues;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Whether a proof is right, without the log. */
@Command(
        name = "check-proof",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check what prove wrote, with the public key alone: that the checkpoint in it is signed by this key, and that"
                    + " the record in it is one of those that the checkpoint speaks of.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:proved", "1:not proved", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit check-proof event.tlog-proof --public-key gateway.vkey")
final class AuditCheckProof implements Callable<Integer> {
    @Mixin
    private final PublicKeys keys = new PublicKeys();

    @Parameters(paramLabel = "FILE", description = "What prove wrote.")
    private Path file = Path.of("");

    private final PrintWriter out;

    AuditCheckProof(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        VerifierKeys trusted = keys.given();
        byte[] bytes;
        try (var in = Files.newInputStream(file)) {
            bytes = in.readNBytes(ProofFile.maxBytes() + 1);
        }
        if (bytes.length > ProofFile.maxBytes()) {
            throw new IOException(file + ": larger than a proof can be");
        }
        try {
            ProofFile proof = ProofFile.parse(bytes);
            SignedCheckpoint signed = proof.check(trusted);
            Optional<StoredEvent> event = DisclosedEvent.of(proof);
            show(proof, signed, event);
            return 0;
        } catch (IllegalArgumentException notProved) {
            throw new IOException(
                    file + ": not proved: " + Printable.line(String.valueOf(notProved.getMessage())), notProved);
        }
    }

    private void show(ProofFile proof, SignedCheckpoint signed, Optional<StoredEvent> event) {
        Checkpoint tree = signed.checkpoint();
        out.println("proved: record " + proof.index() + " of log " + tree.log() + " (" + proof.record().length
                + " bytes) was in the log as of " + tree.at());
        out.println("by the checkpoint of " + tree.size() + " records with root " + tree.rootHex() + ", signed by "
                + Printable.line(signed.key().toString()));
        event.ifPresent(disclosed -> {
            out.println("the record is this event, and can be no other:");
            out.println(new EventJson(PostgresValues::text).line(disclosed));
        });
        out.flush();
    }
}
