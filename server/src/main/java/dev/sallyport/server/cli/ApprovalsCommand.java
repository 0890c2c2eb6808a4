package dev.sallyport.server.cli;

import dev.sallyport.server.client.AdminClient;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Held commands: what waits, what it would do, and somebody's yes or no. */
@Command(
        name = "approvals",
        description = "See the commands that wait for a person's yes, and say it.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  export SALLYPORT_TOKEN=$(cat token) SALLYPORT_URL=https://gateway.internal:8443",
            "  sallyport approvals list",
            "  sallyport approvals show 7gk2m4x9qd",
            "  sallyport approvals approve 7gk2m4x9qd --comment 'CHG-1412'",
            "",
            "Nobody may approve a command of their own, and each person counts once.",
        })
final class ApprovalsCommand {
    private final ApprovalText text = new ApprovalText();
    private final PrintWriter out;

    ApprovalsCommand(PrintWriter out) {
        this.out = out;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List what waits and may be decided with this token.")
    int list(@Mixin AdminOptions admin) throws IOException {
        try (AdminClient client = admin.connect()) {
            JsonNode found = client.approvals();
            print(admin.json() ? found.toPrettyString() : text.list(found.path("approvals")));
        }
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show one held command: who asks, what it does, to what, with which values.")
    int show(
            @Mixin AdminOptions admin,
            @Parameters(paramLabel = "ID", description = "The approval's id, as list shows it.") String id)
            throws IOException {
        try (AdminClient client = admin.connect()) {
            JsonNode found = client.approval(id);
            print(admin.json() ? found.toPrettyString() : text.whole(found));
        }
        return 0;
    }

    @Command(
            name = "approve",
            mixinStandardHelpOptions = true,
            description = "Let it run, once, exactly as it was shown.")
    int approve(
            @Mixin AdminOptions admin,
            @Parameters(paramLabel = "ID", description = "The approval's id, as list shows it.") String id,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "", description = "Kept in the audit log.")
                    String comment)
            throws IOException {
        return vote(admin, id, true, comment);
    }

    @Command(name = "deny", mixinStandardHelpOptions = true, description = "Do not let it run.")
    int deny(
            @Mixin AdminOptions admin,
            @Parameters(paramLabel = "ID", description = "The approval's id, as list shows it.") String id,
            @Option(
                            names = "--comment",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Shown to the client, and kept in the audit log.")
                    String comment)
            throws IOException {
        return vote(admin, id, false, comment);
    }

    private int vote(AdminOptions admin, String id, boolean approve, String comment) throws IOException {
        try (AdminClient client = admin.connect()) {
            JsonNode result = client.vote(id, approve, comment);
            print(admin.json() ? result.toPrettyString() : text.vote(id, result));
        }
        return 0;
    }

    private void print(String text) {
        out.println(text.stripTrailing());
        out.flush();
    }
}
