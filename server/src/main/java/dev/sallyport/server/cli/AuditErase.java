package dev.sallyport.server.cli;

import dev.sallyport.core.audit.SessionOrders;
import dev.sallyport.core.audit.SessionOrders.Outcome;
import dev.sallyport.server.client.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

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
final class AuditErase extends SessionOrder {
    AuditErase(PrintWriter out) {
        super(out);
    }

    @Override
    JsonNode ask(AdminClient gateway, String session, String reason) throws IOException {
        return gateway.erase(session, reason);
    }

    @Override
    Outcome carryOut(SessionOrders log, String session, String by, String reason) throws IOException {
        return log.erase(session, by, reason);
    }

    @Override
    Map<Outcome, String> done() {
        return Map.of(Outcome.DONE, "erased", Outcome.ERASED, "erased-before");
    }
}
