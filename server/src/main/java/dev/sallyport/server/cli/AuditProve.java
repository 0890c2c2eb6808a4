package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditProver;
import dev.sallyport.core.audit.LogPlace;
import dev.sallyport.core.audit.proof.ProofFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One event, for somebody who does not get the log. */
@Command(
        name = "prove",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Write what proves that one event is in the log: the record as it is stored, its place, the hashes beside its"
                    + " way to the root, and the first signed checkpoint that speaks of it (C2SP tlog-proof).",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:there is no such event, or no checkpoint of it", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit prove 1500 --audit-dir /var/lib/sallyport/audit --out event.tlog-proof")
final class AuditProve implements Callable<Integer> {
    @Mixin
    private final AuditDirectory directory = new AuditDirectory();

    @Mixin
    private final PublicKeys keys = new PublicKeys();

    @Parameters(paramLabel = "EVENT", description = "The event's index, as --json shows it.")
    private long index;

    @Option(
            names = "--disclose",
            description = "Add the key that opens this one record, so that check-proof shows the event.")
    private boolean disclose;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write to this file, which must not exist yet; default: standard output.")
    private @Nullable Path file;

    private final PrintWriter out;

    AuditProve(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        if (index < 0) {
            throw new UsageFault("EVENT: " + index + " (expected: an index, >= 0)");
        }
        LogPlace log = directory.log();
        AuditProver prover = new AuditProver(log.directory(), keys.orBeside(log.directory()));
        ProofFile proof = disclose ? prover.disclose(index, log.keys()) : prover.prove(index);
        Path to = file;
        if (to == null) {
            out.print(proof.text());
        } else {
            Files.write(to, proof.text().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE_NEW);
        }
        out.flush();
        return 0;
    }
}
