package dev.sallyport.server.cli;

import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.audit.SessionOrders.Outcome;
import dev.sallyport.server.client.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** Keeps what is recorded of a session. */
@Command(
        name = "hold",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Keep what is recorded of a session from being deleted by audit.retention or erased, until it is released.",
            "",
            "Asks the running gateway, by its admin API. With --config it opens the log of a gateway that does not run.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:not done", "2:the usage is at fault"},
        footerHeading = "%nExample:%n",
        footer = "  sallyport audit hold 8b9c19we1k5y54e3 --reason 'case 12' --url https://gateway.internal:8443")
final class AuditHold extends SessionOrder {
    AuditHold(PrintWriter out) {
        super(out);
    }

    @Override
    JsonNode ask(AdminClient gateway, String session, String reason) throws IOException {
        return gateway.hold(session, reason);
    }

    @Override
    Outcome carryOut(SessionOrders log, String session, String by, String reason) throws IOException {
        return log.hold(session, by, reason);
    }

    @Override
    Map<Outcome, String> done() {
        return Map.of(Outcome.DONE, "held");
    }
}
