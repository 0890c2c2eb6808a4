package dev.sallyport.server.cli;

import dev.sallyport.server.config.Configuration;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.demo.Demo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

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
    private final PrintWriter out;

    private SallyportCommand(PrintWriter out) {
        this.out = out;
    }

    /** The whole command line, ready to execute, writing to these two. */
    public static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new SallyportCommand(out));
        line.addSubcommand(new ApprovalsCommand(out));
        line.addSubcommand(new CommandLine(new SessionsCommand(out)).addSubcommand(new SessionsReplay(out)));
        line.addSubcommand(AuditCommand.line(out));
        line.addSubcommand(new HelpCommand());
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler(new FailureReport());
        return line;
    }

    @Command(
            name = "validate",
            mixinStandardHelpOptions = true,
            description = {
                "Check a configuration directory, every document of it, and say what is wrong and where.",
                "",
                "Faults come one a line as file:line:column: key: message (hint). Exit code 0 means that serve would"
                        + " start with it, 2 that it would not.",
            },
            footerHeading = "%nExample:%n",
            footer = "  sallyport validate --config /etc/sallyport")
    int validate(
            @Option(names = "--config", required = true, paramLabel = "DIR", description = "The directory to check.")
                    Path config) {
        Configuration read = read(config).configuration();
        out.printf(
                "%s: in order (listeners %d, issuers %d, targets %d, policies %d; digest %.12s)%n",
                config,
                read.gateway().listeners().size(),
                read.issuers().size(),
                read.policies().targets().size(),
                read.policies().policies().size(),
                read.digest());
        out.flush();
        return 0;
    }

    @Command(
            name = "serve",
            mixinStandardHelpOptions = true,
            description = {
                "Run the gateway.",
                "",
                "A change in the directory takes effect by itself: it is validated whole, and one that does not validate"
                        + " is reported and changes nothing. Ctrl-C and SIGTERM drain: no new clients, held commands are"
                        + " taken back, sessions end between two commands.",
            },
            footerHeading = "%nExample:%n",
            footer = "  sallyport serve --config /etc/sallyport")
    int serve(
            @Option(
                            names = "--config",
                            required = true,
                            paramLabel = "DIR",
                            description = "The directory with the configuration's YAML documents.")
                    Path config)
            throws IOException, InterruptedException {
        Running.untilStopped(read(config));
        return 0;
    }

    @Command(
            name = "demo",
            mixinStandardHelpOptions = true,
            description = {
                "Try it: a real PostgreSQL with seeded data, an issuer of tokens and the gateway in front, all embedded.",
                "",
                "Prints how to connect, takes a short tour with a real client, and stays up until Ctrl-C. Exit code 0 after"
                        + " a tour in which every step showed what it should, else 1; also when Ctrl-C ends it afterwards.",
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sallyport demo",
                "  sallyport demo --tour-only",
                "  sallyport demo --dir /tmp/demo --port 6432 --ready-file /tmp/demo.json",
            })
    int demo(
            @Option(names = "--tour-only", description = "End after the tour.") boolean tourOnly,
            @Option(
                            names = "--ready-file",
                            paramLabel = "FILE",
                            description = "Write how everything is reached, as JSON, once it is up.")
                    @Nullable
                    Path readyFile,
            @Option(
                            names = "--dir",
                            paramLabel = "DIR",
                            description = "Keep everything here (an empty directory, or none yet); default: a temporary"
                                    + " directory that is gone afterwards.")
                    @Nullable
                    Path directory,
            @Option(
                            names = "--port",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Where the gateway takes PostgreSQL clients; default: any free port.")
                    int port)
            throws Exception {
        if (port < 0 || port > 65_535) {
            throw new UsageFault("--port: " + port + " (expected: 0 to 65535)");
        }
        if (directory != null && !Demo.mayUse(directory)) {
            throw new UsageFault("--dir: " + directory + " is not empty (expected: an empty directory, or none yet)");
        }
        Demo.Options options =
                new Demo.Options(tourOnly, Optional.ofNullable(readyFile), Optional.ofNullable(directory), port);
        return Demo.run(options, out) ? 0 : 1;
    }

    static Result.Loaded read(Path config) {
        return switch (ConfigurationLoader.load(config)) {
            case Result.Loaded loaded -> loaded;
            case Result.Faulty(var faults) -> throw new ConfigurationFault(faults);
        };
    }
}
