package dev.sallyport.server.cli;

import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.server.client.AdminClient;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.gateway.StoppedLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Something to be done with what is recorded of one session: by the gateway that runs, or in its log while it does not. */
abstract class SessionOrder implements Callable<Integer> {
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

    SessionOrder(PrintWriter out) {
        this.out = out;
    }

    /** Has the gateway do it. */
    abstract JsonNode ask(AdminClient gateway, String session, String reason) throws IOException;

    /** Does it; the result is the outcome as the gateway would tell it. */
    abstract String carryOut(SegmentedAuditLog log, String session, String by, String reason) throws IOException;

    static IOException unknown(String session) {
        return new IOException("no session " + Printable.line(session) + " in this log");
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
            return ask(client, session, reason).path("outcome").asString("");
        }
    }

    private String offline(Path directory) throws IOException {
        Result read = ConfigurationLoader.load(directory);
        return switch (read) {
            case Result.Faulty(var faults) -> throw new ConfigurationFault(faults);
            case Result.Loaded loaded -> {
                try (SegmentedAuditLog log = StoppedLog.open(loaded.configuration())) {
                    yield carryOut(log, session, "local:" + System.getProperty("user.name", ""), reason);
                }
            }
        };
    }
}
