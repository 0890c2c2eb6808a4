package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditProver;
import dev.sallyport.core.audit.proof.Checkpoint;
import dev.sallyport.core.audit.proof.SignedCheckpoint;
import dev.sallyport.core.audit.proof.VerifierKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Whether the log only grew. */
@Command(
        name = "consistency",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Show that the log only grew since an older checkpoint was published: that its records are the first ones of a"
                    + " newer checkpoint, or of the log as it is now. A log that was cut, rolled back or rewritten is found"
                    + " out.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it only grew", "1:it did not, or it cannot be shown", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit consistency kept.checkpoint --config /etc/sallyport --public-key gateway.vkey")
final class AuditConsistency implements Callable<Integer> {
    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    @Mixin
    private final PublicKeys keys = new PublicKeys();

    @Parameters(index = "0", paramLabel = "OLD", description = "A file with an older checkpoint.")
    private Path older = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NEW",
            description = "A file with a newer one; default: the log's last.")
    private @Nullable Path newer;

    private final PrintWriter out;

    AuditConsistency(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        Path path = directory.path();
        VerifierKeys trusted = keys.orBeside(path);
        AuditProver prover = new AuditProver(path, trusted);
        Checkpoint was = PublicKeys.checkpoint(older, trusted).checkpoint();
        Path file = newer;
        SignedCheckpoint is = file == null ? prover.last() : PublicKeys.checkpoint(file, trusted);
        int hashes = prover.consistency(was, is.checkpoint()).hashes().size();
        out.println("the first " + was.size() + " records, as of " + was.at() + ", are still those of the "
                + is.checkpoint().size() + " as of " + is.checkpoint().at() + " (" + hashes + " hashes prove it)");
        out.flush();
        return 0;
    }
}
