package dev.sallyport.server.cli;

import java.io.PrintWriter;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The log as evidence. */
@Command(
        name = "audit",
        description = "Check the audit log, prove what is in it, or hand it on.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit verify --audit-dir /var/lib/sallyport/audit")
final class AuditCommand {
    private AuditCommand() {}

    static CommandLine line(PrintWriter out) {
        return new CommandLine(new AuditCommand())
                .addSubcommand(new AuditVerify(out))
                .addSubcommand(new AuditProve(out))
                .addSubcommand(new AuditCheckProof(out))
                .addSubcommand(new AuditConsistency(out))
                .addSubcommand(new AuditKeygen(out))
                .addSubcommand(new AuditErase(out))
                .addSubcommand(new AuditHold(out))
                .addSubcommand(new AuditRelease(out))
                .addSubcommand(new AuditRewrap(out))
                .addSubcommand(new SearchCommand(out))
                .addSubcommand(new ReindexCommand(out))
                .addSubcommand(new AuditExport(out, Clock.systemUTC()));
    }
}
