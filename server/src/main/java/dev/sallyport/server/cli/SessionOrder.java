package dev.sallyport.server.cli;

import dev.sallyport.core.audit.SegmentedAuditLog;
import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.audit.SessionOrders.Outcome;
import dev.sallyport.server.client.AdminClient;
import dev.sallyport.server.config.ConfigurationLoader;
import dev.sallyport.server.config.ConfigurationLoader.Result;
import dev.sallyport.server.gateway.StoppedLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
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

    /** Does it. */
    abstract Outcome carryOut(SessionOrders log, String session, String by, String reason) throws IOException;

    /** The outcomes that are wished for, as the gateway tells them. */
    abstract Map<Outcome, String> done();

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
                    String by = "local:" + System.getProperty("user.name", "");
                    yield outcome(carryOut(log.custody(), session, by, reason));
                }
            }
        };
    }

    private String outcome(Outcome outcome) throws IOException {
        String told = done().get(outcome);
        if (told != null) {
            return told;
        }
        throw not(
                switch (outcome) {
                    case DONE -> "is done with";
                    case OPEN -> "is still open; it can be erased once it is closed";
                    case HELD -> "is held; it can be erased once it is released";
                    case NOT_HELD -> "is not held";
                    case ERASED -> "was erased before";
                    case UNKNOWN -> "is not in this log";
                });
    }

    private IOException not(String why) {
        return new IOException("session " + Printable.line(session) + " " + why);
    }
}
