package dev.sallyport.server.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The root of the command line. */
@Command(
        name = "sallyport",
        description = {
            "A gateway in the data path between machine identities and what they reach: it knows who asks, decides what"
                    + " may be done, asks a person where it should, masks what comes back, and records all of it.",
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:the usage or the configuration is at fault"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sallyport demo                      try it: everything embedded, nothing to install",
            "  ./sallyport validate --config conf    check a configuration",
            "  ./sallyport serve --config conf       run the gateway",
            "  ./sallyport approvals list            what waits for somebody's yes",
            "  ./sallyport test                      build it and run every check",
        })
public final class SallyportCommand {
    private SallyportCommand() {}

    /** The whole command line, ready to execute, writing to these two. */
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new SallyportCommand());
        line.addSubcommand(new ApprovalsCommand(out));
        line.addSubcommand(new HelpCommand());
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler(new FailureReport());
        return line;
    }
}
