package dev.sallyport.server.cli;

import dev.sallyport.core.audit.AuditVerifier;
import dev.sallyport.core.audit.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The log as evidence. */
@Command(
        name = "audit",
        description = "Check the audit log, or hand it on.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit verify --audit-dir /var/lib/sallyport/audit")
final class AuditCommand {
    private final PrintWriter out;

    AuditCommand(PrintWriter out) {
        this.out = out;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Check every byte of the log: each record's checksum, place and content, the chain of segments, and the"
                        + " Merkle root at every checkpoint. A gateway may be writing meanwhile.",
                "",
                "Says whether the log is whole, or in which file, at which offset and record it is not, and up to which"
                        + " size and time its checkpoints vouch for it. What was cut off its end together with its"
                        + " checkpoints can only be seen with a checkpoint kept elsewhere.",
            },
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:whole", "1:not whole, or not to be read", "2:the usage is at fault"})
    int verify(@Mixin AuditDirectory directory) throws IOException {
        Path path = directory.path();
        Verification found = AuditVerifier.verify(path);
        found.faults().forEach(fault -> out.println("FAULT " + Printable.line(fault.toString())));
        found.notes().forEach(note -> out.println("note  " + Printable.line(note)));
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
        out.flush();
        return found.isWhole() ? 0 : 1;
    }
}
