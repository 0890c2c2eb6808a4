package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditVerifier;
import dev.sallyport.core.audit.Verification;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether the log is what it was. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check every byte of the log: each record's checksum, place and content, the chain of segments, and the"
                    + " signature and Merkle root of every checkpoint. A gateway may be writing meanwhile.",
            "",
            "Says whether the log is whole, or in which file, at which offset and record it is not, and up to which"
                    + " size and time its checkpoints vouch for it. What was cut off its end together with its"
                    + " checkpoints, or an older copy in its place, can only be seen with a checkpoint kept elsewhere.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:whole", "1:not whole, or not to be read", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit verify --audit-dir /var/lib/sallyport/audit --public-key gateway.vkey"
                + " --checkpoint kept.checkpoint")
final class AuditVerify implements Callable<Integer> {
    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    @Mixin
    private final PublicKeys keys = new PublicKeys();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "A checkpoint of this log that was kept elsewhere. May be given several times.")
    private List<Path> checkpoints = List.of();

    private final PrintWriter out;

    AuditVerify(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        Path path = directory.path();
        VerifierKeys trusted = keys.orBeside(path);
        List<SignedCheckpoint> outside = new ArrayList<>();
        for (Path file : checkpoints) {
            outside.add(PublicKeys.checkpoint(file, trusted));
        }
        Verification found = AuditVerifier.verify(path, trusted, outside);
        found.faults().forEach(fault -> out.println("FAULT " + Printable.line(fault.toString())));
        found.notes().forEach(note -> out.println("note  " + Printable.line(note)));
        if (!keys.areGiven()) {
            out.println("note  signatures are checked with the key beside the log; whoever could change the log could"
                    + " change it too (--public-key)");
        }
        out.printf(
                "%s: %s (records %d, segments %d)%n",
                Printable.line(path.toString()),
                found.isWhole() ? "whole" : "NOT WHOLE",
                found.records(),
                found.segments());
        out.println(found.vouched()
                .map(checkpoint -> "vouched for up to record " + checkpoint.size() + ", as of " + checkpoint.at()
                        + ", root " + checkpoint.rootHex())
                .orElse("vouched for by no checkpoint"));
        if (found.isWhole()) {
            outside.forEach(kept -> agrees(kept.checkpoint()));
        }
        out.flush();
        return found.isWhole() ? 0 : 1;
    }

    private void agrees(Checkpoint kept) {
        out.println("nothing was cut or rolled back since the checkpoint kept elsewhere, of " + kept.size()
                + " records, as of " + kept.at());
    }
}
