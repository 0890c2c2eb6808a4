package dev.sallyport.server.cli;

import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.SegmentedAuditLog.Erasure;
import dev.sallyport.server.client.AdminClient;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.gateway.StoppedLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes what is recorded of a session unreadable, for ever. */
@Command(
        name = "erase",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Overwrite the key of a closed session in the audit log, so that nobody can read what is recorded of it any"
                    + " more. The log still verifies, and says who erased it, when and why. There is no way back.",
            "",
            "Asks the running gateway, by its admin API. With --config it opens the log of a gateway that does not run.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:erased", "1:not erased", "2:the usage is at fault"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  sallyport audit erase 8b9c19we1k5y54e3 --reason 'request 17' --url https://gateway.internal:8443",
            "  sallyport audit erase 8b9c19we1k5y54e3 --reason 'request 17' --config /etc/sallyport",
        })
final class AuditErase implements Callable<Integer> {
    @Parameters(paramLabel = "SESSION", description = "The session's id.")
    private String session = "";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why. Kept in the audit log.")
    private String reason = "";

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = "The configuration of a gateway that does not run now.")
    private @Nullable Path config;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    private final PrintWriter out;

    AuditErase(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        if (reason.isBlank()) {
            throw new UsageFault("--reason: empty (expected: why)");
        }
        Path directory = config;
        String outcome = directory == null ? online() : offline(directory);
        out.println("session " + Printable.line(session) + ": " + Printable.line(outcome));
        out.flush();
        return 0;
    }

    private String online() throws IOException {
        try (AdminClient client = admin.connect()) {
            return client.erase(session, reason).path("outcome").asString("");
        }
    }

    private String offline(Path directory) throws IOException {
        Result read = ConfigurationLoader.load(directory);
        if (read instanceof Result.Faulty(var faults)) {
            throw new ConfigurationFault(faults);
        }
        try (SegmentedAuditLog log = StoppedLog.open(((Result.Loaded) read).configuration())) {
            Erasure erasure = log.erase(session, "local:" + System.getProperty("user.name", ""), reason);
            return switch (erasure) {
                case DONE -> "erased";
                case ERASED -> "erased-before";
                case OPEN -> throw new IOException("session " + Printable.line(session) + " is still open");
                case UNKNOWN -> throw new IOException("no session " + Printable.line(session) + " in this log");
            };
        }
    }
}
